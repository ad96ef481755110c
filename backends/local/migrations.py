"""Bring a database to the newest schema: forward only, one transaction each, a verified backup before."""

import hashlib
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from backends.local.layout import Layout
from backends.local.storage import create_private_file, prepare_folder, storage_errors
from contract.errors import StorageCorrupt, StorageFull, StorageTooNew

__all__ = ["BUSY_SECONDS", "back_up", "content_hash", "migrate"]

BUSY_SECONDS = 10.0
"""How long SQLite waits for another process before it calls the database busy."""


def migrate(path: Path, layout: Layout, busy_seconds: float = BUSY_SECONDS) -> None:
    """Bring the database at the path to the newest schema; create it if it is not there.

    Raises:
        StorageError: It can't be read or written, is not ours, or is newer than this program.
    """
    migrations = layout.migrations
    create_private_file(path)
    with storage_errors(), closing(sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)) as connection:
        # In a transaction, so that all that it reads is of one moment: another process may be creating the tables.
        connection.execute("BEGIN")
        version = _version(connection, layout)
        connection.execute("ROLLBACK")
        if version > len(migrations):
            raise StorageTooNew
        if version == len(migrations):
            return
        _use_write_ahead_log(connection, busy_seconds)
        for number in range(version + 1, len(migrations) + 1):
            # What is created only now holds nothing that a backup could save.
            _apply(connection, path, number, layout, backed_up=version > 0)


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy a live database with SQLite's backup API, and verify the copy by its content.

    A page check alone would miss most damage, and reading the live file would drop SQLite's locks on it.

    Raises:
        StorageFull: The copy could not be written, or differs.
    """
    # Under a name of its own until it is verified: what a person finds in the folder of backups is good.
    draft = target.with_name(f"{target.name}.partial")
    create_private_file(draft)
    try:
        _copy(connection, draft)
        draft.rename(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def content_hash(connection: sqlite3.Connection) -> str:
    """SHA-256 of every table's schema and rows, independent of how pages lie in the file."""
    digest = hashlib.sha256()
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    for name, sql in tables:
        digest.update(repr((name, sql)).encode())
        columns = len(connection.execute(f'SELECT * FROM "{name}" LIMIT 0').description)
        order = ", ".join(str(position) for position in range(1, columns + 1))
        for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        if content_hash(copy) != content_hash(connection):
            raise StorageFull("The backup that precedes an upgrade differs from the database. Nothing was changed.")


def _version(connection: sqlite3.Connection, layout: Layout) -> int:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == layout.application_id:
        return version
    if version or connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        raise StorageCorrupt("The file is a database of another program. It was left as it is.")
    return 0


def _use_write_ahead_log(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """SQLite waits for other processes before anything but this change; so this waits."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _apply(connection: sqlite3.Connection, path: Path, number: int, layout: Layout, *, backed_up: bool) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated while we waited for the lock.
        if _version(connection, layout) >= number:
            connection.execute("ROLLBACK")
            return
        if backed_up:
            _back_up_before(path, number)
        for statement in layout.migrations[number - 1]:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {layout.application_id}")
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _back_up_before(path: Path, number: int) -> None:
    folder = path.parent / "backups"
    prepare_folder(folder)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    # A connection of its own: the one that migrates holds the write lock, and this one reads beside it.
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        back_up(reader, folder / f"{path.stem}-before-v{number}-{stamp}.db")
