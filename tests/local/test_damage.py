"""Databases that can't be used: each is one clear error that says what to do, and none is touched."""

import sqlite3
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from backends.local.database import Database
from backends.local.musicengine import LocalMusicEngine
from backends.local.schema import LAYOUT
from backends.local.storage import DATABASE_NAME, create_private_file, prepare_folder
from contract.errors import StorageCorrupt, StorageError, StorageReadOnly, StorageTooNew
from contract.musicengine import OPERATIONS
from contract.musicengine.catalogue import LIST_TRACKS
from contract.operation import Effect
from contract.validation import validate
from tests.checked import call
from tests.label import LABEL, LATEST, SeededTrack, days_before, store

READS = [each for each in OPERATIONS if each.effect is Effect.READ]


@pytest.fixture
def path(data_dir):
    prepare_folder(data_dir)
    return data_dir / DATABASE_NAME


@pytest.fixture
async def filled(path):
    """A closed database of several hundred pages, all of it in the one file."""
    tracks = [
        SeededTrack(
            isrc=f"DEAAA26{number:05d}",
            title=f"T{number}",
            artist=f"A{number}",
            metadata={"filler": "x" * 3000},
            figures=dict.fromkeys(days_before(LATEST, 28), (number, number)),
        )
        for number in range(200)
    ]
    async with aclosing(Database(path.parent)) as database:
        await store(database, [*LABEL, *tracks])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


async def refusal(path):
    """The error of opening the database, which must leave the file as it was."""
    before = path.read_bytes()
    async with aclosing(LocalMusicEngine(path.parent)) as backend:
        with pytest.raises(StorageError) as caught:
            await call(backend, LIST_TRACKS)
    assert path.read_bytes() == before
    assert caught.value.next_step
    return caught.value


async def test_a_database_of_a_newer_version_is_refused(filled):
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 9999")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    error = await refusal(filled)
    assert isinstance(error, StorageTooNew)
    assert "Upgrade" in error.sentence


@pytest.mark.parametrize("application", [0, 0x42424242, LAYOUT.application_id + 1])
async def test_a_database_of_another_program_is_refused(path, application):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (value)")
        connection.execute(f"PRAGMA application_id = {application}")
    error = await refusal(path)
    assert isinstance(error, StorageCorrupt)
    assert "another program" in error.sentence


async def test_a_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"isrc,title\nUSXXX1234567,Song Name\n" * 100)
    assert isinstance(await refusal(path), StorageCorrupt)


async def test_a_database_cut_short_is_damaged_and_left_as_it_is(filled):
    content = filled.read_bytes()
    filled.write_bytes(content[: len(content) // 2 // 4096 * 4096])
    error = await refusal(filled)
    assert isinstance(error, StorageCorrupt)
    assert "'musicengine-mcp restore' puts a backup in a database's place" in error.sentence


async def test_a_damaged_page_is_an_error_where_it_is_read_and_only_there(filled):
    content = bytearray(filled.read_bytes())
    pages = len(content) // 4096
    for page in range(pages // 4, pages):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    filled.write_bytes(content)
    outcomes = set()
    async with aclosing(LocalMusicEngine(filled.parent)) as backend:
        for operation in READS:
            try:
                await backend.call(operation, validate(operation.request, operation.example.request))
                outcomes.add("answered")
            except StorageCorrupt:
                outcomes.add("damaged")
        with pytest.raises(StorageCorrupt):
            await call(backend, LIST_TRACKS, limit=500)
    assert "damaged" in outcomes
    assert filled.read_bytes() == content


async def test_a_file_where_the_data_folder_should_be_is_refused(tmp_path):
    (tmp_path / "data").write_text("not a folder")
    async with aclosing(Database(tmp_path / "data")) as database:
        with pytest.raises(StorageReadOnly) as caught:
            await database.read("SELECT 1")
    assert "--data-dir" in caught.value.sentence
    assert str(tmp_path) not in caught.value.sentence


@pytest.mark.parametrize("folder", ["below/a/file", "nul\0byte"])
async def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path, folder):
    (tmp_path / "below").write_text("not a folder")
    async with aclosing(Database(tmp_path / folder)) as database:
        with pytest.raises(StorageReadOnly, match="can't be created"):
            await database.read("SELECT 1")


def test_a_folder_that_takes_no_files_is_read_only():
    # /proc takes no files from anybody, root included; where there is no such folder, it can't be made either.
    with pytest.raises(StorageReadOnly) as caught:
        create_private_file(Path("/proc/self/musicengine.db"))
    assert "--data-dir" in caught.value.sentence


async def test_a_database_that_cannot_be_written_is_read_only_and_says_so(filled):
    """SQLite can't make its journal where a folder has its name: for root, too, a file that can't be opened."""
    filled.with_name(f"{DATABASE_NAME}-wal").unlink(missing_ok=True)
    filled.with_name(f"{DATABASE_NAME}-wal").mkdir()
    async with aclosing(LocalMusicEngine(filled.parent)) as backend:
        with pytest.raises(StorageReadOnly) as caught:
            await call(backend, LIST_TRACKS)
    assert "Make it writable" in caught.value.sentence


async def test_a_file_that_is_damaged_while_the_program_runs_is_an_error_that_leaves_nothing_open(filled):
    database = Database(filled.parent)
    await database.read("SELECT 1")
    await database.aclose()
    filled.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageCorrupt):
        await database.read("SELECT * FROM workspaces")
    assert database._reader is None
    await database.aclose()


async def test_after_the_cause_is_gone_the_same_backend_answers(filled):
    obstacle = filled.with_name(f"{DATABASE_NAME}-wal")
    obstacle.unlink(missing_ok=True)
    obstacle.mkdir()
    async with aclosing(LocalMusicEngine(filled.parent)) as backend:
        with pytest.raises(StorageReadOnly):
            await call(backend, LIST_TRACKS)
        obstacle.rmdir()
        assert (await call(backend, LIST_TRACKS))["pagination"]["total"] == len(LABEL) + 200


async def test_no_storage_error_shows_the_folder_or_sqlites_words(filled):
    filled.write_bytes(b"\0" * 8192)
    error = await refusal(filled)
    assert str(filled.parent) not in error.sentence
    assert "malformed" not in error.sentence
    assert "file is not a database" not in error.sentence


async def test_bytes_in_a_text_that_are_no_text_are_damage_and_say_so(filled):
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("UPDATE tracks SET title = CAST(x'FF' AS TEXT) WHERE title = 'T7'")
    async with aclosing(Database(filled.parent)) as database:
        for read in (database.read, database.look_up):
            with pytest.raises(StorageCorrupt):
                await read("SELECT title FROM tracks")
