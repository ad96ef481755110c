"""How the hub's databases are, as far as this process knows."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from backends.local.damage import Problem
from backends.local.database import Database
from backends.local.examining import Stopped
from backends.local.hub.context import Hub
from backends.local.hub.health.checking import CHECK_OUTLINES, check_index_database, check_user_database
from backends.local.maintenance import held_open, read_notice
from backends.local.storage import storage_errors
from contract.errors import StorageBusy, StorageError
from contract.hub.service import Status

__all__ = ["Health", "check_health", "is_being_rebuilt"]

_Files = tuple[tuple[int, int] | None, ...]
"""What tells files apart that follow each other under one name."""

_FOUND: "WeakKeyDictionary[Database, tuple[_Files, tuple[Problem, ...]]]" = WeakKeyDictionary()
"""By each hub's last deep look, of which a quick one would miss most; and which files that looked at."""

Check = Callable[[Path, Callable[[], bool]], tuple[Problem, ...]]


@dataclass(frozen=True)
class Health:
    """How the databases are.

    Attributes:
        problems: What is wrong with them; empty unless they are faulted.
        checked_at: When this was found, in milliseconds since 1970.
    """

    status: Status
    problems: tuple[Problem, ...]
    checked_at: int

    @property
    def reason(self) -> str | None:
        """What is wrong, for people, or None."""
        return " ".join(f"{problem.database}: {problem.detail}" for problem in self.problems) or None


async def check_health(hub: Hub, *, deep: bool) -> Health:
    """Look at the hub's databases; a hub that nobody has used is healthy.

    Args:
        hub: Whose databases.
        deep: Whether to look at every row and every page, which takes some seconds of one processor where there are
            100,000 tracks. Without, it takes a few milliseconds, and also gives what the last deep look has found.

    Raises:
        StorageError: They could not be looked at, which says nothing of them: they are locked, or the disk is full.
    """
    if is_being_rebuilt(hub):
        return Health("rebuilding", (), hub.clock())
    checks = await _checks(hub, deep=deep)
    files = _files(hub)
    try:
        problems = await _in_thread(hub, checks)
    except StorageBusy:
        if is_being_rebuilt(hub):
            return Health("rebuilding", (), hub.clock())
        raise
    if deep:
        _FOUND[hub.user] = files, problems
    else:
        looked_at, found = _FOUND.get(hub.user, (files, ()))
        problems = problems or (found if looked_at == files else ()) or _met(hub)
    return Health("faulted" if problems else "healthy", problems, hub.clock())


def is_being_rebuilt(hub: Hub) -> bool:
    """Whether somebody holds one of the databases alone, to put another in its place."""
    notice = read_notice(hub.user.folder)
    return notice is not None and bool({hub.user.path.name, hub.index.path.name} & set(notice.databases))


async def _checks(hub: Hub, *, deep: bool) -> list[tuple[Path, Check]]:
    """Which files are to be checked, and how: the index may be missing, and `hub.db` if nobody has used the hub."""
    index_is_there = await _is_open(hub.index)
    user_is_there = await _is_open(hub.user) or index_is_there
    ways = (check_user_database, check_index_database) if deep else CHECK_OUTLINES
    return [
        (database.path, way)
        for database, way, is_there in zip((hub.user, hub.index), ways, (user_is_there, index_is_there), strict=True)
        if is_there
    ]


def _files(hub: Hub) -> _Files:
    return tuple(_file(database.path) for database in (hub.user, hub.index))


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def _is_open(database: Database) -> bool:
    """Whether there is anything; a file that somebody is just making is complete then."""
    if not await asyncio.to_thread(_holds_anything, database.path):
        return False
    with suppress(StorageError):
        await database.unchanged()
    return True


def _holds_anything(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


async def _in_thread(hub: Hub, checks: list[tuple[Path, Check]]) -> tuple[Problem, ...]:
    """What the checks find, one after the other. If the caller is cancelled, the one under way ends first, at once."""
    stop = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(_run, hub, checks, stop.is_set))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        with suppress(Stopped):
            await running
        raise


def _run(hub: Hub, checks: list[tuple[Path, Check]], stopped: Callable[[], bool]) -> tuple[Problem, ...]:
    with storage_errors(), held_open(hub.user.path, hub.index.path):
        return tuple(problem for path, check in checks for problem in check(path, stopped))


def _met(hub: Hub) -> tuple[Problem, ...]:
    """Damage that somebody has met since the databases were opened."""
    detail = "Something that was to be read from it, or written into it, is damaged."
    return tuple(
        Problem(database.path.name, "unreadable", detail) for database in (hub.user, hub.index) if database.use.damaged
    )
