"""The database of a data folder: private, safe to share between processes, and never left half-written."""

import asyncio
import os
import sqlite3
import stat
import threading
from contextlib import aclosing, closing
from functools import partial

import anyio
import pytest

from backends.local.database import Database
from backends.local.presence import IN_USE
from backends.local.storage import DATABASE_NAME, default_data_dir, expanded
from contract.errors import StorageBusy, StorageCorrupt, StorageFull, StorageReadOnly

INSERT = "INSERT INTO workspaces (name, created_at) VALUES (?, '2026-01-01T00:00:00.000Z')"


@pytest.fixture
async def database(data_dir):
    async with aclosing(Database(data_dir, busy_seconds=0.05)) as database:
        yield database


async def names(database):
    return [name for (name,) in await database.read("SELECT name FROM workspaces ORDER BY id")]


async def add(database, name):
    async with database.transaction() as connection:
        await connection.execute(INSERT, (name,))


def insert(connection, name="threaded"):
    return connection.execute(INSERT, (name,)).lastrowid


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
async def other(database):
    """A connection of another process, as far as SQLite can tell."""
    await names(database)
    with closing(sqlite3.connect(database.path, isolation_level=None, timeout=0)) as connection:
        yield connection


def test_the_environment_names_the_data_folder(monkeypatch):
    monkeypatch.setenv("MUSICENGINE_DATA_DIR", "/somewhere/else")
    assert str(default_data_dir()) == "/somewhere/else"


def test_without_the_environment_it_is_the_platforms_folder_for_data(monkeypatch, tmp_path):
    monkeypatch.delenv("MUSICENGINE_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_data_dir().name == "musicengine-mcp"
    assert default_data_dir().is_relative_to(tmp_path)


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded("~/data") == tmp_path / "data"
    monkeypatch.setenv("MUSICENGINE_DATA_DIR", "~/data")
    assert default_data_dir() == tmp_path / "data"


@pytest.mark.parametrize("path", ["~no-such-user/data", "~no\0user/data"])
def test_the_home_folder_of_nobody_stays_as_it_is_written(path):
    assert str(expanded(path)) == path


async def test_nobody_else_can_read_the_folder_or_any_file_in_it(database, data_dir):
    previous = os.umask(0)
    try:
        await add(database, "second")
        await names(database)
    finally:
        os.umask(previous)
    assert mode(data_dir) == 0o700
    files = sorted(path.name for path in data_dir.iterdir())
    assert files == [IN_USE, DATABASE_NAME, f"{DATABASE_NAME}-shm", f"{DATABASE_NAME}-wal"]
    assert mode(data_dir / IN_USE) == 0o700
    assert {mode(path) for path in data_dir.rglob("*") if path.is_file()} == {0o600}


async def test_readers_and_writers_run_beside_each_other_and_foreign_keys_hold(database):
    assert list(await database.read("PRAGMA journal_mode")) == [("wal",)]
    assert list(await database.read("PRAGMA foreign_keys")) == [(1,)]
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO daily_streams (track_id, day) VALUES (1, 1)")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await database.write_in_thread(lambda thread: thread.execute("INSERT INTO daily_streams VALUES (1, 1, 1, 1)"))


async def test_every_table_is_strict(database):
    tables = list(await database.read("SELECT name, strict FROM pragma_table_list WHERE type = 'table'"))
    ours = {name: strict for name, strict in tables if not name.startswith("sqlite_")}
    assert len(ours) > 5
    assert set(ours.values()) == {1}


async def test_the_reading_connection_cannot_write(database):
    with pytest.raises(StorageReadOnly):
        await database.read("DELETE FROM workspaces")
    assert await names(database) == ["default"]


async def test_the_connection_that_looks_up_cannot_write_either(database):
    with pytest.raises(StorageReadOnly):
        await database.look_up("DELETE FROM workspaces")
    assert await names(database) == ["default"]


async def test_neither_a_read_nor_a_look_up_sees_what_is_not_committed(database):
    async with database.transaction() as connection:
        await connection.execute(INSERT, ("second",))
        assert await names(database) == ["default"]
        assert list(await database.look_up("SELECT count(*) FROM workspaces")) == [(1,)]
    assert await names(database) == ["default", "second"]
    assert list(await database.look_up("SELECT count(*) FROM workspaces")) == [(2,)]


async def test_a_look_up_waits_for_another_process_as_a_read_does(data_dir):
    async with aclosing(Database(data_dir)) as first:
        await names(first)
    with closing(sqlite3.connect(data_dir / DATABASE_NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(INSERT, ("second",))
        found = []

        async def look():
            found.extend(await database.look_up("SELECT name FROM workspaces"))

        async with aclosing(Database(data_dir)) as database:
            database._migrated = True  # it is, and so the look-up itself meets the lock
            with anyio.fail_after(5):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(look)
                    await anyio.wait_all_tasks_blocked()
                    assert found == []
                    other.close()
    assert sorted(found) == [("default",), ("second",)]


async def test_a_look_up_that_waits_too_long_says_that_the_database_is_busy(data_dir):
    async with aclosing(Database(data_dir)) as first:
        await names(first)
    with closing(sqlite3.connect(data_dir / DATABASE_NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(INSERT, ("second",))
        async with aclosing(Database(data_dir, busy_seconds=0.05)) as database:
            database._migrated = True
            with pytest.raises(StorageBusy):
                await database.look_up("SELECT 1 FROM workspaces")
            other.close()
            assert len(list(await database.look_up("SELECT 1 FROM workspaces"))) == 2


async def test_a_look_up_in_a_damaged_file_leaves_nothing_half_open(data_dir):
    database = Database(data_dir)
    await names(database)
    await database.aclose()
    database.path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageCorrupt):
        await database.look_up("SELECT 1 FROM workspaces")
    assert database._looker is None
    await database.aclose()


async def test_an_exception_rolls_the_whole_transaction_back(database):
    async def fail():
        async with database.transaction() as connection:
            await connection.execute(INSERT, ("second",))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await add(database, "third")
    assert await names(database) == ["default", "third"]


async def test_an_exception_in_a_thread_rolls_the_whole_transaction_back(database):
    def work(connection):
        insert(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write_in_thread(work)
    assert await database.write_in_thread(insert) > 1
    assert await names(database) == ["default", "threaded"]


async def test_a_rehearsal_in_a_thread_changes_nothing(database):
    assert await database.write_in_thread(insert, commit=False) > 1
    assert await names(database) == ["default"]


async def test_a_cancelled_transaction_is_rolled_back_and_gives_the_lock_back(database):
    inside = anyio.Event()

    async def write():
        async with database.transaction() as connection:
            await connection.execute(INSERT, ("second",))
            inside.set()
            await anyio.sleep_forever()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            await inside.wait()
            tasks.cancel_scope.cancel()
        await add(database, "third")
    assert await names(database) == ["default", "third"]


async def test_a_write_that_is_cancelled_while_it_waits_for_another_process_does_not_lock_the_next(data_dir):
    async with aclosing(Database(data_dir)) as database:
        await names(database)
        async with database.transaction():
            pass
        with closing(sqlite3.connect(database.path, isolation_level=None)) as other, anyio.fail_after(5):
            other.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(add, database, "second")
                await anyio.wait_all_tasks_blocked()
                # Cancelling waits for the statement under way, which waits for the other process.
                tasks.cancel_scope.cancel()
                tasks.start_soon(shielded_rollback, other)
            await add(database, "third")
        assert await names(database) == ["default", "third"]


async def shielded_rollback(connection):
    with anyio.CancelScope(shield=True):
        await anyio.lowlevel.checkpoint()
        connection.execute("ROLLBACK")


async def test_work_in_a_thread_that_is_cancelled_is_interrupted_and_rolled_back(database):
    begun = threading.Event()

    def endless(connection):
        insert(connection)
        begun.set()
        connection.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")

    with anyio.fail_after(10):
        running = asyncio.ensure_future(database.write_in_thread(endless))
        await asyncio.to_thread(begun.wait, 5)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert await names(database) == ["default"]
    await add(database, "second")


async def test_a_database_that_another_process_is_writing_to_is_busy_and_nothing_is_changed(database, other):
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusy) as caught:
        await add(database, "second")
    with pytest.raises(StorageBusy):
        await database.write_in_thread(insert)
    assert "another process is writing" in caught.value.sentence
    assert await names(database) == ["default"]
    other.execute("ROLLBACK")
    await add(database, "third")
    assert await names(database) == ["default", "third"]


async def test_a_write_waits_for_another_process_to_finish(data_dir):
    async with aclosing(Database(data_dir)) as database:
        await names(database)
        with closing(sqlite3.connect(database.path, isolation_level=None)) as other, anyio.fail_after(5):
            other.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(add, database, "second")
                await anyio.wait_all_tasks_blocked()
                other.execute("COMMIT")
        assert await names(database) == ["default", "second"]


async def test_writes_of_one_process_take_turns(data_dir):
    async with aclosing(Database(data_dir)) as database:
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(add, database, f"w{number}")
                    insert_it = partial(insert, name=f"t{number}")
                    tasks.start_soon(database.write_in_thread, insert_it)
        assert len(await names(database)) == 21


async def test_a_write_whose_turn_does_not_come_is_told_so_as_soon_as_one_that_waits_for_sqlite(database):
    async with database.transaction():
        with anyio.fail_after(5), pytest.raises(StorageBusy):
            await asyncio.create_task(add(database, "late"))
    assert await names(database) == ["default"]


async def test_a_full_disk_is_one_clear_error_and_nothing_is_half_written(database):
    async def fill():
        async with database.transaction() as connection:
            await connection.execute(INSERT, ("first half",))
            [(pages,)] = await connection.execute_fetchall("PRAGMA page_count")
            await connection.execute(f"PRAGMA max_page_count = {pages}")
            await connection.execute(INSERT, ("x" * 1_000_000,))

    with pytest.raises(StorageFull) as caught:
        await fill()
    assert "Nothing was changed" in caught.value.sentence
    assert "Free some space" in caught.value.sentence
    assert await names(database) == ["default"]


async def test_no_thread_is_left_after_closing(data_dir):
    before = set(threading.enumerate())
    database = Database(data_dir)
    await names(database)
    await add(database, "second")
    assert workers(before)
    await database.aclose()
    await database.aclose()
    for worker in workers(before):
        await asyncio.to_thread(worker.join, 5)
    assert not workers(before)


@pytest.mark.parametrize("turns", range(12))
async def test_no_thread_is_left_if_opening_is_cancelled_half_way(data_dir, turns):
    async with aclosing(Database(data_dir)) as first:
        await names(first)
    before = set(threading.enumerate())
    database = Database(data_dir)
    database._migrated = True  # it is, and so the first wait is the one for the connection
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(names, database)
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    await database.aclose()
    for worker in workers(before):
        await asyncio.to_thread(worker.join, 5)
    assert not workers(before)


def workers(before):
    """Threads of connections, which are not those that anyio and asyncio keep for the next call."""
    return [thread for thread in set(threading.enumerate()) - before if "connection_worker" in thread.name]


async def test_a_closed_database_opens_again(database):
    await names(database)
    await database.aclose()
    assert await names(database) == ["default"]


async def test_a_look_up_sees_what_another_process_has_committed(backend, data_dir):
    database = backend.database
    name = "SELECT name FROM workspaces WHERE id = ?"
    assert list(await database.look_up(name, (1,))) == [("default",)]
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as other:
        other.execute("UPDATE workspaces SET name = 'renamed' WHERE id = 1")
        assert list(await database.look_up(name, (1,))) == [("default",)]
        other.commit()
    assert list(await database.look_up(name, (1,))) == [("renamed",)]


async def test_a_look_up_sees_what_its_own_database_has_committed(backend):
    name = "SELECT name FROM workspaces WHERE id = :id"
    assert list(await backend.database.look_up(name, {"id": 1})) == [("default",)]
    async with backend.database.transaction() as connection:
        await connection.execute("UPDATE workspaces SET name = 'renamed' WHERE id = 1")
    assert list(await backend.database.look_up(name, {"id": 1})) == [("renamed",)]


async def test_what_is_kept_after_somebody_has_committed_is_found_by_nobody(backend):
    kept = await backend.database.unchanged()
    async with backend.database.transaction() as connection:
        await connection.execute("UPDATE workspaces SET name = 'renamed' WHERE id = 1")
    now = await backend.database.unchanged()
    kept["late"] = "worked out of what was there before"
    assert "late" not in now
    assert "late" not in await backend.database.unchanged()


async def test_what_is_kept_is_bounded(backend):
    kept = await backend.database.unchanged()
    for number in range(100_000):
        (await backend.database.unchanged())[number] = None
    assert len(kept) <= 512
