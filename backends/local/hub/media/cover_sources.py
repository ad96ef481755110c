"""Where the picture of a track, an album, an artist or a playlist may be: the likeliest files first."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from backends.local.hub.context import Hub
from backends.local.hub.media.files import ROOTS, Stored
from contract.hub.ids import Kind, kind_of
from contract.hub.library import Format

__all__ = ["Source", "sources_of"]

_MOST_TRACKS = 3
"""In whose files is looked, should the first have no picture that can be shown."""

_MOST_ENTRIES = 200

_COLUMNS = """
    f.path, t.name, t.size, t.mtime_ns, t.inode, t.format, t.has_cover, f.cover, f.cover_stamp, f.root_id
"""
_WITH_COVER = "t.has_cover > 0 AND t.missing_since IS NULL"

_TRACK = f"SELECT {_COLUMNS} FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.id = ? AND {_WITH_COVER}"
_ALBUM = f"""
    SELECT {_COLUMNS} FROM albums a CROSS JOIN tracks t ON t.album_key = a.key
    JOIN folders f ON f.key = t.folder_key WHERE a.id = ? AND {_WITH_COVER}
    ORDER BY t.key IS NOT a.cover_track, t.place, t.key LIMIT {_MOST_TRACKS}
"""
_ARTISTS_ALBUMS = f"""
    SELECT {_COLUMNS} FROM artists r CROSS JOIN albums a ON a.artist_key = r.key
    CROSS JOIN tracks t ON t.key = a.cover_track JOIN folders f ON f.key = t.folder_key
    WHERE r.id = ? AND {_WITH_COVER}
    ORDER BY a.play_count DESC, a.year DESC NULLS LAST, a.key LIMIT {_MOST_TRACKS}
"""
_ARTISTS_TRACKS = f"""
    SELECT {_COLUMNS} FROM artists r CROSS JOIN track_artists x ON x.artist_key = r.key
    CROSS JOIN tracks t ON t.key = x.track_key JOIN folders f ON f.key = t.folder_key
    WHERE r.id = ? AND {_WITH_COVER}
    ORDER BY t.play_count DESC, t.year DESC NULLS LAST, t.key LIMIT {_MOST_TRACKS}
"""
_ENTRIES = f"""
    SELECT e.track_id FROM playlists p JOIN playlist_entries e ON e.playlist_id = p.id
    WHERE p.id = ? AND p.deleted_at IS NULL ORDER BY e.position LIMIT {_MOST_ENTRIES}
"""
_IN_ORDER = f"""
    SELECT {_COLUMNS} FROM json_each(?) j CROSS JOIN tracks t ON t.id = j.value
    JOIN folders f ON f.key = t.folder_key WHERE {_WITH_COVER} ORDER BY j.key LIMIT {_MOST_TRACKS}
"""

_IN_FILE = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may be a picture, or have one in its tags.

    Attributes:
        audio: The format of the audio in whose tags it is, or None for a picture by itself.
    """

    stored: Stored
    audio: Format | None


async def sources_of(hub: Hub, id_: str) -> list[Source]:
    """Files to look into, in this order; none if there is no such thing, or none with a picture.

    Raises:
        StorageError: The databases can't be read.
    """
    roots = dict(await hub.user.look_up(ROOTS))
    folders = list(roots.values())
    sources = [source for row in await _rows(hub, id_) if row[-1] in roots for source in _sources(row, folders)]
    return list(dict.fromkeys(sources))


async def _rows(hub: Hub, id_: str) -> Iterable[Sequence[Any]]:
    kind = kind_of(id_)
    if kind is Kind.TRACK:
        return await hub.index.look_up(_TRACK, (id_,))
    if kind is Kind.ALBUM:
        return await hub.index.look_up(_ALBUM, (id_,))
    if kind is Kind.ARTIST:
        return list(await hub.index.read(_ARTISTS_ALBUMS, (id_,))) or await hub.index.read(_ARTISTS_TRACKS, (id_,))
    entries = [track for (track,) in await hub.user.look_up(_ENTRIES, (id_,))]
    return await hub.index.look_up(_IN_ORDER, (json.dumps(entries),))


def _sources(row: Sequence[Any], roots: Sequence[bytes]) -> Iterable[Source]:
    """The tags of a track's file, and the picture in its folder."""
    folder, name, size, mtime_ns, inode, format_, has_cover, picture, picture_stamp, _ = row
    if has_cover == _IN_FILE:
        yield Source(Stored(folder, name, (size, mtime_ns, inode), tuple(roots)), format_)
    if picture is not None and picture_stamp is not None:
        size, _, mtime_ns = picture_stamp.partition("-")
        yield Source(Stored(folder, picture, (int(size), int(mtime_ns), None), tuple(roots)), None)
