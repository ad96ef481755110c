"""New databases in place of damaged ones: what can be read is kept, the rest is the backup's, nothing is deleted."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from backends.local.hub.recovery.rebuilding import problems_of, rebuild
from backends.local.hub.recovery.report import in_words
from contract.errors import StorageTooNew
from tests.hub.library import NOW
from tests.hub.recovery.conftest import INDEX, PLAYS, TRACKS, USER
from tests.programs import ROOT


def told(*_):
    """Nobody looks at the progress."""


def rebuilt(folder, **options):
    """Rebuild, and see that all is well then, and that nothing is gone."""
    before = folder.files()
    done = rebuild(folder.path, NOW, told, **options)
    assert not before - folder.files(), "files are gone"
    assert problems_of(folder.path) == ()
    return done


def test_nothing_is_done_where_nothing_is_wrong(folder):
    before = folder.files()
    done = rebuild(folder.path, NOW, told)
    assert in_words(done) == ["Nothing is wrong with the databases. Nothing was changed."]
    assert folder.files() == before


def test_by_force_both_are_made_anew_and_all_is_kept(folder):
    before = folder.made()
    done = rebuilt(folder, force=True)
    assert folder.made() == before
    assert set(done.rebuilt) == {USER, INDEX}
    assert not folder.index.exists(), "a scan makes it"
    assert (done.restored, done.lost) == (0, 0)


@pytest.mark.parametrize("size", [16, 4096])
def test_a_file_whose_head_is_overwritten_loses_nothing_without_any_backup(folder, size):
    before = folder.made()
    folder.overwrite(0, size=size)
    assert problems_of(folder.path)
    done = rebuilt(folder)
    assert folder.made() == before
    assert (done.backup, done.lost) == (None, 0)


def test_a_page_of_the_schema_that_is_overwritten_loses_nothing(folder):
    before = folder.made()
    content = folder.user.read_bytes()
    names = b"CREATE INDEX saved_in_order"
    folder.overwrite(content.index(names) - 10)
    rebuilt(folder)
    assert folder.made() == before


@pytest.mark.parametrize("table", ["plays", "playlist_entries", "overrides", "enrichment_cache", "track_plays"])
def test_a_damaged_page_in_the_middle_of_a_table_costs_at_most_what_it_held(folder, table):
    """Where it only led to other pages, nothing."""
    before = folder.made()
    root, *_ = folder.pages_of(table)
    folder.overwrite(root, size=64)
    done = rebuilt(folder)
    after = folder.made()
    for name, rows in before.items():
        lost = (rows - after[name]).total()
        assert not after[name] - rows, "rows that were not there"
        assert lost <= (4 if name == table else 0)
    assert sum(each.lost for each in done.tables) == sum((before[name] - after[name]).total() for name in before)


def test_what_cannot_be_read_is_taken_from_the_backup(folder):
    before = folder.made()
    backup = folder.back_up()
    folder.overwrite(folder.pages_of("plays")[3], size=4096)
    done = rebuilt(folder)
    assert folder.made() == before
    assert (done.backup, done.lost) == (backup.path.name, 0)
    assert done.restored > 50
    assert any("Plays: " in sentence and " restored, 0 lost" in sentence for sentence in in_words(done))


def test_rows_that_are_newer_than_the_backup_are_told_as_lost(folder):
    folder.back_up()
    folder.run(("INSERT INTO plays (track_id, played_at, listened_ms) VALUES (?, ?, 1)", *[(TRACKS[0], NOW)] * 400))
    before = folder.made()
    folder.overwrite(folder.pages_of("plays")[-1], b"\0" * 4096)
    done = rebuilt(folder)
    lost = (before["plays"] - folder.made()["plays"]).total()
    [plays] = [each for each in done.tables if each.table == "plays"]
    assert lost == plays.lost > 50
    assert not plays.at_least


def test_a_row_whose_content_was_changed_is_not_kept_but_taken_from_the_backup(folder):
    before = folder.made()
    folder.back_up()
    folder.overwrite(folder.place_of(b"Playlist 7"), b"Playlist X")
    assert problems_of(folder.path)
    rebuilt(folder)
    assert folder.made() == before


def test_without_a_backup_a_row_whose_content_was_changed_is_left_out_and_its_entries_find_a_new_playlist(folder):
    folder.overwrite(folder.place_of(b"Playlist 7"), b"Playlist X")
    done = rebuilt(folder)
    assert folder.look("SELECT name FROM playlists WHERE id = ?", f"pls_{7:016x}") == [("Recovered playlist",)]
    assert folder.look("SELECT count(*) FROM playlist_entries") == [(300,)]
    [playlists] = [each for each in done.tables if each.table == "playlists"]
    assert (playlists.kept, playlists.lost) == (11, 1)


def test_what_was_deleted_after_the_backup_does_not_come_back(folder):
    folder.back_up()
    folder.run(
        ("DELETE FROM plays WHERE id % 2",),
        ("DELETE FROM saved WHERE id IN (SELECT id FROM saved LIMIT 5)",),
    )
    before = folder.made()
    for table in ("plays", "saved"):
        folder.overwrite(folder.pages_of(table)[-1], size=4096)
    rebuilt(folder)
    after = folder.made()
    assert not after["plays"] - before["plays"]
    assert not after["saved"] - before["saved"]


def test_where_the_checksums_are_lost_too_the_feed_says_what_was_deleted(folder):
    folder.back_up()
    gone, *others = (id_ for (id_,) in folder.look("SELECT id FROM saved ORDER BY id"))
    folder.run(
        (f"DELETE FROM saved WHERE id = '{gone}'",),
        ("INSERT INTO changes (at, kind, id) VALUES (?, 'saved', ?)", (NOW, gone)),
    )
    for table in ("saved", "saved_checksums"):
        folder.overwrite(folder.pages_of(table)[-1], b"\0" * 4096)
    rebuilt(folder)
    assert [id_ for (id_,) in folder.look("SELECT id FROM saved ORDER BY id")] == others


def test_devices_are_never_taken_from_a_backup(folder):
    """One that was revoked since would be let in again."""
    folder.back_up()
    folder.run(("UPDATE devices SET revoked_at = 5",))
    folder.overwrite(folder.pages_of("devices")[-1], b"\0" * 4096)
    done = rebuilt(folder)
    assert folder.look("SELECT * FROM devices") == []
    [devices] = [each for each in done.tables if each.table == "devices"]
    assert devices.lost == 1


def test_a_damaged_index_of_checksums_costs_nothing(folder):
    before = folder.made()
    for page in folder.pages_of("plays_checksums"):
        folder.overwrite(page, size=4096)
    done = rebuilt(folder)
    assert folder.made() == before
    assert sum(each.unsure for each in done.tables) == PLAYS


def test_a_backup_that_is_damaged_is_not_used(folder):
    old, new = folder.back_up(NOW - 1000), folder.back_up(NOW)
    with new.path.open("r+b") as file:
        file.seek(folder.pages_of("plays")[2] + 2000)
        file.write(b"x")
    folder.overwrite(folder.pages_of("plays")[3], size=4096)
    assert rebuilt(folder).backup == old.path.name


def test_a_hub_that_is_gone_comes_back_from_its_backup(folder, outside):
    before = folder.made()
    folder.back_up()
    folder.user.rename(outside / USER)
    done = rebuilt(folder)
    assert folder.made() | {"devices": before["devices"]} == before
    assert done.kept == 0


def test_only_the_index_is_made_anew_where_only_it_is_damaged(folder):
    before, content = folder.made(), folder.user.read_bytes()
    folder.overwrite(folder.pages_of("tracks", INDEX)[-1] + 3000, database=INDEX)
    done = rebuilt(folder)
    assert (list(done.rebuilt), done.tables) == ([INDEX], [])
    assert (folder.user.read_bytes(), folder.made()) == (content, before)
    assert (folder.path / done.archive / INDEX).exists()


def test_an_index_that_is_whole_is_kept_and_takes_everything_over_anew(folder):
    folder.overwrite(0)
    done = rebuilt(folder)
    assert list(done.rebuilt) == [USER]
    assert folder.look("SELECT seq FROM applied", database=INDEX) == [(0,)]


def test_whoever_follows_the_changes_takes_everything_for_changed(folder):
    [(feed,)] = folder.look("SELECT name FROM feed")
    folder.overwrite(0)
    rebuilt(folder)
    assert folder.look("SELECT name FROM feed") != [(feed,)]
    assert ("playlist", None) in folder.look("SELECT kind, id FROM changes")


def test_what_is_in_the_log_alone_is_kept(folder):
    sql = "INSERT INTO playlists (id, name, created_at, updated_at) VALUES ('pls_00000000000000aa', 'In the log', 1, 1)"
    script = """
import os, sqlite3, sys
from backends.local.checksums import prepare
prepare(sqlite3.connect(sys.argv[1], isolation_level=None)).execute(sys.argv[2])
os._exit(0)  # as one that dies leaves it
"""
    subprocess.run([sys.executable, "-c", script, str(folder.user), sql], check=True, cwd=ROOT)
    assert (folder.path / f"{USER}-wal").stat().st_size
    folder.overwrite(0)
    done = rebuilt(folder, force=True)
    assert f"{USER}-wal" in done.archived
    assert folder.look("SELECT name FROM playlists WHERE id = 'pls_00000000000000aa'") == [("In the log",)]


def test_a_database_of_a_newer_program_is_left_alone(folder):
    folder.run(("PRAGMA user_version = 7",))
    before = folder.files()
    with pytest.raises(StorageTooNew):
        rebuild(folder.path, NOW, told)
    assert folder.files() == before


def test_positions_in_a_playlist_are_without_gaps_again(folder):
    folder.overwrite(folder.pages_of("playlist_entries")[2] + 1000, size=1500)
    rebuilt(folder)
    for (playlist,) in folder.look("SELECT DISTINCT playlist_id FROM playlist_entries"):
        sql = "SELECT position FROM playlist_entries WHERE playlist_id = ? ORDER BY position"
        places = [place for (place,) in folder.look(sql, playlist)]
        assert places == list(range(len(places)))


@pytest.mark.parametrize("seed", range(4))
def test_any_damage_is_harmless_or_found_and_with_a_backup_nothing_is_lost(folder, seed):
    before = folder.made()
    folder.back_up()
    chance = random.Random(seed)
    folder.overwrite(chance.randrange(folder.user.stat().st_size - 64), chance.randbytes(64))
    if problems_of(folder.path):
        rebuilt(folder)
    after = folder.made()
    after["devices"] = after["devices"] or before["devices"]  # which no backup brings back
    assert after == before


def test_two_damaged_places_at_once(folder):
    before = folder.made()
    folder.back_up()
    folder.overwrite(folder.pages_of("plays")[2] + 100)
    folder.overwrite(folder.pages_of("playlist_entries")[1] + 100)
    folder.overwrite(30)
    rebuilt(folder)
    assert folder.made() == before


def test_the_report_is_kept_with_what_was_archived(folder):
    folder.overwrite(0)
    done = rebuilt(folder)
    assert sorted(path.name for path in (folder.path / done.archive).iterdir()) == ["hub.db", "report.json"]
    assert replace(done).archived == ["hub.db"]
