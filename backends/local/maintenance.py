"""Have databases to oneself: others are asked to close them, and what takes their place is put there at once.

    maintenance.lock    held by whoever does it; the system takes it back when that process dies
    maintenance.json    the notice: which databases are to be closed; while files change places, which go where

Whoever opens a database says that it is there (backends.local.presence), and then looks for the notice; whoever wants
them closed puts the notice up, and then looks who is there. So one of the two always sees the other.

A notice whose process has died says nothing any more, unless files were changing places. Then whoever comes next
finishes that: each of them is one rename, and a rename that has been done is not done again.
"""

import json
import os
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from backends.local.presence import Presence, present
from backends.local.storage import prepare_folder
from contract.errors import StorageBusy, StorageFull
from contract.hub.errors import RebuildRunning

__all__ = ["CLOSED", "Exclusive", "Notice", "exclusive", "finish_interrupted", "held_open", "is_closed", "read_notice"]

CLOSED = "The database is closed for a moment: it is being rebuilt or restored."

NOTICE = "maintenance.json"

_LOCK = "maintenance.lock"

_LOOK_EVERY_SECONDS = 0.05

_PATIENCE_SECONDS = 0.2
"""Whoever only looks whether the lock is free holds it for a moment."""

_COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What belongs to a database file."""

Moves = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Notice:
    """What the notice says.

    Attributes:
        phase: Whether others are only to close the databases, or files change places already.
        databases: Names of the files.
        moves: Which file goes where, by paths within the data folder, in order.
    """

    phase: Literal["closing", "placing"]
    databases: tuple[str, ...]
    moves: Moves = ()


def read_notice(folder: Path) -> Notice | None:
    """The notice, or None; one that can't be read is none, since it is put in its place whole."""
    try:
        said: dict[str, Any] = json.loads((folder / NOTICE).read_bytes())
        return Notice(said["phase"], tuple(said["databases"]), tuple((old, new) for old, new in said["moves"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_closed(path: Path) -> bool:
    """Whether the database is to be closed now; files that were changing places when somebody died are placed first.

    It costs one look at the folder where nothing is going on.
    """
    if not (path.parent / NOTICE).exists():
        return False
    notice = read_notice(path.parent)
    return notice is not None and path.name in notice.databases and not finish_interrupted(path.parent)


@contextmanager
def held_open(*paths: Path) -> Generator[None, None, None]:
    """Open databases of one folder during the block on connections of one's own, and close them before its end.

    Raises:
        StorageBusy: Somebody wants one for himself.
    """
    with ExitStack() as stack:
        for path in paths:
            presence = Presence(path)
            presence.enter()
            stack.callback(presence.leave)
            if is_closed(path):
                raise StorageBusy(CLOSED)
        yield


def finish_interrupted(folder: Path) -> bool:
    """If the process that put the notice up has died, finish what it began, and say so."""
    with _locked(folder) as ours:
        if not ours:
            return False
        try:
            _finish(folder)
        except OSError:
            return False
        _take_down(folder)
    return True


class Exclusive:
    """Databases that nobody else has open, and nobody opens.

    Attributes:
        databases: Their files' names.
        unfinished: Whether files are neither where they were nor where they are to be.
    """

    def __init__(self, folder: Path, databases: Sequence[str]) -> None:
        self.unfinished = False
        self._folder = folder
        self.databases = tuple(databases)

    def place(self, archive: Path, replaced: Sequence[str], new: dict[str, Path]) -> list[str]:
        """Rename databases, and all that belongs to them, into the archive, and other files into their place.

        Nothing happens unless all of it does, though it may be another process that does the rest.

        Args:
            archive: A folder in the data folder; it is created.
            replaced: Names of the databases that go there.
            new: What takes the place of which.

        Returns:
            Names of the files that went into the archive.

        Raises:
            StorageFull: Nothing was changed.
        """
        old = [f"{name}{end}" for name in replaced for end in _COMPANIONS if (self._folder / f"{name}{end}").exists()]
        aside = [(name, str((archive / name).relative_to(self._folder))) for name in old]
        in_place = [(str(path.relative_to(self._folder)), name) for name, path in new.items()]
        try:
            prepare_folder(archive.parent)
            prepare_folder(archive)
            _put_up(self._folder, Notice("placing", self.databases, (*aside, *in_place)))
        except OSError:
            raise StorageFull from None
        self.unfinished = True
        try:
            _place(self._folder, (*aside, *in_place))
        except OSError:
            _place_back(self._folder, (*aside, *in_place))
            self.unfinished = False
            raise StorageFull from None
        self.unfinished = False
        return old


@contextmanager
def exclusive(folder: Path, databases: Sequence[str], seconds: float) -> Generator[Exclusive, None, None]:
    """Hold these databases of the data folder alone, once all others have closed them. It blocks; use a thread.

    Raises:
        RebuildRunning: Somebody else does.
        StorageBusy: A process has not closed one in that time; it names it.
        StorageFull: The notice could not be written.
    """
    with _locked(folder, _PATIENCE_SECONDS) as ours:
        if not ours:
            raise RebuildRunning
        held = Exclusive(folder, databases)
        try:
            _finish(folder)
            _put_up(folder, Notice("closing", held.databases))
        except OSError:
            raise StorageFull from None
        try:
            _wait_for_others([folder / name for name in databases], seconds)
            yield held
        finally:
            if not held.unfinished:
                _take_down(folder)


def _wait_for_others(paths: Sequence[Path], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while users := sorted({pid for path in paths for pid in present(path)}):
        if time.monotonic() > deadline:
            processes = ", ".join(map(str, users))
            raise StorageBusy(
                f"The database is in use by process {processes}, which did not let go of it. Nothing was changed.",
                next_step="Wait until what it does is done, or end it, then try again.",
            )
        time.sleep(_LOOK_EVERY_SECONDS)


def _put_up(folder: Path, notice: Notice) -> None:
    draft = folder / f"{NOTICE}.partial"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(notice), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NOTICE)
    _settle(folder)


def _take_down(folder: Path) -> None:
    with suppress(OSError):
        (folder / NOTICE).unlink(missing_ok=True)


def _finish(folder: Path) -> None:
    """Move what a process that has died was moving."""
    notice = read_notice(folder)
    if notice is not None and notice.phase == "placing":
        _place(folder, notice.moves)


def _place(folder: Path, moves: Moves) -> None:
    for old, new in moves:
        # What has arrived has been moved, and the old name may be that of its successor by now: what is replaced goes
        # first, and nobody opens what takes its place while the notice is up.
        if not (folder / new).exists():
            (folder / old).rename(folder / new)
    for place in {(folder / new).parent for _, new in moves} | {folder}:
        _settle(place)


def _place_back(folder: Path, moves: Moves) -> None:
    for old, new in reversed(moves):
        if (folder / new).exists() and not (folder / old).exists():
            (folder / new).rename(folder / old)


def _settle(folder: Path) -> None:
    """Have renames outlast a power cut."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _locked(folder: Path, seconds: float = 0) -> Generator[bool, None, None]:
    """Hold the lock, if nobody else does; say which."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (seldom needed, and it loads slowly)

    lock = FileLock(folder / _LOCK, timeout=seconds, poll_interval=0.02, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError:
        raise StorageFull from None
    try:
        yield True
    finally:
        lock.release()
