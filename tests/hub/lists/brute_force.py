"""What lists must hold: every row of the index, filtered and sorted here, as plainly as it can be said."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.text import fold
from tests.hub.library import rows

__all__ = ["Rows"]

_TRACKS = """
    SELECT id, key, sort_title, sort_artist, sort_album, coalesce(album_key, 0), coalesce(disc, 1),
        coalesce(track, 999999), year, added_at, duration_ms, play_count, last_played_at, format, isrc,
        saved_at IS NOT NULL, missing_since IS NOT NULL,
        (SELECT id FROM albums a WHERE a.key = album_key),
        (SELECT json_group_array(r.id) FROM track_artists JOIN artists r ON r.key = artist_key WHERE track_key = t.key),
        (SELECT json_group_array(n.name) FROM track_genres x JOIN genres n ON n.key = genre_key WHERE track_key = t.key)
    FROM tracks t
"""
_TRACK = (
    "id", "key", "title", "artist", "album", "albumKey", "disc", "track", "year", "added", "duration", "played",
    "lastPlayed", "format", "isrc", "saved", "missing", "albumId", "artistIds", "genres",
)  # fmt: skip

_ALBUMS = """
    SELECT id, key, sort_title, sort_artist, year, added_at, play_count, compilation, saved_at IS NOT NULL,
        (SELECT id FROM artists r WHERE r.key = artist_key) FROM albums
"""
_ALBUM = ("id", "key", "title", "artist", "year", "added", "played", "compilation", "saved", "artistId")

_ARTISTS = "SELECT id, key, sort_name, tracks, albums, play_count, added_at, saved_at IS NOT NULL FROM artists"
_ARTIST = ("id", "key", "name", "tracks", "albums", "played", "added", "saved")

# By what each list is sorted; behind a minus what runs against the order.
_ORDERS = {
    "tracks": {
        "title": "title key",
        "artist": "artist album disc track key",
        "album": "album albumKey disc track key",
        "year": "year -albumKey -disc -track -key",
        "added": "added -key",
        "duration": "duration key",
        "played": "played -key",
        "lastPlayed": "lastPlayed -key",
    },
    "albums": {
        "title": "title key",
        "artist": "artist title key",
        "year": "year -key",
        "added": "added -key",
        "played": "played -key",
    },
    "artists": {
        "name": "name key",
        "tracks": "tracks -key",
        "albums": "albums -key",
        "played": "played -key",
        "added": "added -key",
    },
}


class Rows:
    """All rows of an index."""

    def __init__(self, folder: Path) -> None:
        self.tracks = self._read(folder, _TRACKS, _TRACK)
        for track in self.tracks:
            track["artistIds"], track["genres"] = json.loads(track["artistIds"]), json.loads(track["genres"])
        there = [track for track in self.tracks if not track["missing"]]
        self.albums = self._read(folder, _ALBUMS, _ALBUM)
        for album in self.albums:
            own = [track for track in there if track["albumId"] == album["id"]]
            album["there"], album["genres"] = bool(own), [genre for track in own for genre in track["genres"]]
        self.artists = self._read(folder, _ARTISTS, _ARTIST)
        for artist in self.artists:
            own = [track for track in there if artist["id"] in track["artistIds"]]
            artist["there"], artist["genres"] = bool(own), [genre for track in own for genre in track["genres"]]

    def listed(self, kind: str, *, sort: str, order: str, **filters: Any) -> list[str]:
        """The ids of the whole list, in its order."""
        shown = [row for row in getattr(self, kind) if _passes(kind, row, filters)]
        return [row["id"] for row in _sorted(shown, _ORDERS[kind][sort].split(), order)]

    @staticmethod
    def _read(folder: Path, sql: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
        return [dict(zip(names, row, strict=True)) for row in rows(folder, INDEX_LAYOUT, sql)]


def _sorted(shown: list[dict[str, Any]], names: list[str], order: str) -> list[dict[str, Any]]:
    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(-row[name[1:]] if name.startswith("-") else row[name] for name in names)

    first = names[0]
    valued = sorted((row for row in shown if row[first] is not None), key=key, reverse=order == "desc")
    without = [{**row, first: 0} for row in shown if row[first] is None]
    return valued + sorted(without, key=key, reverse=order == "desc")


def _passes(kind: str, row: dict[str, Any], filters: dict[str, Any]) -> bool:
    if kind == "tracks":
        missing = filters.get("missing", "exclude")
        if missing != "include" and row["missing"] != (missing == "only"):
            return False
    elif not row["there"]:
        return False
    return all(_PASSES[name](row, value) for name, value in filters.items() if name != "missing")


_PASSES = {
    "artist": lambda row, id_: id_ in row["artistIds"] if "artistIds" in row else row["artistId"] == id_,
    "album": lambda row, id_: row["albumId"] == id_,
    "genre": lambda row, name: fold(name) in map(fold, row["genres"]),
    "yearFrom": lambda row, year: row["year"] is not None and row["year"] >= year,
    "yearTo": lambda row, year: row["year"] is not None and row["year"] <= year,
    "format": lambda row, name: row["format"] == name,
    "isrc": lambda row, isrc: row["isrc"] == isrc,
    "addedSince": lambda row, day: row["added"] >= _midnight(day),
    "saved": lambda row, saved: bool(row["saved"]) == saved,
    "compilation": lambda row, compilation: bool(row["compilation"]) == compilation,
}


def _midnight(day: str) -> int:
    return int(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC).timestamp() * 1000)
