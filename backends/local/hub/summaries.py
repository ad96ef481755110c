"""Rows as the contract's summaries: of tracks, albums, artists and playlists."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from contract.hub.summaries import AlbumSummary, ArtistSummary, PlaylistSummary, TrackSummary

__all__ = [
    "ALBUM_COLUMNS",
    "ARTIST_COLUMNS",
    "PLAYLIST_COLUMNS",
    "TRACK_COLUMNS",
    "album_summary",
    "artist_summary",
    "playlist_summary",
    "track_summary",
    "tracks_by_id",
]

TRACK_COLUMNS = """
    t.id, t.title, t.artist, t.album, (SELECT a.id FROM albums a WHERE a.key = t.album_key), t.album_artist, t.disc,
    t.track, t.year, t.genre, t.duration_ms, t.format, t.isrc, t.has_cover, t.added_at, t.play_count, t.last_played_at,
    t.saved_at, t.missing_since
"""
"""Of `tracks t`, for `track_summary`."""

ALBUM_COLUMNS = """
    a.id, a.title, a.artist, (SELECT r.id FROM artists r WHERE r.key = a.artist_key), a.year, a.compilation, a.tracks,
    a.duration_ms, a.cover_track, a.added_at, a.play_count, a.saved_at
"""
"""Of `albums a`, for `album_summary`."""

ARTIST_COLUMNS = "r.id, r.name, r.tracks, r.albums, r.play_count, r.saved_at"
"""Of `artists r`, for `artist_summary`."""

PLAYLIST_COLUMNS = """
    p.id, p.name, p.description, (SELECT count(*) FROM playlist_entries e WHERE e.playlist_id = p.id), p.created_at,
    p.updated_at, p.revision, EXISTS (SELECT 1 FROM saved s WHERE s.id = p.id)
"""
"""Of `playlists p` in `hub.db`, for `playlist_summary`."""

_BY_ID = f"SELECT {TRACK_COLUMNS} FROM tracks t WHERE t.id IN (SELECT value FROM json_each(?))"

_KNOWN = """
    SELECT k.track_id, k.title, k.artist, k.album, k.duration_ms, k.isrc, p.play_count, p.last_played_at, s.saved_at
    FROM known_tracks k LEFT JOIN track_plays p USING (track_id) LEFT JOIN saved s ON s.id = k.track_id
    WHERE k.track_id IN (SELECT value FROM json_each(?))
"""


def track_summary(row: Sequence[Any]) -> TrackSummary:
    """A row of TRACK_COLUMNS."""
    return {
        "id": row[0],
        "title": row[1],
        "artist": row[2],
        "album": row[3],
        "albumId": row[4],
        "albumArtist": row[5],
        "disc": row[6],
        "track": row[7],
        "year": row[8],
        "genre": row[9],
        "durationMs": row[10],
        "format": row[11],
        "isrc": row[12],
        "hasCover": bool(row[13]),
        "addedAt": timestamp(row[14]),
        "playCount": row[15],
        "lastPlayedAt": _moment(row[16]),
        "saved": row[17] is not None,
        "missing": row[18] is not None,
    }


def album_summary(row: Sequence[Any]) -> AlbumSummary:
    """A row of ALBUM_COLUMNS."""
    return {
        "id": row[0],
        "title": row[1],
        "artist": row[2],
        "artistId": row[3],
        "year": row[4],
        "compilation": bool(row[5]),
        "trackCount": row[6],
        "durationMs": row[7],
        "hasCover": row[8] is not None,
        "addedAt": timestamp(row[9]),
        "playCount": row[10],
        "saved": row[11] is not None,
    }


def artist_summary(row: Sequence[Any]) -> ArtistSummary:
    """A row of ARTIST_COLUMNS."""
    return {
        "id": row[0],
        "name": row[1],
        "trackCount": row[2],
        "albumCount": row[3],
        "playCount": row[4],
        "saved": row[5] is not None,
    }


def playlist_summary(row: Sequence[Any]) -> PlaylistSummary:
    """A row of PLAYLIST_COLUMNS."""
    return {
        "id": row[0],
        "name": row[1],
        "description": row[2],
        "trackCount": row[3],
        "createdAt": timestamp(row[4]),
        "updatedAt": timestamp(row[5]),
        "revision": row[6],
        "saved": bool(row[7]),
    }


async def tracks_by_id(hub: Hub, ids: Iterable[str]) -> Mapping[str, TrackSummary]:
    """The tracks with these ids.

    One that the index has lost is shown as it was when it was last mentioned, and missing; one that nobody knows is
    left out.
    """
    wanted = list(dict.fromkeys(ids))
    rows = await hub.index.read(_BY_ID, (json.dumps(wanted),))
    found: dict[str, TrackSummary] = {row[0]: track_summary(row) for row in rows}
    if lost := [id_ for id_ in wanted if id_ not in found]:
        found |= {row[0]: _known(row) for row in await hub.user.read(_KNOWN, (json.dumps(lost),))}
    return found


def _known(row: Sequence[Any]) -> TrackSummary:
    id_, title, artist, album, duration_ms, isrc, play_count, last_played_at, saved_at = row
    nothing: Sequence[Any] = (None,) * 4
    facts = (duration_ms, "", isrc, 0, 0, play_count or 0, last_played_at, saved_at, 0)
    return track_summary((id_, title, artist, album, None, None, *nothing, *facts))


def _moment(ms: int | None) -> str | None:
    return None if ms is None else timestamp(ms)
