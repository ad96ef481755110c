"""Tracks that `hub.db` mentions, kept there as well: a new index then gives their files the ids they had."""

import json
import os
from collections.abc import Iterable

import aiosqlite

from backends.local.hub.context import Hub

__all__ = ["remember_tracks"]

_LOOK = """
    SELECT t.id, t.fingerprint, f.path, t.name, t.title, t.artist, t.album, t.duration_ms, t.isrc
    FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.id IN (SELECT value FROM json_each(?))
"""

_KEEP = """
    INSERT INTO known_tracks (track_id, fingerprint, path, title, artist, album, duration_ms, isrc)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (track_id) DO NOTHING
"""


async def remember_tracks(hub: Hub, connection: aiosqlite.Connection, ids: Iterable[str]) -> None:
    """Keep these tracks of the index, in the transaction of `hub.db` that mentions them."""
    found = await hub.index.read(_LOOK, (json.dumps(list(set(ids))),))
    await connection.executemany(
        _KEEP,
        [
            (id_, fingerprint, os.path.join(folder, name), *shown)  # noqa: PTH118  (bytes)
            for id_, fingerprint, folder, name, *shown in found
        ],
    )
