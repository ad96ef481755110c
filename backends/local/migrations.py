"""Bring a database to the newest schema: forward only, one transaction each, a verified backup before."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from backends.local.backups import back_up, place_of_backup
from backends.local.checksums import keep_checksums, prepare
from backends.local.layout import Layout
from backends.local.storage import create_private_file, storage_errors
from contract.errors import StorageCorrupt, StorageTooNew

__all__ = ["BUSY_SECONDS", "migrate"]

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
        prepare(connection)
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
            _back_up_before(path)
        for statement in layout.migrations[number - 1]:
            connection.execute(statement)
        keep_checksums(connection, layout)
        connection.execute(f"PRAGMA application_id = {layout.application_id}")
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _back_up_before(path: Path) -> None:
    now = time.time_ns() // 1_000_000
    # A connection of its own: the one that migrates holds the write lock, and this one reads beside it.
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        prepare(reader)
        reader.execute("BEGIN")
        back_up(reader, place_of_backup(path, "upgrade", now), path.name, "upgrade", now)
