"""One SQLite database: a connection that reads, one that writes, and clear errors from both."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import anyio
import anyio.to_thread

from backends.local.checksums import PreparedConnection, prepare
from backends.local.layout import Layout
from backends.local.migrations import BUSY_SECONDS, migrate
from backends.local.schema import LAYOUT
from backends.local.storage import prepare_folder
from backends.local.using import Use
from contract.errors import StorageBusy

__all__ = ["Database"]

ResultT = TypeVar("ResultT")

_STEPS_BETWEEN_CHECKS = 10_000

_MOST_KEPT = 512

_MOST_ROWS_KEPT = 100
"""Of one answer: longer ones are rare, and would weigh on memory."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # with WAL: a power cut may lose the last commits, never the database
    "PRAGMA cache_size = -32768",
)


class Database:
    """A database of a data folder, opened and migrated on first use.

    Reads run beside writes (WAL) and see what is committed. Writes of one process take turns here; those of
    several processes take turns in SQLite, which waits ten seconds before it calls the database busy.

    It is closed while another process wants it for itself (backends.local.maintenance): whoever asks for something
    then is told that it is busy, and whoever asks later finds what has taken its place.

    Attributes:
        use: Whether it can be used now, and whether it was found to be damaged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        layout: Layout = LAYOUT,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.folder = folder
        self.path = folder / layout.name
        self._layout = layout
        self._busy_seconds = busy_seconds
        self._opening = anyio.Lock()
        self._writing = anyio.Lock()
        self.use = Use(self.path, self._close)
        self._migrated = False
        self._reader: aiosqlite.Connection | None = None
        self._writer: aiosqlite.Connection | None = None
        self._looker: sqlite3.Connection | None = None
        self._worker: sqlite3.Connection | None = None
        self._working = anyio.Lock()
        self._version: int | None = None
        self._kept: dict[Any, Any] = {}

    async def read(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterable[tuple[Any, ...]]:
        """Return all rows of one statement.

        Raises:
            StorageError: The database can't be opened or read.
        """
        with self.use:
            reader = self._reader or await self._open_reader()
            return await reader.execute_fetchall(sql, parameters)  # pyright: ignore[reportReturnType]  # rows are tuples

    async def look_up(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterable[tuple[Any, ...]]:
        """Return all rows of a statement that an index answers within a millisecond: a page, a track, a day.

        It runs in place, on a connection of its own, since two switches of threads take longer than it does; and
        rows that were read since the last commit are not read again.

        Raises:
            StorageError: The database can't be opened or read.
        """
        with self.use:
            try:
                kept = await self._unchanged()
                key = (sql, *(parameters.values() if isinstance(parameters, dict) else parameters))
                rows = kept.get(key)
                if rows is None:
                    looker = self._looker or await self._open_looker()
                    rows = looker.execute(sql, parameters).fetchall()
                    if len(rows) <= _MOST_ROWS_KEPT:
                        kept[key] = rows
            except sqlite3.OperationalError as error:
                # One of several names; errors of the Python module itself carry none.
                if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                    raise
            else:
                return rows
        return await self.read(sql, parameters)  # which waits in its thread

    async def read_in_thread(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Run reads that belong together in a thread, on a connection of their own: one switch there, and one back.

        All of them see the database as it is when the first of them looks.

        Raises:
            StorageError: The database can't be opened or read.
        """
        with self.use:
            async with self._working:
                worker = self._worker or await self._open_worker()
                return await anyio.to_thread.run_sync(_in_one_state, worker, work)

    async def unchanged(self) -> dict[Any, Any]:
        """Where what was worked out of the database may be kept: empty again once anybody has committed anything.

        Whoever finds nothing there asks the database, and puts the answer into this very dictionary: if somebody
        commits meanwhile, nobody finds it any more.

        Raises:
            StorageError: The database can't be opened or read.
        """
        with self.use:
            return await self._unchanged()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[aiosqlite.Connection, None]:
        """A write transaction: committed at the end of the block, rolled back if it raises.

        Raises:
            StorageError: The database can't be opened or written.
        """
        with self.use:
            async with self._turn_to_write():
                writer = self._writer or await self._open_writer()
                try:
                    await writer.execute("BEGIN IMMEDIATE")
                    yield writer
                    await writer.execute("COMMIT")
                except BaseException:
                    # A cancelled task must still give the lock back. The statement it was waiting for may be under
                    # way yet: rollback() takes its turn behind it, and does nothing where nothing is open.
                    with anyio.CancelScope(shield=True):
                        await writer.rollback()
                    raise

    async def write_in_thread(self, work: Callable[[sqlite3.Connection], ResultT], *, commit: bool = True) -> ResultT:
        """Run blocking work in a thread, in one write transaction on a connection of its own.

        It is for work of many thousand statements, which would spend its time in switches of threads otherwise.
        If the caller is cancelled, the statement under way is interrupted and everything is rolled back before
        the cancellation goes on; if the commit came first, the result is returned and the next await is cancelled.

        Raises:
            StorageError: The database can't be opened or written.
        """
        with self.use:
            async with self._turn_to_write():
                await self._migrate()
                stop = threading.Event()
                running = asyncio.ensure_future(asyncio.to_thread(self._transact, work, commit, stop))
                while not running.done():
                    try:
                        await asyncio.wait({running})
                    except asyncio.CancelledError:
                        stop.set()
                if not stop.is_set():
                    return running.result()
                if running.exception() is not None:
                    raise asyncio.CancelledError
                _cancel_later()
                return running.result()

    @asynccontextmanager
    async def _turn_to_write(self) -> AsyncGenerator[None, None]:
        """Writes of this process take turns, and none waits longer for its turn than SQLite then waits for the lock."""
        try:
            with anyio.fail_after(self._busy_seconds):
                await self._writing.acquire()
        except TimeoutError:
            raise StorageBusy from None
        try:
            yield
        finally:
            self._writing.release()

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self.use.aclose()

    async def _close(self) -> None:
        with anyio.CancelScope(shield=True):
            for connection in (self._reader, self._writer):
                if connection is not None:
                    await connection.close()
            if self._looker is not None:
                self._looker.close()
            async with self._working:
                if self._worker is not None:
                    self._worker.close()
        self._reader = self._writer = self._looker = self._worker = None
        self._migrated, self._version = False, None

    async def _unchanged(self) -> dict[Any, Any]:
        looker = self._looker or await self._open_looker()
        # SQLite looks whether another connection, of this process or any, has changed the database; this one is for
        # reading alone. The answer lies in shared memory.
        (version,) = looker.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._kept = version, {}
        elif len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        return self._kept

    async def _open_reader(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._reader is None:
                self._reader = await self._connect("PRAGMA query_only = ON")
            return self._reader

    async def _open_looker(self) -> sqlite3.Connection:
        async with self._opening:
            if self._looker is None:
                self._looker = await self._open_to_read(0)
            return self._looker

    async def _open_worker(self) -> sqlite3.Connection:
        async with self._opening:
            if self._worker is None:
                self._worker = await self._open_to_read(self._busy_seconds)
            return self._worker

    async def _open_to_read(self, busy_seconds: float) -> sqlite3.Connection:
        await self._migrate()
        connection = sqlite3.connect(self.path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection)
            for pragma in (*_PRAGMAS, "PRAGMA query_only = ON"):
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    async def _open_writer(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._writer is None:
                self._writer = await self._connect()
            return self._writer

    async def _connect(self, *pragmas: str) -> aiosqlite.Connection:
        await self._migrate()
        # It takes no time, and cancelled half-way it would leave a thread behind that nothing ends.
        connection = aiosqlite.connect(
            self.path, timeout=self._busy_seconds, isolation_level=None, factory=PreparedConnection
        )
        with anyio.CancelScope(shield=True):
            await connection
            try:
                for pragma in (*_PRAGMAS, *pragmas):
                    await connection.execute(pragma)
            except sqlite3.Error:
                await connection.close()
                raise
        return connection

    async def _migrate(self) -> None:
        if not self._migrated:
            prepare_folder(self.folder)
            self.use.begin()
            await anyio.to_thread.run_sync(migrate, self.path, self._layout, self._busy_seconds)
            self._migrated = True

    def _transact(self, work: Callable[[sqlite3.Connection], ResultT], commit: bool, stop: threading.Event) -> ResultT:
        with closing(sqlite3.connect(self.path, timeout=self._busy_seconds, isolation_level=None)) as connection:
            prepare(connection)
            for pragma in (*_PRAGMAS, "PRAGMA temp_store = FILE"):  # what is staged may be larger than memory
                connection.execute(pragma)
            connection.execute("BEGIN IMMEDIATE")
            connection.set_progress_handler(stop.is_set, _STEPS_BETWEEN_CHECKS)
            try:
                result = work(connection)
                _unless_stopped(stop)
                connection.execute("COMMIT" if commit else "ROLLBACK")
            except BaseException:
                connection.set_progress_handler(None, 0)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result


def _in_one_state(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("COMMIT")


def _unless_stopped(stop: threading.Event) -> None:
    """Work that was between two statements when it was to stop has not been interrupted by SQLite."""
    if stop.is_set():
        raise InterruptedError


def _cancel_later() -> None:
    """Give a cancellation that came too late to the task's next await."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
        task.cancel()
