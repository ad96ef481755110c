"""Migrations: forward only, one transaction each, and a verified backup before each."""

import asyncio
import re
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from backends.local.backups import back_up, content_hash, read_record, what_is_wrong
from backends.local.database import Database
from backends.local.layout import Layout
from backends.local.migrations import migrate
from backends.local.musicengine import LocalMusicEngine
from backends.local.schema import LAYOUT
from backends.local.storage import DATABASE_NAME, prepare_folder
from contract.errors import StorageBusy, StorageError, StorageFull
from contract.musicengine.catalogue import LIST_TRACKS
from tests.checked import call
from tests.label import LABEL, store

ROOT = Path(__file__).resolve().parents[2]


def followed_by(layout: Layout, statements: tuple[str, ...]) -> Layout:
    """The layout of a later version."""
    return replace(layout, migrations=(*layout.migrations, statements))


FIRST = replace(LAYOUT, migrations=LAYOUT.migrations[:1])
NEXT = followed_by(LAYOUT, ("CREATE TABLE later (value TEXT NOT NULL) STRICT", "INSERT INTO later VALUES ('there')"))
BROKEN = followed_by(NEXT, ("CREATE TABLE half (value TEXT) STRICT", "DROP TABLE tracks", "SELECT no_such_function()"))

MIGRATE = """
import sys, time
from pathlib import Path
from backends.local.migrations import migrate
from backends.local.schema import LAYOUT
from backends.local.storage import prepare_folder
path = Path(sys.argv[1])
prepare_folder(path.parent)
while time.time() < float(sys.argv[2]):
    pass
migrate(path, LAYOUT)
"""


@pytest.fixture
def path(data_dir):
    prepare_folder(data_dir)
    return data_dir / DATABASE_NAME


@pytest.fixture
async def filled(path):
    """A database of this version with the label in it."""
    async with aclosing(Database(path.parent)) as database:
        await store(database)
    return path


def look(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def version(path):
    return look(path, "PRAGMA user_version")[0][0]


def hash_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return content_hash(connection)


def backups(path):
    folder = path.parent / "backups"
    return sorted(folder.glob("*.db")) if folder.exists() else []


def test_a_new_database_is_at_the_newest_version_and_marked_as_ours(path):
    migrate(path, LAYOUT)
    assert version(path) == len(LAYOUT.migrations)
    assert look(path, "PRAGMA application_id") == [(LAYOUT.application_id,)]
    assert look(path, "PRAGMA journal_mode") == [("wal",)]
    assert look(path, "SELECT name FROM workspaces") == [("default",)]


def test_a_new_database_needs_no_backup(path):
    migrate(path, LAYOUT)
    assert backups(path) == []


def test_migrating_again_changes_nothing(path):
    migrate(path, LAYOUT)
    before = hash_of(path)
    migrate(path, LAYOUT)
    assert hash_of(path) == before


def test_an_upgrade_keeps_a_backup_of_exactly_what_was_there(filled):
    before = hash_of(filled)
    migrate(filled, NEXT)
    [backup] = backups(filled)
    assert re.fullmatch(r"musicengine-\d{8}T\d{6}Z-upgrade\.db", backup.name)
    record = read_record(backup)
    assert (record.database, record.reason, record.version) == (DATABASE_NAME, "upgrade", len(LAYOUT.migrations))
    assert record.rows["tracks"] == len(LABEL)
    assert what_is_wrong(record) is None
    assert hash_of(backup) == before
    assert version(backup) == len(LAYOUT.migrations)
    assert version(filled) == len(NEXT.migrations)
    assert look(filled, "SELECT value FROM later") == [("there",)]


async def test_a_backup_put_in_the_databases_place_works(filled, tmp_path):
    migrate(filled, NEXT)
    [backup] = backups(filled)
    folder = tmp_path / "restored"
    folder.mkdir()
    backup.rename(folder / DATABASE_NAME)
    async with aclosing(LocalMusicEngine(folder)) as backend:
        assert (await call(backend, LIST_TRACKS))["pagination"]["total"] == len(LABEL)


def test_backups_can_be_read_by_their_owner_alone(filled):
    migrate(filled, NEXT)
    [backup] = backups(filled)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.parent.stat().st_mode) == 0o700


def test_each_step_of_a_long_upgrade_has_a_backup_of_its_own(filled):
    migrate(filled, followed_by(NEXT, ("CREATE TABLE latest (value TEXT) STRICT",)))
    assert sorted(map(version, backups(filled))) == [len(LAYOUT.migrations), len(NEXT.migrations)]


def test_a_migration_that_fails_leaves_the_version_before_it_as_it_was(filled):
    migrate(filled, NEXT)
    before = hash_of(filled)
    with pytest.raises(sqlite3.OperationalError, match="no_such_function"):
        migrate(filled, BROKEN)
    assert hash_of(filled) == before
    assert version(filled) == len(NEXT.migrations)


def test_a_migration_that_fails_keeps_the_steps_before_it(filled):
    with pytest.raises(sqlite3.OperationalError, match="no_such_function"):
        migrate(filled, BROKEN)
    assert version(filled) == len(NEXT.migrations)
    assert look(filled, "SELECT value FROM later") == [("there",)]


def test_a_backup_that_differs_stops_the_upgrade_and_is_not_kept(filled, monkeypatch):
    hashes = iter(["one", "another"])
    monkeypatch.setattr("backends.local.backups.content_hash", lambda _: next(hashes))
    with pytest.raises(StorageFull, match="The backup differs from the database"):
        migrate(filled, NEXT)
    assert version(filled) == len(LAYOUT.migrations)
    assert list((filled.parent / "backups").iterdir()) == []


def test_a_backup_that_cannot_be_written_stops_the_upgrade(filled):
    before = hash_of(filled)
    (filled.parent / "backups").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        migrate(filled, NEXT)
    assert hash_of(filled) == before


def test_the_content_hash_sees_a_changed_value_a_missing_row_and_another_schema(filled, tmp_path):
    before = hash_of(filled)
    for number, change in enumerate(
        (
            "UPDATE daily_streams SET spotify = spotify + 1 WHERE day = (SELECT max(day) FROM daily_streams)",
            "DELETE FROM top_tracks WHERE day = (SELECT min(day) FROM top_tracks)",
            "CREATE TABLE other (value TEXT)",
        )
    ):
        copy = tmp_path / f"{number}.db"
        with closing(sqlite3.connect(filled)) as connection:
            back_up(connection, copy, DATABASE_NAME, "asked", 0)
        assert hash_of(copy) == before
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute(change)
        assert hash_of(copy) != before


def test_the_content_hash_does_not_see_how_pages_lie_in_the_file(filled, tmp_path):
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(filled)) as connection:
        back_up(connection, copy, DATABASE_NAME, "asked", 0)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")
    assert hash_of(copy) == hash_of(filled)


@pytest.mark.parametrize("existing", [False, True], ids=["new", "upgrade"])
def test_two_processes_that_start_at_once_both_find_the_newest_version(path, existing):
    if existing:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    for _ in range(4):
        moment = str(time.time() + 0.4)
        command = [sys.executable, "-c", MIGRATE, str(path), moment]
        running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
        errors = [process.communicate(timeout=20)[1].decode() for process in running]
        assert errors == ["", "", ""]
        assert look(path, "SELECT name FROM workspaces") == [("default",)]
        for file in path.parent.glob(f"{DATABASE_NAME}*"):
            file.unlink()


def test_a_database_that_another_process_creates_meanwhile_is_not_taken_for_a_strangers(path, monkeypatch):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connect, met = sqlite3.connect, []

    class Interrupted(sqlite3.Connection):
        """Another process creates the database between the first thing that is read of it and the next."""

        def execute(self, sql, *parameters):
            answer = super().execute(sql, *parameters)
            if sql == "PRAGMA application_id" and not met:
                met.append(sql)
                migrate(path, LAYOUT)
            return answer

    monkeypatch.setattr("sqlite3.connect", lambda *some, **more: connect(*some, factory=Interrupted, **more))
    migrate(path, LAYOUT)
    assert met
    assert look(path, "SELECT name FROM workspaces") == [("default",)]


async def test_tasks_that_start_at_once_migrate_once(path):
    async with aclosing(Database(path.parent)) as database:
        with anyio.fail_after(10):
            answers = await asyncio.gather(*(database.read("SELECT count(*) FROM workspaces") for _ in range(10)))
    assert [list(rows) for rows in answers] == [[(1,)]] * 10


async def test_a_new_database_waits_for_another_process_that_reads_and_then_says_that_it_is_busy(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE theirs (value)")
        other.execute("DROP TABLE theirs")
        other.execute("BEGIN")
        other.execute("SELECT * FROM sqlite_schema").fetchall()
        with pytest.raises(StorageBusy):
            migrate(path, LAYOUT, busy_seconds=0.05)
        other.execute("ROLLBACK")
    migrate(path, LAYOUT)
    assert version(path) == len(LAYOUT.migrations)


async def test_an_upgrade_waits_for_another_process_and_then_says_that_it_is_busy(filled):
    before = hash_of(filled)
    with closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with aclosing(Database(filled.parent, layout=NEXT, busy_seconds=0.05)) as database:
            with pytest.raises(StorageBusy):
                await database.read("SELECT 1")
        other.execute("ROLLBACK")
    assert hash_of(filled) == before


async def test_a_database_of_the_first_version_comes_along_with_all_that_is_in_it(path):
    migrate(path, FIRST)
    async with aclosing(Database(path.parent, layout=FIRST)) as old:
        await store(old)
    before = hash_of(path)
    async with aclosing(LocalMusicEngine(path.parent)) as backend:
        page = await call(backend, LIST_TRACKS, limit=500)
    assert len(page["data"]) == len(LABEL)
    assert version(path) == len(LAYOUT.migrations)
    [backup] = backups(path)
    assert hash_of(backup) == before
