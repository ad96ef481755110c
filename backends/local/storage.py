"""The data folder, and what SQLite's errors mean to a person."""

import os
import sqlite3
from pathlib import Path
from types import TracebackType

from contract.errors import (
    StorageBusy,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
)

__all__ = [
    "DATABASE_NAME",
    "DEFAULT_WORKSPACE",
    "HUB_DATABASE_NAME",
    "PAIRED_HUB_NAME",
    "create_private_file",
    "default_data_dir",
    "expanded",
    "meaning_of",
    "prepare_folder",
    "storage_errors",
]

DATABASE_NAME = "musicengine.db"

HUB_DATABASE_NAME = "hub.db"

PAIRED_HUB_NAME = "hub-elsewhere.json"
"""Which hub elsewhere this folder was paired with."""

DEFAULT_WORKSPACE = "default"
"""The one that exists from the first start."""

_NOT_TEXT = "Could not decode to UTF-8"
"""How the Python module says that a text is none: SQLite itself takes any bytes for text."""

_MEANINGS: tuple[tuple[str, type[StorageError]], ...] = (
    ("SQLITE_BUSY", StorageBusy),
    ("SQLITE_LOCKED", StorageBusy),
    ("SQLITE_FULL", StorageFull),
    ("SQLITE_IOERR", StorageFull),
    ("SQLITE_READONLY", StorageReadOnly),
    ("SQLITE_CANTOPEN", StorageReadOnly),
    ("SQLITE_PERM", StorageReadOnly),
    ("SQLITE_CORRUPT", StorageCorrupt),
    ("SQLITE_NOTADB", StorageCorrupt),
)


def default_data_dir() -> Path:
    """MUSICENGINE_DATA_DIR, or the platform's folder for an application's data."""
    if configured := os.environ.get("MUSICENGINE_DATA_DIR"):
        return expanded(configured)
    from platformdirs import user_data_path  # noqa: PLC0415  (not needed when the folder is named)

    return user_data_path("musicengine-mcp", appauthor=False)


def expanded(path: str) -> Path:
    """The path with ~ at its head replaced by the home folder; as it is, if that home is not known."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):
        return Path(path)


def prepare_folder(folder: Path) -> None:
    """Create the data folder, for its owner alone, unless it exists.

    Raises:
        StorageReadOnly: It can't be created, or is not a folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError):  # a ValueError if the path holds a NUL
        raise StorageReadOnly("The data folder can't be created.") from None


def create_private_file(path: Path) -> None:
    """Create an empty file that only its owner can read, unless it exists.

    SQLite gives its -wal and -shm files the mode of the database, so that this covers them too.

    Raises:
        StorageReadOnly: It can't be created.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError:
        raise StorageReadOnly from None


class storage_errors:  # noqa: N801  (it reads as the block it stands before; as a generator it takes twice the time)
    """A block that raises SQLite's errors as the contract's: one clear sentence, and what to do."""

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise the error that a person can act on, if there is one."""
        meaning = meaning_of(error)
        if meaning is not None:
            raise meaning from error


def meaning_of(error: BaseException | None) -> type[StorageError] | None:
    """The contract's error for one of SQLite's, or None if it is another one."""
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_NOT_TEXT):
        return StorageCorrupt
    if not isinstance(error, sqlite3.Error):
        return None
    # Errors of the Python module itself, a closed connection say, carry no name.
    name = getattr(error, "sqlite_errorname", "")
    return next((meaning for prefix, meaning in _MEANINGS if name.startswith(prefix)), None)
