"""The catalogue's tracks, as imports look them up and add to them."""

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from backends.days import now
from backends.text import fold, search_text
from contract.errors import InvalidRequest

__all__ = ["FIELDS", "Track", "Tracks"]

FIELDS = (
    "upc",
    "title",
    "artist",
    "album",
    "release_date",
    "duration_ms",
    "cover_url",
    "spotify_track_url",
    "label",
    "copyright_c",
    "copyright_p",
    "full_tracking",
    "metadata",
)
"""Columns of a track that files give, besides its ISRC."""

_DEFAULTS = {"full_tracking": 1, "metadata": "{}"}

_FIND = "SELECT id, isrc, title, artist FROM tracks WHERE workspace_id = ? AND isrc = ?"
# The folded title is part of what is searched, so this finds all that may have it.
_MAY_HAVE_TITLE = """
    SELECT id, isrc, title, artist FROM tracks WHERE workspace_id = ? AND instr(search_text, ?) > 0
"""
_RECORD = f"SELECT id, {', '.join(FIELDS)} FROM tracks WHERE workspace_id = ? AND isrc = ?"
_ADD = f"""
    INSERT INTO tracks (workspace_id, track_id, isrc, created_at, search_text, {", ".join(FIELDS)})
    VALUES (?, ?, ?, ?, ?, {", ".join("?" * len(FIELDS))})
"""
_UPDATE = f"UPDATE tracks SET search_text = ?, {', '.join(f'{field} = ?' for field in FIELDS)} WHERE id = ?"


class Track(NamedTuple):
    """What identifies a track."""

    id: int
    isrc: str
    title: str
    artist: str


class Tracks:
    """The tracks of one workspace, in the transaction of one file."""

    def __init__(self, connection: sqlite3.Connection, workspace_id: int) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._created_at = now()  # one moment for all, so that the catalogue lists them in the file's order

    def find(self, isrc: str) -> Track | None:
        """The track of an ISRC."""
        row = self._connection.execute(_FIND, (self._workspace_id, isrc)).fetchone()
        return None if row is None else Track(*row)

    def titled(self, title: str, artist: str | None) -> Track:
        """The one track of that title, and of that artist if one is given.

        Raises:
            InvalidRequest: There is none, or there are several.
        """
        rows = self._connection.execute(_MAY_HAVE_TITLE, (self._workspace_id, fold(title)))
        found = [
            track
            for track in (Track(*row) for row in rows)
            if fold(track.title) == fold(title) and (artist is None or fold(track.artist) == fold(artist))
        ]
        if len(found) != 1:
            number = "Several tracks" if found else "No track"
            raise InvalidRequest(
                f"{number} of the catalogue {'have' if found else 'has'} that title.",
                field="title",
                next_step="Say which track it is with --isrc.",
            )
        return found[0]

    def record(self, isrc: str) -> tuple[int, dict[str, Any]] | None:
        """The id and all fields of a track."""
        row = self._connection.execute(_RECORD, (self._workspace_id, isrc)).fetchone()
        return None if row is None else (row[0], dict(zip(FIELDS, row[1:], strict=True)))

    def add(self, isrc: str, fields: Mapping[str, Any]) -> int:
        """Add a track, which has at least a title and an artist; return its id."""
        record = {**dict.fromkeys(FIELDS), **_DEFAULTS, **fields}
        cursor = self._connection.execute(
            _ADD,
            (
                self._workspace_id,
                str(uuid4()),
                isrc,
                self._created_at,
                _search_text(record),
                *(record[field] for field in FIELDS),
            ),
        )
        return cursor.lastrowid or 0

    def update(self, track_id: int, record: Mapping[str, Any]) -> None:
        """Replace all fields of a track."""
        self._connection.execute(_UPDATE, (_search_text(record), *(record[field] for field in FIELDS), track_id))


def _search_text(record: Mapping[str, Any]) -> str:
    return search_text(record["title"], record["artist"], record["album"])
