"""What a track adds to its album, its artists and its genres."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Member", "members"]

_OF_THESE = "IN (SELECT value FROM json_each(?))"

# In the order of Member; SQLite's 0 and 1 do for the truth of them.
_TRACKS = f"""
    SELECT key, missing_since IS NULL, album_key, duration_ms, added_at, play_count, last_played_at, has_cover > 0,
        format, year, saved_at IS NOT NULL, size
    FROM tracks WHERE key {_OF_THESE}
"""
_ARTISTS = f"SELECT track_key, artist_key FROM track_artists WHERE track_key {_OF_THESE}"
_GENRES = f"SELECT track_key, genre_key FROM track_genres WHERE track_key {_OF_THESE}"


@dataclass(slots=True)
class Member:
    """A track as its groups count it.

    Attributes:
        present: Whether its file is there; if not, it counts nowhere.
        artists: Keys of its artists and album artists.
        genres: Keys.
    """

    key: int
    present: bool
    album: int | None
    duration_ms: int
    added_at: int
    plays: int
    last_played_at: int | None
    cover: bool
    format: str
    year: int | None
    saved: bool
    size: int
    artists: frozenset[int] = frozenset()
    genres: frozenset[int] = frozenset()


def members(connection: sqlite3.Connection, keys: Collection[int]) -> dict[int, Member]:
    """The tracks with these keys, as they stand."""
    if not keys:
        return {}
    these = (json.dumps(list(keys)),)
    found = {row[0]: Member(*row) for row in connection.execute(_TRACKS, these)}
    artists, genres = _grouped(connection, _ARTISTS, these), _grouped(connection, _GENRES, these)
    for key, member in found.items():
        member.artists = frozenset(artists.get(key, ()))
        member.genres = frozenset(genres.get(key, ()))
    return found


def _grouped(connection: sqlite3.Connection, sql: str, these: tuple[str]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for track, group in connection.execute(sql, these):
        groups.setdefault(track, []).append(group)
    return groups
