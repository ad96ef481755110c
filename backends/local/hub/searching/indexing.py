"""The rows that search reads, kept as the tracks, albums and artists are."""

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from backends.local.hub.searching.folding import folded, folded_names
from backends.local.hub.searching.places import Group, item_of, key_of, place_of, places_of

__all__ = ["count_noted", "index_noted", "index_search"]

Row = tuple[int, int, str, str, str, str]
"""Of search_rows: place, item, name, title, artist, album."""

_TRACKS = """
    SELECT t.key, t.title, t.artist, t.album, t.album_artist, t.play_count,
           (SELECT group_concat(r.name, char(31)) FROM track_artists a JOIN artists r ON r.key = a.artist_key
            WHERE a.track_key = t.key),
           (SELECT json_extract(g.tags, '$.composers') FROM track_tags g WHERE g.track_key = t.key)
    FROM tracks t WHERE t.key IN (SELECT value FROM json_each(?)) AND t.missing_since IS NULL
"""

_ALBUMS = """
    SELECT key, title, artist, play_count FROM albums WHERE key IN (SELECT value FROM json_each(?)) AND tracks > 0
"""

_ARTISTS = """
    SELECT key, name, play_count FROM artists
    WHERE key IN (SELECT value FROM json_each(?)) AND (tracks > 0 OR albums > 0)
"""

_STORED = """
    SELECT place, item, name, title, artist, album FROM search_rows WHERE item IN (SELECT value FROM json_each(?))
"""

_REMOVE_WORDS = "INSERT INTO search (search, rowid, title, artist, album) VALUES ('delete', ?, ?, ?, ?)"
_REMOVE = "DELETE FROM search_rows WHERE place = ?"
_ADD = "INSERT INTO search_rows (place, item, name, title, artist, album) VALUES (?, ?, ?, ?, ?, ?)"
_ADD_WORDS = "INSERT INTO search (rowid, title, artist, album) VALUES (?, ?, ?, ?)"
_KEEP_WORD = "INSERT OR IGNORE INTO search_words (word) VALUES (?)"

_NOTE = "INSERT OR IGNORE INTO search_pending (item, again) VALUES (?1, ?1)"
_COUNT_NOTED = "SELECT count(*) FROM search_pending"
_NOTED = "SELECT item FROM search_pending ORDER BY item LIMIT ?"
_FORGET_NOTED = "DELETE FROM search_pending WHERE item <= ?"

_ALL = -1
"""As a limit, for SQLite."""

_SHORTEST_KEPT = 3
"""Shorter words are not corrected, nor is anything corrected to them."""


def index_search(
    connection: sqlite3.Connection,
    *,
    tracks: Iterable[int],
    albums: Iterable[int],
    artists: Iterable[int],
    later: bool = False,
) -> None:
    """Write, move or remove the search rows of these keys, whose shown text or number of plays may have changed.

    Call it in the transaction that changed `tracks`, `albums`, `artists` and what belongs to them. A track that is
    missing, and an album or artist without tracks that are there, has no row.

    Args:
        connection: Of `hub-index.db`.
        tracks: Keys of tracks.
        albums: Keys of albums.
        artists: Keys of artists.
        later: Only note them: a row among many costs a third of a row among a few. `index_noted` writes them, or the
            next call that does not say so, be it without keys.
    """
    items = {
        *(item_of(Group.TRACKS, key) for key in tracks),
        *(item_of(Group.ALBUMS, key) for key in albums),
        *(item_of(Group.ARTISTS, key) for key in artists),
    }
    if later:
        connection.executemany(_NOTE, [(item,) for item in sorted(items)])
        return
    items.update(_taken(connection, _ALL))
    if items:
        _index(connection, sorted(items))


def index_noted(connection: sqlite3.Connection, limit: int) -> bool:
    """Write the rows of what has been noted, of so many at most; say whether there was anything."""
    items = _taken(connection, limit)
    if items:
        _index(connection, items)
    return bool(items)


def count_noted(connection: sqlite3.Connection) -> int:
    """How many rows are noted and not written yet."""
    [(count,)] = connection.execute(_COUNT_NOTED)
    return count


def _taken(connection: sqlite3.Connection, limit: int) -> list[int]:
    """What is noted, so many at most and in order; it is noted no longer."""
    items = [item for (item,) in connection.execute(_NOTED, (limit,))]
    if items:
        connection.execute(_FORGET_NOTED, (items[-1],))
    return items


def _index(connection: sqlite3.Connection, items: Sequence[int]) -> None:
    """Of these items, in order."""
    present: dict[int, Row] = {}
    for group, sql, row_of in _GROUPS:
        first, last = (bisect_left(items, place) for place in places_of(group))
        if keys := [key_of(item) for item in items[first:last]]:
            present |= {row[1]: row for row in map(row_of, _read(connection, sql, keys))}
    stored: dict[int, Row] = {row[1]: row for row in _read(connection, _STORED, items)}
    changed = [item for item in items if stored.get(item) != present.get(item)]
    _replace(
        connection,
        [stored[item] for item in changed if item in stored],
        [present[item] for item in changed if item in present],
    )


def _artist_row(found: Sequence[Any]) -> Row:
    key, name, plays = found
    artist = folded(name)
    return place_of(Group.ARTISTS, key, plays), item_of(Group.ARTISTS, key), artist.name, artist.text, "", ""


def _album_row(found: Sequence[Any]) -> Row:
    key, title, artist, plays = found
    album = folded(title)
    place, item = place_of(Group.ALBUMS, key, plays), item_of(Group.ALBUMS, key)
    return place, item, album.name, album.text, folded(artist).text, ""


def _track_row(found: Sequence[Any]) -> Row:
    """A classical recording is looked for by its composer, whom its artist is not."""
    key, title, artist, album, album_artist, plays, names, composers = found
    track = folded(title)
    people = dict.fromkeys((artist, *(names.split("\x1f") if names else ()), *([album_artist] if album_artist else ())))
    people |= dict.fromkeys(json.loads(composers) if composers else ())
    place, item = place_of(Group.TRACKS, key, plays), item_of(Group.TRACKS, key)
    return place, item, track.name, track.text, folded_names(tuple(people)), folded(album).text if album else ""


def _replace(connection: sqlite3.Connection, old: Sequence[Row], new: Sequence[Row]) -> None:
    connection.executemany(_REMOVE, ((row[0],) for row in old))
    connection.executemany(_ADD, new)
    texts = {text for row in new for text in row[3:]}
    words = set(chain.from_iterable(map(str.split, texts)))
    connection.executemany(_KEEP_WORD, [(word,) for word in sorted(words) if _may_be_meant(word)])
    # FTS5 writes out what it has gathered whenever a row's number is less than the one before.
    steps = sorted(
        [*((row, False) for row in old), *((row, True) for row in new)], key=lambda step: (step[0][0], step[1])
    )
    for added, run in groupby(steps, key=lambda step: step[1]):
        connection.executemany(_ADD_WORDS if added else _REMOVE_WORDS, ((row[0], *row[3:]) for row, _ in run))


_GROUPS: tuple[tuple[Group, str, Callable[[Sequence[Any]], Row]], ...] = (
    (Group.ARTISTS, _ARTISTS, _artist_row),
    (Group.ALBUMS, _ALBUMS, _album_row),
    (Group.TRACKS, _TRACKS, _track_row),
)


def _may_be_meant(word: str) -> bool:
    return len(word) >= _SHORTEST_KEPT and word.isascii() and not word.isdigit()


def _read(connection: sqlite3.Connection, sql: str, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    return connection.execute(sql, (json.dumps(numbers),))
