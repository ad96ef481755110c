"""What the sections of browsing are made of."""

from collections.abc import Sequence
from typing import Any

from backends.local.hub.summaries import album_summary, track_summary
from contract.hub.browse import BrowseItem

__all__ = ["album_item", "decade_item", "folder_item", "genre_item", "track_item"]


def track_item(row: Sequence[Any]) -> BrowseItem:
    """A row of TRACK_COLUMNS."""
    track = track_summary(row)
    return {
        **_item("track", track["title"]),
        "id": track["id"],
        "artist": track["artist"],
        "playCount": track["playCount"],
    }


def album_item(row: Sequence[Any]) -> BrowseItem:
    """A row of ALBUM_COLUMNS."""
    album = album_summary(row)
    return {
        **_item("album", album["title"]),
        "id": album["id"],
        "artist": album["artist"],
        "trackCount": album["trackCount"],
        "playCount": album["playCount"],
        "filters": {"album": album["id"], "sort": "album"},
    }


def genre_item(name: str, tracks: int) -> BrowseItem:
    """A genre and how many tracks have it."""
    return {**_item("genre", name), "trackCount": tracks, "filters": {"genre": name}}


def decade_item(decade: int, tracks: int) -> BrowseItem:
    """A decade, by its first year, and how many tracks are of it."""
    filters = {"yearFrom": max(decade, 1), "yearTo": decade + 9}
    return {**_item("decade", f"{decade}s"), "trackCount": tracks, "filters": filters}


def folder_item(name: str, folder: str) -> BrowseItem:
    """A folder and its key."""
    return {**_item("folder", name), "folder": folder}


def _item(kind: Any, name: str) -> BrowseItem:
    return {
        "kind": kind,
        "name": name,
        "id": None,
        "artist": None,
        "trackCount": None,
        "playCount": None,
        "filters": None,
        "folder": None,
    }
