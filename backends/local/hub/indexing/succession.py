"""Albums and artists that are left: one that all its tracks leave for one other hands its id on, and empty ones go.

So an album keeps its id, and stays saved, when all of its files are tagged anew, be it folder by folder.
"""

import sqlite3
from collections.abc import Collection

from backends.local.hub.indexing.groups import free_id
from backends.local.hub.indexing.members import Member
from backends.local.hub.indexing.totals import Totals
from contract.hub.ids import Kind

__all__ = ["Succession"]

_TABLES = {Kind.ALBUM: "albums", Kind.ARTIST: "artists"}

_HAS_TRACKS = {
    Kind.ALBUM: "SELECT 1 FROM tracks WHERE album_key = ? LIMIT 1",
    Kind.ARTIST: "SELECT 1 FROM track_artists WHERE artist_key = ? LIMIT 1",
}

_DROP_GENRE = "DELETE FROM genres WHERE key = ? AND NOT EXISTS (SELECT 1 FROM track_genres g WHERE g.genre_key = key)"

_NOWHERE = 0
"""No row has this key: the track went to no group, or to one of several."""


class Succession:
    """Takes tracks as they were and as they are, and settles what becomes of the groups that they left."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._left: dict[Kind, dict[int, set[int]]] = {Kind.ALBUM: {}, Kind.ARTIST: {}}
        self._left_genres: set[int] = set()

    def change(self, before: Member | None, after: Member) -> None:
        """A track was that, and is this; its row says so already."""
        if before is None:
            return
        if before.album is not None and before.album != after.album:
            self._left[Kind.ALBUM].setdefault(before.album, set()).add(after.album or _NOWHERE)
        gone, come = before.artists - after.artists, after.artists - before.artists
        successor = next(iter(come)) if len(gone) == len(come) == 1 else _NOWHERE
        for key in gone:
            self._left[Kind.ARTIST].setdefault(key, set()).add(successor)
        self._left_genres |= before.genres - after.genres

    def settle(self, totals: Totals) -> None:
        """Hand ids on and remove what is empty, once the totals are written."""
        self._settle(Kind.ALBUM, totals.hidden_albums)
        self._settle(Kind.ARTIST, totals.hidden_artists)
        self._connection.executemany(_DROP_GENRE, [(key,) for key in self._left_genres])

    def _settle(self, kind: Kind, hidden: Collection[int]) -> None:
        run = self._connection.execute
        for key, successors in self._left[kind].items():
            empty = run(_HAS_TRACKS[kind], (key,)).fetchone() is None
            id_, identity, saved_at = run(
                f"SELECT id, identity, saved_at FROM {_TABLES[kind]} WHERE key = ?", (key,)
            ).fetchone()
            if empty:
                run(f"DELETE FROM {_TABLES[kind]} WHERE key = ?", (key,))
            successor = next(iter(successors)) if len(successors) == 1 else _NOWHERE
            if not (empty or key in hidden) or not self._takes_over(kind, successor, key, saved_at):
                continue
            if not empty:  # tracks whose files are missing: should they come back, their group is another one
                other = free_id(self._connection, kind, identity)
                run(f"UPDATE {_TABLES[kind]} SET id = ?, saved_at = NULL WHERE key = ?", (other, key))
            run(f"UPDATE {_TABLES[kind]} SET id = ?, saved_at = ? WHERE key = ?", (id_, saved_at, successor))

    def _takes_over(self, kind: Kind, successor: int, left: int, saved_at: int | None) -> bool:
        """Whether the successor's own id is worth less: it is not saved, and the other one is, or was there first."""
        row = self._connection.execute(f"SELECT saved_at FROM {_TABLES[kind]} WHERE key = ?", (successor,)).fetchone()
        return row is not None and row[0] is None and (saved_at is not None or left < successor)
