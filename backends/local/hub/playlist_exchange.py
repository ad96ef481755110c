"""Playlists brought in from files and written to files."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backends.local.hub.context import Hub
from backends.local.hub.playlist_changes import create_with, readable_name, summary_of
from backends.local.hub.playlist_files import Written, read_playlist_file, write_playlist_file
from backends.local.hub.playlist_matching import Match, match_lines
from backends.local.hub.playlist_reading import read_playlist
from backends.local.hub.summaries import tracks_by_id
from backends.text import clean
from contract.hub.errors import PlaylistNotFound
from contract.hub.ids import Kind, kind_of
from contract.hub.playlists import LONGEST_NAME
from contract.hub.summaries import PlaylistSummary

__all__ = ["Exported", "Imported", "export_playlist", "import_playlist"]

_ENTRIES = "SELECT track_id FROM playlist_entries WHERE playlist_id = ? ORDER BY position"

_IN_INDEX = """
    SELECT t.id, f.path, t.name FROM tracks t JOIN folders f ON f.key = t.folder_key
    WHERE t.id IN (SELECT value FROM json_each(?))
"""

_NAMES = "SELECT id, name FROM playlists WHERE deleted_at IS NULL"

_KNOWN = "SELECT track_id, path FROM known_tracks WHERE track_id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Imported:
    """What became of a playlist file.

    Attributes:
        playlist: That was made, or None if no line was matched.
        matched: Lines that became entries.
        unmatched: The others, each with its reason.
    """

    playlist: PlaylistSummary | None
    matched: int
    unmatched: list[Match]


@dataclass(frozen=True)
class Exported:
    """What was written, and how many of its files were not there."""

    playlist: PlaylistSummary
    missing: int


async def import_playlist(hub: Hub, path: Path, name: str | None = None) -> Imported:
    """Make a playlist of the lines that mean a track of the library, in their order; each as often as it stands there.

    Its name is the given one, or the one that the file gives itself, or the file's.

    Raises:
        InvalidRequest: The file can't be read, or the name can't be used.
        Conflict: The name is taken.
    """
    file = read_playlist_file(path)
    readable = readable_name(name or (file.name or path.stem)[:LONGEST_NAME])
    matches = await match_lines(hub, file.folder, file.lines)
    track_ids = [match.track_id for match in matches if match.track_id is not None]
    unmatched = [match for match in matches if match.track_id is None]
    if not track_ids:
        return Imported(None, 0, unmatched)
    async with hub.user.transaction() as connection:
        id_ = await create_with(hub, connection, readable, None, track_ids)
        summary = await summary_of(connection, id_)
    return Imported(summary, len(track_ids), unmatched)


async def export_playlist(hub: Hub, wanted: str, path: Path, *, overwrite: bool = False) -> Exported:
    """Write the playlist of that name or id into a file. Files that are missing are written where they were.

    Raises:
        PlaylistNotFound: There is none.
        InvalidRequest: The file can't be written.
    """
    id_ = await _id(hub, wanted)
    playlist = (await read_playlist(hub, id_, limit=1)).playlist
    track_ids = [track_id for (track_id,) in await hub.user.read(_ENTRIES, (id_,))]
    tracks = await tracks_by_id(hub, track_ids)
    paths = await _paths(hub, list(tracks))
    entries = [
        Written(paths[track_id], track["artist"], track["title"], track["durationMs"], track["missing"])
        for track_id in track_ids
        for track in (tracks[track_id],)
    ]
    write_playlist_file(path, playlist["name"], entries, overwrite=overwrite)
    return Exported(playlist, sum(entry.missing for entry in entries))


async def _id(hub: Hub, wanted: str) -> str:
    """The playlist's id, of its id or its name in any case."""
    if kind_of(wanted) is Kind.PLAYLIST:
        return wanted
    name = clean(wanted).casefold()
    for id_, other in await hub.user.read(_NAMES):
        if other.casefold() == name:
            return id_
    raise PlaylistNotFound(
        "There is no playlist of that name or id.", next_step="'musicengine-mcp playlists list' shows those there are."
    )


async def _paths(hub: Hub, track_ids: Sequence[str]) -> Mapping[str, bytes]:
    """Where each file is, or was when the index knew it last."""
    ids = (json.dumps(track_ids),)
    paths: dict[str, bytes] = dict(await hub.user.read(_KNOWN, ids))
    for id_, folder, name in await hub.index.read(_IN_INDEX, ids):
        paths[id_] = os.path.join(folder, name)  # noqa: PTH118  (bytes)
    return paths
