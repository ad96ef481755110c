"""Data folders of the suite: one with a label and its neighbour, and one with nothing but the same keys."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

from backends.local.database import Database
from backends.local.keys import create_key
from backends.local.rotation import initialise_encryption
from backends.local.storage import DATABASE_NAME
from backends.local.workspaces import create_workspace
from tests.label import LABEL, SeededTrack, store

__all__ = ["NEIGHBOURS_MARK", "Folders", "Key", "change", "forget_calls", "forget_writes", "keys_of", "prepare"]

NEIGHBOURS_MARK = "Neighbours Own"
"""Is in every text of the other workspace, and nowhere else."""

_NEIGHBOURS_LABEL = (
    SeededTrack(
        isrc="NBNBN2600001",
        title=f"{NEIGHBOURS_MARK} Song",
        artist=f"{NEIGHBOURS_MARK} Artist",
        figures=LABEL[0].figures,
    ),
)

_FORGET_WRITES = (
    "DELETE FROM browser_profiles",
    "DELETE FROM sqlite_sequence WHERE name = 'browser_profiles'",
    "DELETE FROM data_keys",
    "DELETE FROM idempotency_keys",
)


@dataclass(frozen=True)
class Key:
    """An API key and its number."""

    id: int
    raw: str


@dataclass(frozen=True)
class Folders:
    """Where the data are.

    Attributes:
        label: The workspace `default` has the label in it, a second workspace its neighbour; there is encryption.
        keys_only: The same keys, and no data: whoever should ask a service elsewhere finds nothing here.
        caller: A key of `default`, in both folders.
        upstream: Another one, with which our own server calls a service.
    """

    label: Path
    keys_only: Path
    caller: Key
    upstream: Key

    @property
    def both(self) -> tuple[Path, Path]:
        """Both folders."""
        return self.label, self.keys_only


async def prepare(folder: Path) -> Folders:
    """Write the data folders below the folder."""
    label, keys_only = folder / "label", folder / "keys-only"
    async with aclosing(Database(label)) as database:
        caller, upstream = [Key(key.id, raw) for key, raw in [await create_key(database, 1, "Test") for _ in range(2)]]
    shutil.copytree(label, keys_only)
    async with aclosing(Database(label)) as database:
        await store(database)
        neighbour = await create_workspace(database, "neighbour")
        await store(database, _NEIGHBOURS_LABEL, workspace_id=neighbour.id)
        await initialise_encryption(database)
    return Folders(label, keys_only, caller, upstream)


async def keys_of(folder: Path, count: int, *, workspace_id: int = 1) -> list[str]:
    """So many new keys of a workspace."""
    async with aclosing(Database(folder)) as database:
        return [(await create_key(database, workspace_id, f"Test {number}"))[1] for number in range(count)]


def change(folder: Path, *statements: str) -> None:
    """Change the database behind everybody's back, as another process would."""
    _execute(folder / DATABASE_NAME, statements)


def forget_writes(folder: Path) -> None:
    """Begin anew with writes: the next profile gets the number 1 again."""
    change(folder, *_FORGET_WRITES)


def forget_calls(folder: Path) -> None:
    """Let nobody have called yet, if anybody has."""
    if (folder / "limits.db").exists():
        _execute(folder / "limits.db", ["DELETE FROM calls"])


def _execute(path: Path, statements: Iterable[str]) -> None:
    with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in statements:
            connection.execute(statement)
