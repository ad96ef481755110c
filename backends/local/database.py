"""One SQLite database: a connection that reads, one that writes, and clear errors from both."""

import sqlite3
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import anyio
import anyio.to_thread

from backends.local.migrations import migrate
from backends.local.schema import MIGRATIONS
from backends.local.storage import DATABASE_NAME, prepare_folder, storage_errors

__all__ = ["Database"]

_BUSY_SECONDS = 10.0

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # with WAL: a power cut may lose the last commits, never the database
    "PRAGMA cache_size = -32768",
)


class Database:
    """The database of a data folder, opened and migrated on first use.

    Reads run beside writes (WAL) and see what is committed. Writes of one process take turns here; those of
    several processes take turns in SQLite, which waits ten seconds before it calls the database busy.
    """

    def __init__(self, folder: Path, *, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
        self.folder = folder
        self.path = folder / DATABASE_NAME
        self._migrations = migrations
        self._opening = anyio.Lock()
        self._writing = anyio.Lock()
        self._migrated = False
        self._reader: aiosqlite.Connection | None = None
        self._writer: aiosqlite.Connection | None = None

    async def read(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterable[tuple[Any, ...]]:
        """Return all rows of one statement.

        Raises:
            StorageError: The database can't be opened or read.
        """
        with storage_errors():
            reader = self._reader or await self._open_reader()
            return await reader.execute_fetchall(sql, parameters)  # pyright: ignore[reportReturnType]  # rows are tuples

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[aiosqlite.Connection, None]:
        """A write transaction: committed at the end of the block, rolled back if it raises.

        Raises:
            StorageError: The database can't be opened or written.
        """
        with storage_errors():
            async with self._writing:
                writer = self._writer or await self._open_writer()
                await writer.execute("BEGIN IMMEDIATE")
                try:
                    yield writer
                    await writer.execute("COMMIT")
                except BaseException:
                    # A cancelled task must still give the lock back.
                    with anyio.CancelScope(shield=True):
                        if writer.in_transaction:
                            await writer.execute("ROLLBACK")
                    raise

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        with anyio.CancelScope(shield=True):
            for connection in (self._reader, self._writer):
                if connection is not None:
                    await connection.close()
        self._reader = self._writer = None

    async def _open_reader(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._reader is None:
                self._reader = await self._connect()
                await self._reader.execute("PRAGMA query_only = ON")
            return self._reader

    async def _open_writer(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._writer is None:
                self._writer = await self._connect()
            return self._writer

    async def _connect(self) -> aiosqlite.Connection:
        if not self._migrated:
            prepare_folder(self.folder)
            await anyio.to_thread.run_sync(migrate, self.path, self._migrations)
            self._migrated = True
        connection = await aiosqlite.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                await connection.execute(pragma)
        except sqlite3.Error:
            await connection.close()
            raise
        return connection
