"""What people change in hub.db comes into the index: once, whole, and from whichever process is first."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.applying import apply_changes
from backends.local.hub.user_schema import USER_LAYOUT
from tests.hub.indexing.counts import counted, stored
from tests.hub.library import NOW, SONGS, index, put, rows, track_id

_PLAYED = """
    INSERT INTO track_plays VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET play_count = play_count + 1, last_played_at = ?
"""


def _play(data_dir, key, times=1):
    with index(data_dir) as (_, user, _):
        for _ in range(times):
            user.execute(_PLAYED, (track_id(key), NOW, NOW))
            note_change_in_thread(user, ChangeKind.PLAYS, track_id(key))


def _override(data_dir, key, values):
    with index(data_dir) as (_, user, _):
        user.execute("DELETE FROM overrides WHERE track_id = ?", (track_id(key),))
        for field, value in values.items():
            override = (track_id(key), field, json.dumps(value), NOW)
            user.execute("INSERT INTO overrides VALUES (?, ?, ?, 'user', NULL, ?)", override)
        note_change_in_thread(user, ChangeKind.OVERRIDES, track_id(key))


def _save(data_dir, id_, kind):
    with index(data_dir) as (_, user, _):
        user.execute("INSERT INTO saved (id, kind, name, saved_at) VALUES (?, ?, 'Name', ?)", (id_, kind, NOW))
        note_change_in_thread(user, ChangeKind.SAVED, id_)


def _unsave(data_dir, id_):
    with index(data_dir) as (_, user, _):
        user.execute("DELETE FROM saved WHERE id = ?", (id_,))
        note_change_in_thread(user, ChangeKind.SAVED, id_)


def _read(data_dir, sql, *parameters):
    return rows(data_dir, INDEX_LAYOUT, sql, *parameters)


def _counts_hold(data_dir):
    with index(data_dir) as (connection, _, _):
        return stored(connection) == counted(connection)


@pytest.fixture(params=["from the feed", "from all that there is"])
async def standing(request, hub, library, data_dir):
    """An index that has followed the feed so far, or one that has yet to begin."""
    if request.param == "from the feed":
        with index(data_dir) as (_, user, _):
            note_change_in_thread(user, ChangeKind.SAVED, track_id("SOS"))
        await apply_changes(hub.hub)
    assert (_read(data_dir, "SELECT seq FROM applied") != [(0,)]) == (request.param == "from the feed")


async def test_a_play_is_counted_for_the_track_its_album_and_its_artists(hub, library, standing, data_dir):
    _play(data_dir, "Under Pressure", times=2)
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT play_count, last_played_at FROM tracks WHERE title = 'Under Pressure'") == [(9, NOW)]
    assert _read(data_dir, "SELECT play_count FROM albums WHERE title = 'Hot Space'") == [(9,)]
    assert _read(data_dir, "SELECT play_count FROM artists WHERE name IN ('Queen', 'David Bowie')") == [(9,), (9,)]


async def test_what_is_saved_is_marked_until_it_is_no_longer(hub, library, standing, data_dir):
    ids = (library.track("Jóga"), library.album("Homogenic", "Björk"), library.artist("Björk"))
    for id_, kind in zip(ids, ("track", "album", "artist"), strict=True):
        _save(data_dir, id_, kind)
    await apply_changes(hub.hub)
    for table, id_ in zip(("tracks", "albums", "artists"), ids, strict=True):
        assert _read(data_dir, f"SELECT saved_at FROM {table} WHERE id = ?", id_) == [(NOW,)]
        _unsave(data_dir, id_)
    await apply_changes(hub.hub)
    for table, id_ in zip(("tracks", "albums", "artists"), ids, strict=True):
        assert _read(data_dir, f"SELECT saved_at FROM {table} WHERE id = ?", id_) == [(None,)]


async def test_an_override_moves_the_track_and_its_reset_moves_it_back(hub, library, standing, data_dir):
    before = _read(data_dir, "SELECT title, artist, album FROM tracks ORDER BY id")
    _override(data_dir, "SOS", {"title": "S.O.S.", "artist": "Portishead", "album": "Roseland"})
    await apply_changes(hub.hub)
    shown = _read(data_dir, "SELECT title, artist, album, overridden FROM tracks WHERE id = ?", track_id("SOS"))
    assert shown == [("S.O.S.", "Portishead", "Roseland", 1)]
    assert _read(data_dir, "SELECT tracks FROM albums WHERE title = 'Roseland'") == [(1,)]
    assert _counts_hold(data_dir)
    _override(data_dir, "SOS", {})
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT title, artist, album FROM tracks ORDER BY id") == before
    assert _read(data_dir, "SELECT 1 FROM albums WHERE title = 'Roseland'") == []
    assert _counts_hold(data_dir)


async def test_a_change_of_something_that_is_not_in_the_library_is_passed_over(hub, library, standing, data_dir):
    _play(data_dir, "nobody has this")
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT seq FROM applied") == rows(data_dir, USER_LAYOUT, "SELECT max(seq) FROM changes")


async def test_a_change_of_everything_needs_no_ids(hub, library, standing, data_dir):
    with index(data_dir) as (_, user, _):
        user.execute("DELETE FROM track_plays")
        note_change_in_thread(user, ChangeKind.SESSION)
        note_change_in_thread(user, ChangeKind.PLAYS)
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT sum(play_count) FROM tracks") == [(0,)]


async def test_an_index_that_the_feed_no_longer_reaches_takes_everything_over(hub, library, data_dir):
    await apply_changes(hub.hub)
    _play(data_dir, "SOS")
    await apply_changes(hub.hub)
    _play(data_dir, "Waterloo", times=3)
    _override(data_dir, "SOS", {"title": "S.O.S."})
    with index(data_dir) as (_, user, _):
        user.execute("DELETE FROM changes WHERE seq < 5")  # of which the last was of Waterloo
        assert user.execute("SELECT kind FROM changes").fetchall() == [("overrides",)]
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT play_count FROM tracks WHERE id = ?", track_id("Waterloo")) == [(3,)]
    assert _read(data_dir, "SELECT title FROM tracks WHERE id = ?", track_id("SOS")) == [("S.O.S.",)]


async def test_an_index_that_is_ahead_of_hub_db_is_brought_back(hub, library, data_dir):
    _play(data_dir, "SOS", times=5)
    await apply_changes(hub.hub)
    with index(data_dir) as (_, user, _):  # as a backup from before has it
        user.execute("DELETE FROM changes WHERE seq > 1")
        user.execute("UPDATE track_plays SET play_count = 1 WHERE track_id = ?", (track_id("SOS"),))
    await apply_changes(hub.hub)
    assert _read(data_dir, "SELECT play_count FROM tracks WHERE id = ?", track_id("SOS")) == [(1,)]
    assert _read(data_dir, "SELECT seq FROM applied") == [(1,)]


async def test_an_index_made_anew_shows_what_people_made(hub, library, data_dir):
    _play(data_dir, "SOS", times=3)
    _override(data_dir, "Hurt", {"artist": "NIN"})
    await apply_changes(hub.hub)
    facts = "SELECT id, title, artist, play_count, last_played_at, saved_at, overridden FROM tracks ORDER BY id"
    before = _read(data_dir, facts)
    await hub.aclose()
    for path in data_dir.glob(f"{INDEX_LAYOUT.name}*"):
        path.unlink()
    put(data_dir, SONGS)
    await apply_changes(hub.hub)
    assert _read(data_dir, facts) == before


async def test_the_feed_is_cut_when_it_is_long(hub, library, data_dir):
    with index(data_dir) as (_, user, _):
        user.executemany("INSERT INTO changes (at, kind) VALUES (?, 'session')", [(NOW,)] * 12_500)
    await apply_changes(hub.hub)
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*), max(seq) FROM changes") == [(10_000, 12_500)]
    assert _read(data_dir, "SELECT seq FROM applied") == [(12_500,)]


async def test_what_is_not_of_the_index_leaves_it_untouched(hub, library, data_dir):
    _play(data_dir, "SOS")
    await apply_changes(hub.hub)
    with index(data_dir) as (_, user, _):
        user.executemany(
            "INSERT INTO changes (at, kind, id) VALUES (?, ?, NULL)", [(NOW, "session"), (NOW, "searches")]
        )
    with closing(sqlite3.connect(data_dir / INDEX_LAYOUT.name)) as onlooker:
        before = onlooker.execute("PRAGMA data_version").fetchone()
        await apply_changes(hub.hub)
        assert onlooker.execute("PRAGMA data_version").fetchone() == before
        _play(data_dir, "SOS")
        await apply_changes(hub.hub)
        assert onlooker.execute("PRAGMA data_version").fetchone() != before
    assert _read(data_dir, "SELECT play_count FROM tracks WHERE id = ?", track_id("SOS")) == [(2,)]


_PROCESS = """
import asyncio, sys
from pathlib import Path
from backends.local.hub.hub import LocalHub
from backends.local.hub.indexing.applying import apply_changes

async def main():
    hub = LocalHub(Path(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        await apply_changes(hub.hub)
        print("applied", flush=True)
    await hub.aclose()

asyncio.run(main())
"""


@pytest.fixture
def processes(data_dir):
    arguments = [sys.executable, "-c", _PROCESS, str(data_dir)]
    started = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for _ in range(2)
    ]
    yield started
    for process in started:
        process.communicate(timeout=30)
        assert process.returncode == 0


async def test_two_processes_bring_each_change_over_once(library, processes, data_dir):
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for turn in range(1, 9):
        _play(data_dir, "SOS", times=3)
        _override(data_dir, "Jóga", {"title": f"Joga {turn}"})
        for process in processes:
            process.stdin.write("go\n")
        answers = [asyncio.to_thread(process.stdout.readline) for process in processes]
        assert await asyncio.wait_for(asyncio.gather(*answers), 30) == ["applied\n"] * 2
        shown = _read(data_dir, "SELECT title, play_count FROM tracks WHERE id IN (?, ?) ORDER BY title DESC",
                      track_id("SOS"), track_id("Jóga"))  # fmt: skip
        assert shown == [("SOS", 3 * turn), (f"Joga {turn}", 0)]
    assert _counts_hold(data_dir)
