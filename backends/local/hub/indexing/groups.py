"""Albums, artists and genres found by what makes them one, or made."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backends.local.hub.indexing.effective import Shown
from backends.local.hub.indexing.names import folded, sort_key
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.new_ids import derived_id
from contract.hub.ids import Kind

__all__ = ["Groups", "free_id", "groups_of"]

_FIND_ALBUM = "SELECT key FROM albums WHERE identity = ?"
_FIND_ARTIST = "SELECT key, name FROM artists WHERE identity = ?"
_FIND_GENRE = "SELECT key, name FROM genres WHERE identity = ?"

_ADD_ALBUM = """
    INSERT INTO albums (id, identity, title, artist, sort_title, sort_artist, added_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ADD_ARTIST = "INSERT INTO artists (id, identity, name, sort_name, added_at) VALUES (?, ?, ?, ?, ?)"
_ADD_GENRE = "INSERT INTO genres (identity, name) VALUES (?, ?)"

_RENAME_ARTIST = "UPDATE artists SET name = ?, sort_name = ? WHERE key = ?"
_RENAME_GENRE = "UPDATE genres SET name = ? WHERE key = ?"

_TABLES = {Kind.ALBUM: "albums", Kind.ARTIST: "artists"}


@dataclass(slots=True)
class Groups:
    """Keys by identity, of what some tracks need.

    Attributes:
        new_or_renamed: Keys of artists.
    """

    albums: dict[str, int] = field(default_factory=dict[str, int])
    artists: dict[str, int] = field(default_factory=dict[str, int])
    genres: dict[str, int] = field(default_factory=dict[str, int])
    new_or_renamed: set[int] = field(default_factory=set[int])


def groups_of(
    connection: sqlite3.Connection, tracks: Iterable[tuple[Shown, int, bool]], facts: UserFacts | None
) -> Groups:
    """The groups of these tracks, each with the moment it was added and whether it was there before.

    A group is called as its first track spells it; who then edits a track's spelling has the group renamed.
    """
    groups = _Finder(connection, facts)
    for shown, added_at, edited in tracks:
        for name in shown.artists:
            groups.artist(name, added_at, edited)
        for name in shown.album_artists:
            groups.artist(name, added_at, edited)
        for name in shown.genres:
            groups.genre(name, edited)
        if shown.album_identity is not None:
            groups.album(shown, added_at)
    groups.mark_saved()
    return groups.found


def free_id(connection: sqlite3.Connection, kind: Kind, identity: str) -> str:
    """The id that follows from the identity, or, where a group that was renamed has kept that one, the next."""
    parts = [identity.encode()]
    while True:
        id_ = derived_id(kind, *parts)
        if connection.execute(f"SELECT 1 FROM {_TABLES[kind]} WHERE id = ?", (id_,)).fetchone() is None:
            return id_
        parts.append(b"next")


class _Finder:
    def __init__(self, connection: sqlite3.Connection, facts: UserFacts | None) -> None:
        self.found = Groups()
        self._connection = connection
        self._facts = facts
        self._names: dict[int, str] = {}
        self._genre_names: dict[int, str] = {}
        self._new: dict[Kind, dict[str, int]] = {Kind.ALBUM: {}, Kind.ARTIST: {}}

    def artist(self, name: str, added_at: int, edited: bool) -> None:
        identity = folded(name)
        key = self.found.artists.get(identity)
        if key is None:
            row = self._connection.execute(_FIND_ARTIST, (identity,)).fetchone()
            key, known = row or (self._add_artist(identity, name, added_at), name)
            self.found.artists[identity] = key
            self._names[key] = known
        if edited and self._names[key] != name:
            self._connection.execute(_RENAME_ARTIST, (name, sort_key(name), key))
            self._names[key] = name
            self.found.new_or_renamed.add(key)

    def genre(self, name: str, edited: bool) -> None:
        identity = folded(name)
        key = self.found.genres.get(identity)
        if key is None:
            row = self._connection.execute(_FIND_GENRE, (identity,)).fetchone()
            key, known = row or (_inserted(self._connection, _ADD_GENRE, identity, name), name)
            self.found.genres[identity] = key
            self._genre_names[key] = known
        if edited and self._genre_names[key] != name:
            self._connection.execute(_RENAME_GENRE, (name, key))
            self._genre_names[key] = name

    def album(self, shown: Shown, added_at: int) -> None:
        identity = shown.album_identity or ""
        if identity in self.found.albums:
            return
        row = self._connection.execute(_FIND_ALBUM, (identity,)).fetchone()
        if row is None:
            id_ = self._id(Kind.ALBUM, identity)
            album, artist = shown.album or "", shown.album_artist or ""
            values = (id_, identity, album, artist, shown.sort_album, sort_key(artist), added_at)
            row = (_inserted(self._connection, _ADD_ALBUM, *values),)
            self._new[Kind.ALBUM][id_] = row[0]
        self.found.albums[identity] = row[0]

    def mark_saved(self) -> None:
        """What is new here may have been saved when an index before this one had it."""
        if self._facts is None or not any(self._new.values()):
            return
        saved = self._facts.saved(id_ for new in self._new.values() for id_ in new)
        for kind, new in self._new.items():
            _mark(self._connection, kind, {key: saved[id_] for id_, key in new.items() if id_ in saved})

    def _id(self, kind: Kind, identity: str) -> str:
        """The id of a new group: the one that it had in an index before this one, or one that is free."""
        kept = None if self._facts is None else self._facts.kept_id(kind, identity)
        return free_id(self._connection, kind, identity) if kept is None or self._is_taken(kind, kept) else kept

    def _is_taken(self, kind: Kind, id_: str) -> bool:
        return self._connection.execute(f"SELECT 1 FROM {_TABLES[kind]} WHERE id = ?", (id_,)).fetchone() is not None

    def _add_artist(self, identity: str, name: str, added_at: int) -> int:
        id_ = self._id(Kind.ARTIST, identity)
        key = _inserted(self._connection, _ADD_ARTIST, id_, identity, name, sort_key(name), added_at)
        self._new[Kind.ARTIST][id_] = key
        self.found.new_or_renamed.add(key)
        return key


def _mark(connection: sqlite3.Connection, kind: Kind, saved: Mapping[int, int]) -> None:
    sql = f"UPDATE {_TABLES[kind]} SET saved_at = ? WHERE key = ?"
    connection.executemany(sql, [(saved_at, key) for key, saved_at in saved.items()])


def _inserted(connection: sqlite3.Connection, sql: str, *values: object) -> int:
    key = connection.execute(sql, values).lastrowid
    if key is None:
        raise RuntimeError("an INSERT gives a rowid")
    return key
