"""What is found in a database that was damaged, and what is not said of one that was not."""

import random
import sqlite3
import subprocess
from contextlib import closing

import pytest

from backends.local.checksums import prepare
from backends.local.hub.health import check_catalogue_database, check_user_database
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.migrations import migrate
from backends.local.schema import LAYOUT
from tests.hub.health.damaging import change, contents, finds, overwrite, said_of
from tests.hub.library import Song, put

_OVERWRITES = 20
"""Of each database."""


def replace(path, old, new):
    """Overwrite each place in the file that says this; there is one at least."""
    content = path.read_bytes()
    assert old in content
    assert len(old) == len(new)
    path.write_bytes(content.replace(old, new))


def test_databases_that_are_as_they_were_written_have_no_problems(user, index):
    assert said_of(user) == said_of(index) == []


def test_a_database_that_is_open_and_being_written_is_looked_at_without_waiting(user, index):
    for path in (user, index):
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert said_of(path) == []
            writer.execute("ROLLBACK")


def test_a_title_that_is_another_is_found_though_it_is_in_no_index(user):
    replace(user, b"Of songs", b"Of sones")
    assert said_of(user) == ["rows"]


def test_what_is_said_of_a_row_names_the_table_and_nothing_that_it_holds(user):
    replace(user, b"Of songs", b"Of\xff\x1b[1me")
    [problem] = check_user_database(user)
    assert problem.database == "hub.db"
    assert problem.detail == "Rows of the table playlists are not what was written: 1."


@pytest.mark.parametrize("seed", range(3))
def test_full_text_that_no_check_of_sqlite_sees_is_found(index, seed):
    with closing(sqlite3.connect(index)) as connection:
        [(page,)] = connection.execute("SELECT max(block) FROM search_data WHERE id > 10").fetchall()
        before = finds(connection, "queen")
    assert len(page) > 200
    place = random.Random(seed).randrange(10, len(page) - 70)
    replace(index, page[place : place + 64], random.Random(seed).randbytes(64))
    assert before
    assert said_of(index) == ["search"]


def test_full_text_is_found_that_looks_for_words_on_other_pages(index):
    put(index.parent, [Song(f"Word{number:04} Common{number % 7}", "Artist", "Album") for number in range(400)])
    with closing(sqlite3.connect(index)) as connection:
        [(term,)] = connection.execute("SELECT term FROM search_idx ORDER BY term DESC LIMIT 1").fetchall()
    change(index, f"UPDATE search_idx SET term = x'{term[:-1].hex()}{term[-1] - 1:02x}' WHERE term = x'{term.hex()}'")
    change(index, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")  # FTS5 sees nothing of it
    assert said_of(index) == ["search"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE search_config SET v = 5",
        "INSERT INTO search_config (k, v) VALUES ('pgsz', 100)",
        "UPDATE search_rows SET title = upper(title)",
        "UPDATE search_rows SET album = replace(album, ' ', '-')",
        "DELETE FROM search_docsize WHERE id = (SELECT min(id) FROM search_docsize)",
        "DELETE FROM search_data WHERE id = (SELECT max(id) FROM search_data)",
        "INSERT INTO search (search) VALUES ('delete-all')",
    ],
)
def test_full_text_that_is_not_that_of_the_library_is_found(index, statement):
    change(index, statement)
    assert said_of(index) == ["search"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'changes'",
        "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'changes'",
        "UPDATE sqlite_sequence SET name = 'change' WHERE name = 'changes'",
        "DELETE FROM sqlite_sequence",
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', 1)",
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('others', 1)",
    ],
)
def test_a_number_that_the_feed_does_not_go_on_from_is_found(user, statement):
    change(user, statement)
    assert said_of(user) == ["counter"]


def test_an_item_that_is_noted_for_search_and_is_another_is_found(index):
    change(index, "INSERT INTO search_pending (item, again) VALUES (7, 7)")
    assert said_of(index) == []
    change(index, "UPDATE search_pending SET item = 8")
    assert said_of(index) == ["search"]


def test_rows_without_what_they_refer_to_are_found(user):
    change(user, "PRAGMA foreign_keys = OFF", "DELETE FROM playlists")
    assert said_of(user) == ["references"]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP INDEX playlists_checksums",
        "DROP INDEX plays_in_order",
        "DROP TABLE searches",
        "CREATE TABLE more (value)",
        "ALTER TABLE saved ADD COLUMN more TEXT",
        "CREATE TRIGGER more AFTER INSERT ON saved BEGIN DELETE FROM saved; END",
    ],
)
def test_tables_that_are_not_those_of_the_program_are_found(user, statement):
    change(user, statement)
    assert said_of(user) == ["schema"]


def test_a_file_that_is_not_the_programs_is_found(user):
    change(user, "PRAGMA application_id = 1")
    assert said_of(user) == ["foreign"]


def test_a_version_that_there_is_not_is_found(user):
    change(user, "PRAGMA user_version = 1000")
    assert said_of(user) == ["version"]


def test_a_file_that_is_empty_or_missing_is_found_and_not_created(user):
    user.write_bytes(b"")
    assert said_of(user) == ["missing"]
    user.unlink()
    assert said_of(user) == ["missing"]
    assert not user.exists()


@pytest.mark.parametrize("at", [0, 16, 18, 44, 56, 100])
def test_a_damaged_header_is_found(user, at):
    overwrite(user, at, b"\xa7\xa7\xa7\xa7")
    assert said_of(user)[0] in {"unreadable", "foreign", "version", "schema", "structure"}


def test_a_file_that_was_cut_short_is_found(index):
    index.write_bytes(index.read_bytes()[:-8192])
    assert said_of(index)[0] in {"unreadable", "structure"}


def test_a_lost_page_of_rows_is_found(user):
    content = user.read_bytes()
    place = content.index(b"ple_") // 4096 * 4096
    overwrite(user, place, b"\0" * 4096)
    assert said_of(user)[0] in {"unreadable", "structure"}


def test_pages_and_bytes_that_hold_nothing_are_no_problem(user):
    change(user, "CREATE TABLE large AS SELECT randomblob(40960)", "DROP TABLE large")
    with closing(sqlite3.connect(user)) as connection:
        [(free,)] = connection.execute("PRAGMA freelist_count").fetchall()
    assert free >= 10
    content = user.read_bytes()
    overwrite(user, len(content) - 4096, b"\xa7" * 4096)  # the last page, which is free
    assert said_of(user) == []


def test_a_row_that_is_damaged_can_not_be_written_over(user):
    replace(user, b"Of songs", b"Of sones")
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        change(user, "UPDATE playlists SET name = 'Damage is not hidden by this'")


def test_a_damaged_write_ahead_log_loses_the_last_changes_and_nothing_else(user, tmp_path):
    """SQLite has a checksum of each commit in the log, and goes back to the last one that is right."""
    with closing(prepare(sqlite3.connect(user, isolation_level=None))) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE playlists SET name = 'The last but one'")
        writer.execute("UPDATE playlists SET name = 'The last'")
        # As the system leaves them when the process dies; by another process, since closing a file drops locks on it.
        subprocess.run(["cp", user, f"{user}-wal", tmp_path], check=True)
    copy = tmp_path / user.name
    log = copy.with_name(f"{copy.name}-wal")
    overwrite(log, log.stat().st_size - 500, random.Random(1).randbytes(64))
    assert said_of(copy) == []
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM playlists").fetchall() == [("The last but one",)]


def test_the_labels_own_database_is_looked_at_too(data_dir):
    data_dir.mkdir()
    path = data_dir / LAYOUT.name
    migrate(path, LAYOUT)
    assert check_catalogue_database(path) == ()
    replace(path, b"isrc", b"iswc")
    assert [problem.kind for problem in check_catalogue_database(path)] == ["schema"]


@pytest.mark.parametrize("name", [USER_LAYOUT.name, INDEX_LAYOUT.name])
def test_random_overwrites_are_found_or_harmless(used, name):
    path = used / name
    content, before = path.read_bytes(), contents(path)
    chance, missed = random.Random(name), []
    for _ in range(_OVERWRITES):
        at = chance.randrange(len(content) - 64)
        path.write_bytes(content)
        overwrite(path, at, chance.randbytes(64))
        if not said_of(path) and contents(path) != before:
            missed.append(at)
    assert missed == []
