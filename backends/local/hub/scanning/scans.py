"""The scans of one hub: one at a time, over all processes that work on the same data folder."""

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backends.local.checksums import prepare
from backends.local.database import Database
from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.scanning.report import Report
from backends.local.hub.scanning.walking import Place
from backends.local.maintenance import held_open, is_closed
from backends.local.migrations import BUSY_SECONDS
from backends.local.storage import storage_errors
from contract.errors import ContractError, InternalError, StorageCorrupt
from contract.hub.errors import FolderNotFound, ScanRunning
from contract.hub.scan import ScanState

__all__ = ["Ended", "LastScan", "Scans"]

logger = logging.getLogger(__name__)

_LOCK = "hub-scan.lock"

_SECONDS_TO_WAIT = 2.0
"""For a scan of a few folders, which somebody's change of a file has set off."""

_PRAGMAS = ("PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -16384", "PRAGMA temp_store = MEMORY")

_LAST = "SELECT state, started_at, finished_at, report FROM scans ORDER BY state = 'running' DESC, id DESC LIMIT 1"
_ASK = "UPDATE scans SET stop_asked = 1 WHERE state = 'running'"


@dataclass(slots=True)
class Ended:
    """A scan that has ended.

    Attributes:
        longest_hold: Seconds for which it held the index's write lock at most.
        error: What it failed of.
    """

    state: ScanState
    report: Report
    longest_hold: float = 0.0
    error: ContractError | None = None


@dataclass(slots=True)
class LastScan:
    """A scan as its row says; `found` is what its report holds."""

    state: ScanState
    started_at: int
    finished_at: int | None
    found: dict[str, Any]


class _Stop(threading.Event):
    """Set when a scan is to end; it also is to when somebody wants the index for himself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def is_set(self) -> bool:
        return super().is_set() or is_closed(self._path)


@dataclass(slots=True)
class _Running:
    """A scan under way, and what it holds open."""

    held: ExitStack
    index: sqlite3.Connection
    user: sqlite3.Connection
    scan_id: int
    places: Sequence[Place]
    kept: bool
    stop: threading.Event
    report: Report = field(default_factory=Report)


Progress = Callable[[Report], None]


class Scans:
    """Starts scans, and ends them when the hub is closed."""

    def __init__(self, user: Database, index: Database, clock: Callable[[], int]) -> None:
        self._user = user
        self._index = index
        self._clock = clock
        self._running: _Running | None = None
        self._task: asyncio.Task[Ended] | None = None

    async def start(self, folders: Sequence[bytes] = ()) -> None:
        """Begin a scan of these folders, which become part of the library, or of all of it; it goes on by itself.

        Raises:
            ScanRunning: There is one already.
            FolderNotFound: There is no such folder; or none is given, and the library has none.
            InvalidRequest: A path is not absolute.
            StorageError: A database can't be read or written.
        """
        self._go(await self._begin(lambda user: _places(user, folders, self._clock())))

    async def run(self, folders: Sequence[bytes] = (), progress: Progress | None = None) -> Ended:
        """The same, and wait for its end. Whoever cancels this ends the scan, and keeps what it has found.

        Raises:
            ContractError: As `start`; or the scan could not go on.
        """
        return await self._wait(
            self._go(await self._begin(lambda user: _places(user, folders, self._clock())), progress)
        )

    async def rescan(self, places: Sequence[Place]) -> Ended:
        """Scan some places of the library, which leaves no trace among the scans that people see.

        Raises:
            ContractError: As `start`; or the scan could not go on.
        """
        return await self._wait(self._go(await self._begin(lambda _: places, kept=False)))

    async def remove_root(self, root_id: int) -> None:
        """Take a root out of the library, and mark its tracks missing.

        Raises:
            ScanRunning: A scan is under way.
            StorageError: A database can't be read or written.
        """

        def removed(user: sqlite3.Connection) -> Sequence[Place]:
            from backends.local.hub.scanning.roots import remove  # noqa: PLC0415  (as the scanner is)

            remove(user, root_id)
            return ()

        await self._wait(self._go(await self._begin(removed, kept=False)))

    async def cancel(self) -> None:
        """Ask the running scan to end, wherever it runs, and wait a moment for it."""
        if self._running is not None:
            self._running.stop.set()
        async with self._index.transaction() as connection:
            await connection.execute(_ASK)
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_SECONDS_TO_WAIT)

    async def last(self) -> LastScan | None:
        """The running scan, or the last one. One whose process has died is called interrupted."""
        for state, started_at, finished_at, report in await self._index.read(_LAST):
            died = state == "running" and self._running is None and not await asyncio.to_thread(self._is_locked)
            return LastScan("interrupted" if died else state, started_at, finished_at, json.loads(report))
        return None

    async def aclose(self) -> None:
        """End a scan that is under way, keeping what it has found. Calling it again does nothing."""
        if self._running is not None:
            self._running.stop.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _begin(self, places: Callable[[sqlite3.Connection], Sequence[Place]], *, kept: bool = True) -> _Running:
        """Get hold of what a scan needs. One that people ask for comes before one that a changed file has set off."""
        if self._running is not None and self._task is not None:
            if not kept or self._running.kept:
                raise ScanRunning
            self._running.stop.set()
            await asyncio.wait({self._task})
        # Whichever opens a database first brings it to its newest form.
        await self._user.unchanged()
        await self._index.unchanged()
        with storage_errors():
            return await asyncio.to_thread(self._hold, places, kept)

    def _hold(self, places: Callable[[sqlite3.Connection], Sequence[Place]], kept: bool) -> _Running:
        from backends.local.hub.scanning import record  # noqa: PLC0415  (as the scanner is)

        with ExitStack() as stack:
            stack.enter_context(self._locked(_SECONDS_TO_WAIT))
            stack.enter_context(held_open(self._user.path, self._index.path))
            user = stack.enter_context(closing(_connected(self._user.path)))
            index = stack.enter_context(closing(_connected(self._index.path)))
            where = places(user)
            scan_id = record.begin(index, self._clock())
            running = _Running(stack.pop_all(), index, user, scan_id, where, kept, stop=_Stop(self._index.path))
        with suppress(sqlite3.Error):
            _tell_of(running)
        return running

    def _go(self, running: _Running, progress: Progress | None = None) -> "asyncio.Task[Ended]":
        self._running = running
        self._task = asyncio.create_task(self._carry_out(running, progress or _tell_nobody))
        return self._task

    async def _carry_out(self, running: _Running, progress: Progress) -> Ended:
        try:
            return await asyncio.to_thread(self._scan, running, progress)
        finally:
            self._running = None

    async def _wait(self, task: "asyncio.Task[Ended]") -> Ended:
        running = self._running
        try:
            ended = await asyncio.shield(task)
        except asyncio.CancelledError:
            if running is not None:
                running.stop.set()
            await asyncio.wait({task})
            raise
        if ended.error is not None:
            raise ended.error
        return ended

    def _scan(self, running: _Running, progress: Progress) -> Ended:
        """In a thread: scan, and let go of everything at the end."""
        from backends.local.hub.scanning import record  # noqa: PLC0415  (as the scanner is)

        ended = Ended("failed", running.report)
        with running.held:
            try:
                with storage_errors():
                    self._run_scanner(running, progress, ended)
            except ContractError as error:
                ended.error = error
                self._index.use.damaged |= isinstance(error, StorageCorrupt)
            except Exception:
                logger.exception("A scan of the library failed.")
                ended.error = InternalError("The scan failed; what it had found by then is kept.")
            finally:
                with suppress(sqlite3.Error):  # what it failed of may be this database
                    now = self._clock()
                    record.end(running.index, running.scan_id, ended.state, now, running.report, kept=running.kept)
                    _tell_of(running)
        return ended

    def _run_scanner(self, running: _Running, progress: Progress, ended: Ended) -> None:
        # Whoever only asks how the last scan went pays for none of this.
        from backends.local.hub.scanning.pool import Pool  # noqa: PLC0415
        from backends.local.hub.scanning.roots import all_roots  # noqa: PLC0415
        from backends.local.hub.scanning.scanner import ScanContext, Scanner, Stopped  # noqa: PLC0415

        with closing(Pool()) as pool:
            scanner = Scanner(
                ScanContext(
                    index=running.index,
                    user=running.user,
                    scan_id=running.scan_id,
                    roots=all_roots(running.user),
                    places=running.places,
                    report=running.report,
                    stop=running.stop,
                    clock=self._clock,
                    pool=pool,
                    progress=progress,
                )
            )
            try:
                scanner.run()
                ended.state = "completed"
            except Stopped:
                ended.state = "cancelled"
            finally:
                ended.longest_hold = scanner.recorder.longest_hold

    @contextmanager
    def _locked(self, seconds: float) -> Generator[None, None, None]:
        """Hold the lock that one scan of all processes holds.

        Raises:
            ScanRunning: Another one has held it for so long.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415  (as the scanner is)

        lock = FileLock(self._index.folder / _LOCK, timeout=seconds, poll_interval=0.02, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise ScanRunning from None
        try:
            yield
        finally:
            lock.release()

    def _is_locked(self) -> bool:
        try:
            with self._locked(0):
                return False
        except ScanRunning:
            return True


def _places(user: sqlite3.Connection, folders: Sequence[bytes], now: int) -> Sequence[Place]:
    """Where to look: in these folders, or in all of the library."""
    from backends.local.hub.scanning.roots import all_roots, places_of, take_in  # noqa: PLC0415  (as the scanner is)

    if folders:
        return take_in(user, folders, now)
    if roots := all_roots(user):
        return places_of(roots)
    raise FolderNotFound(
        "The library has no folders yet.", field="folders", next_step="Name the folders that your music is in."
    )


def _connected(path: Path) -> sqlite3.Connection:
    # Opened in one thread, and used in another from then on.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    prepare(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _tell_of(running: _Running) -> None:
    """Say that it has begun or ended, if it is one that people see."""
    if running.kept:
        note_change_in_thread(running.user, ChangeKind.SCAN)


def _tell_nobody(report: Report) -> None:
    """Nobody waits for it."""
