"""Who has a database open: each user of the file holds a lock beside it, which the system takes back when it dies.

SQLite has no such list, and needs one here: its last close of a database removes the "-wal" file by its name, which
after a rename may be that of another database. So nothing is put in a database's place while anybody has it open.
"""

import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

__all__ = ["IN_USE", "Presence", "present"]

IN_USE = "in-use"
"""The folder of the locks, in the data folder; it is there only while somebody is."""

_NUMBERS = count()


class Presence:
    """One user of a database: a process may be several."""

    def __init__(self, path: Path) -> None:
        """Of the database at the path; it begins with `enter`."""
        self._folder = path.parent / IN_USE
        self._name = path.name
        self._lock: int | None = None
        self._path: Path | None = None

    def enter(self) -> None:
        """Be seen from here on; where no file can be written, nothing can be put in the database's place either."""
        while self._lock is None and sys.platform != "win32":  # Windows renames no file that is open
            path = self._folder / f"{self._name}.{os.getpid()}.{next(_NUMBERS)}"
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
            except FileNotFoundError:  # whoever left last has just removed the folder
                if not self._folder.parent.is_dir():
                    return
                continue
            except FileExistsError:  # of a process that had our number
                continue
            except OSError:
                return
            _lock(descriptor, wait=True)
            # Somebody may have taken it for one that was left behind before it was locked.
            if os.fstat(descriptor).st_nlink:
                self._lock, self._path = descriptor, path
            else:
                os.close(descriptor)

    def leave(self) -> None:
        """Be seen no longer. Calling it again does nothing."""
        if self._lock is not None and self._path is not None:
            _remove(self._path)
            os.close(self._lock)
            self._lock = self._path = None


def present(path: Path) -> list[int]:
    """The processes that have the database open, as often as each has; what dead ones left behind is removed."""
    folder = path.parent / IN_USE
    try:
        names = os.listdir(folder)  # noqa: PTH208  (at once: the folder goes with the last of them)
    except OSError:
        return []
    wanted = [name for name in names if name.rpartition(".")[0].rpartition(".")[0] == path.name]
    return sorted(int(name.split(".")[-2]) for name in wanted if not _left_behind(folder / name))


def _left_behind(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:  # its owner has just left
        return True
    try:
        if not _lock(descriptor, wait=False):
            return False
        _remove(lock)
    finally:
        os.close(descriptor)
    return True


def _remove(lock: Path) -> None:
    with suppress(OSError):
        lock.unlink()
        lock.parent.rmdir()  # which fails while anybody else is there


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Lock the file, and say whether it is ours."""
    import fcntl  # noqa: PLC0415  (not there on Windows)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
