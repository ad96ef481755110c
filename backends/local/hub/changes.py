"""The change feed of `hub.db`: each change says in its own transaction what others need to look at again."""

import sqlite3
from enum import StrEnum

import aiosqlite

from backends.local.hub.moments import now_ms

__all__ = ["ChangeKind", "note_change", "note_change_in_thread"]

_NOTE = "INSERT INTO changes (at, kind, id) VALUES (?, ?, ?)"


class ChangeKind(StrEnum):
    """What changed; the id beside it says which one, where there are many."""

    PLAYLIST = "playlist"
    SAVED = "saved"
    OVERRIDES = "overrides"
    PLAYS = "plays"
    SESSION = "session"
    SEARCHES = "searches"
    ROOTS = "roots"
    SHARES = "shares"
    DEVICES = "devices"
    """A device was paired, paired anew, or revoked: what it was given before is worth nothing any more."""
    LIBRARY = "library"
    """A scan has changed the index; it says so once a second at most."""
    SCAN = "scan"
    """A scan that somebody asked for has begun or ended."""


async def note_change(connection: aiosqlite.Connection, kind: ChangeKind, id: str | None = None) -> None:  # noqa: A002
    """Add to the feed, in the transaction that is open."""
    await connection.execute(_NOTE, (now_ms(), kind, id))


def note_change_in_thread(connection: sqlite3.Connection, kind: ChangeKind, id: str | None = None) -> None:  # noqa: A002
    """The same on a connection of the standard library."""
    connection.execute(_NOTE, (now_ms(), kind, id))
