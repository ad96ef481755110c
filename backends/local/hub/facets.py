"""Counts of the tracks that are there, by what lists are filtered by: totals are then a sum over a few rows.

They are kept by what each changed track adds and takes away, as the counts of albums, artists and genres are
(backends.local.hub.indexing.totals). Triggers would do the same by themselves, but with a trigger SQLite keeps a copy
of every page that a statement changes, which costs a scan a third more in each of its transactions.
"""

import sqlite3
from collections import Counter
from typing import Protocol

__all__ = ["DAY_MS", "EVERY_GENRE", "FACET_TABLES", "Counted", "Facets"]

EVERY_GENRE = 0
"""No genre has this key; rows with it count each track once."""

FACET_TABLES = (
    """
    CREATE TABLE facets (
        genre_key INTEGER NOT NULL,      -- 0 counts each track once, whatever its genres
        format TEXT NOT NULL,
        year INTEGER NOT NULL,           -- 0 without one
        saved INTEGER NOT NULL,
        tracks INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (genre_key, format, year, saved)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE album_genres (
        genre_key INTEGER NOT NULL,
        album_key INTEGER NOT NULL,
        tracks INTEGER NOT NULL,
        PRIMARY KEY (genre_key, album_key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE artist_genres (
        genre_key INTEGER NOT NULL,
        artist_key INTEGER NOT NULL,
        tracks INTEGER NOT NULL,
        PRIMARY KEY (genre_key, artist_key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE days (                  -- on which tracks were added
        day INTEGER PRIMARY KEY,         -- since 1970, in UTC
        tracks INTEGER NOT NULL
    ) STRICT
    """,
)

DAY_MS = 86_400_000

_COUNT_FACET = """
    INSERT INTO facets (genre_key, format, year, saved, tracks, duration_ms, size) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        tracks = tracks + excluded.tracks, duration_ms = duration_ms + excluded.duration_ms, size = size + excluded.size
"""
_DROP_FACET = "DELETE FROM facets WHERE genre_key = ? AND format = ? AND year = ? AND saved = ? AND tracks = 0"

_GROUPS = {"album_genres": "album_key", "artist_genres": "artist_key"}

_COUNT_DAY = "INSERT INTO days (day, tracks) VALUES (?, ?) ON CONFLICT DO UPDATE SET tracks = tracks + excluded.tracks"
_DROP_DAY = "DELETE FROM days WHERE day = ? AND tracks = 0"


class Counted(Protocol):
    """A track as it is counted here; `artists` and `genres` are keys."""

    present: bool
    album: int | None
    format: str
    year: int | None
    saved: bool
    size: int
    duration_ms: int
    added_at: int
    artists: frozenset[int]
    genres: frozenset[int]


class Facets:
    """Takes tracks as they were and as they are, and then brings the counts up."""

    def __init__(self) -> None:
        self._facets: dict[tuple[int, str, int, int], list[int]] = {}
        self._pairs: dict[str, Counter[tuple[int, int]]] = {table: Counter() for table in _GROUPS}
        self._days: Counter[int] = Counter()

    def count(self, track: Counted, sign: int) -> None:
        """A track is that from now on (1), or is that no longer (-1)."""
        if not track.present:
            return
        for genre in (EVERY_GENRE, *track.genres):
            sums = self._facets.setdefault((genre, track.format, track.year or 0, int(track.saved)), [0, 0, 0])
            sums[0] += sign
            sums[1] += sign * track.duration_ms
            sums[2] += sign * track.size
        for genre in track.genres:
            if track.album is not None:
                self._pairs["album_genres"][genre, track.album] += sign
            for artist in track.artists:
                self._pairs["artist_genres"][genre, artist] += sign
        self._days[track.added_at // DAY_MS] += sign

    def write(self, connection: sqlite3.Connection) -> None:
        """Bring the counts up, in the transaction that is open."""
        sums = [(*facet, *sums) for facet, sums in self._facets.items() if any(sums)]
        connection.executemany(_COUNT_FACET, sums)
        connection.executemany(_DROP_FACET, [facet for facet, (tracks, *_) in self._facets.items() if tracks < 0])
        for table, column in _GROUPS.items():
            _count_pairs(connection, table, column, self._pairs[table])
        days = [(day, count) for day, count in self._days.items() if count]
        connection.executemany(_COUNT_DAY, days)
        connection.executemany(_DROP_DAY, [(day,) for day, count in days if count < 0])


def _count_pairs(connection: sqlite3.Connection, table: str, column: str, counts: Counter[tuple[int, int]]) -> None:
    connection.executemany(
        f"INSERT INTO {table} (genre_key, {column}, tracks) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET tracks = tracks + excluded.tracks",
        [(*pair, count) for pair, count in counts.items() if count],
    )
    connection.executemany(
        f"DELETE FROM {table} WHERE genre_key = ? AND {column} = ? AND tracks = 0",
        [pair for pair, count in counts.items() if count < 0],
    )
