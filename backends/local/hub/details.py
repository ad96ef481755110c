"""One track, one album and one artist, with all that is known of them."""

import itertools
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.named import Named, named_artist
from backends.local.hub.reading.record import Tags
from backends.local.hub.summaries import (
    ALBUM_COLUMNS,
    ARTIST_COLUMNS,
    TRACK_COLUMNS,
    album_summary,
    artist_summary,
    track_summary,
)
from backends.text import clean
from contract.hub.details import (
    GET_ALBUM,
    GET_ARTIST,
    GET_LIBRARY_TRACK,
    MOST_ALBUMS,
    MOST_TRACKS,
    TOP_TRACKS,
    AlbumDetails,
    ArtistDetails,
    AudioFacts,
    Credit,
    Disc,
    GetAlbum,
    GetArtist,
    GetLibraryTrack,
    LibraryTrack,
    LibraryTrackDetails,
    MusicBrainz,
    ReplayGain,
)
from contract.hub.errors import AlbumNotFound, LibraryTrackNotFound
from contract.hub.fields import MetadataField

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_FACTS = """
    t.key, t.compilation, t.disc_total, t.track_total, t.release_date, t.original_date, f.path, t.name, t.size,
    t.mtime_ns, t.bitrate, t.sample_rate, t.channels, t.bit_depth, t.has_cover, t.has_lyrics, g.tags, g.lyrics
"""
_TRACK = f"""
    SELECT {_FACTS}, {TRACK_COLUMNS}
    FROM tracks t JOIN folders f ON f.key = t.folder_key LEFT JOIN track_tags g ON g.track_key = t.key WHERE t.id = ?
"""
_CREDITS = """
    SELECT r.id, r.name, x.role FROM track_artists x JOIN artists r ON r.key = x.artist_key
    WHERE x.track_key = ? ORDER BY x.role, x.position
"""
_GENRES = """
    SELECT n.name FROM track_genres g JOIN genres n ON n.key = g.genre_key WHERE g.track_key = ? ORDER BY g.position
"""
_OVERRIDDEN = "SELECT field FROM overrides WHERE track_id = ?"

_ALBUM = f"SELECT a.key, a.release_date, {ALBUM_COLUMNS} FROM albums a WHERE a.id = ?"
_ALBUMS_TRACKS = f"""
    SELECT {TRACK_COLUMNS} FROM tracks t INDEXED BY tracks_of_album
    WHERE t.album_key = ? AND t.missing_since IS NULL ORDER BY t.place, t.key LIMIT {MOST_TRACKS}
"""
_ALBUMS_GENRES = """
    SELECT n.name FROM tracks t INDEXED BY tracks_of_album CROSS JOIN track_genres g ON g.track_key = t.key
    CROSS JOIN genres n ON n.key = g.genre_key
    WHERE t.album_key = ? AND t.missing_since IS NULL GROUP BY n.key ORDER BY count(*) DESC, n.name
"""

_ARTIST = f"SELECT {ARTIST_COLUMNS} FROM artists r WHERE r.id = ?"
_NEWEST_FIRST = f"a.shown = 1 ORDER BY a.year DESC NULLS LAST, a.sort_title, a.key LIMIT {MOST_ALBUMS}"
_ARTISTS_ALBUMS = f"""
    SELECT {ALBUM_COLUMNS} FROM albums a INDEXED BY albums_of_artist WHERE a.artist_key = :artist AND {_NEWEST_FIRST}
"""
_APPEARS_ON = f"""
    SELECT {ALBUM_COLUMNS} FROM (
        SELECT DISTINCT t.album_key FROM track_artists x CROSS JOIN tracks t ON t.key = x.track_key
        WHERE x.artist_key = :artist AND t.missing_since IS NULL
    ) s CROSS JOIN albums a ON a.key = s.album_key WHERE a.artist_key IS NOT :artist AND {_NEWEST_FIRST}
"""
_TOP_TRACKS = f"""
    SELECT {TRACK_COLUMNS} FROM (
        SELECT t.key FROM (SELECT DISTINCT track_key FROM track_artists WHERE artist_key = :artist) x
        CROSS JOIN tracks t ON t.key = x.track_key WHERE t.missing_since IS NULL AND t.play_count > 0
        ORDER BY t.play_count DESC, t.last_played_at DESC, t.key LIMIT {TOP_TRACKS}
    ) s CROSS JOIN tracks t ON t.key = s.key ORDER BY t.play_count DESC, t.last_played_at DESC, t.key
"""

_MANY = 1000
"""Tracks of an artist, from which on their albums are looked for in a thread."""

_COVERS = ("none", "embedded", "folder")

_SYNCED = 2


@HANDLERS.handles(GET_LIBRARY_TRACK)
async def get_library_track(hub: Hub, request: GetLibraryTrack) -> LibraryTrackDetails:
    """A track, also one whose file is missing."""
    rows = list(await hub.index.look_up(_TRACK, (request.id,)))
    if not rows:
        raise LibraryTrackNotFound
    key, compilation, disc_total, track_total, release_date, original_date, *file = rows[0][:18]
    *file, has_lyrics, tags_json, lyrics = file
    tags = cast("Tags", json.loads(tags_json or "{}"))
    overridden = {field for (field,) in await hub.user.look_up(_OVERRIDDEN, (request.id,))}
    track: LibraryTrack = {
        **track_summary(rows[0][18:]),
        "artists": [_credit(row) for row in await hub.index.look_up(_CREDITS, (key,))],
        "genres": [name for (name,) in await hub.index.look_up(_GENRES, (key,))],
        "compilation": bool(compilation),
        "discTotal": disc_total,
        "trackTotal": track_total,
        "releaseDate": release_date,
        "originalDate": original_date,
        "composers": tags.get("composers", []),
        "label": tags.get("label"),
        "musicBrainz": _music_brainz(tags),
        "replayGain": _replay_gain(tags),
        "lyrics": None if lyrics is None else {"text": lyrics, "synced": has_lyrics == _SYNCED},
        "file": _file(file, rows[0][-1]),
        "overridden": [field.value for field in MetadataField if field in overridden],
    }
    return LibraryTrackDetails.model_construct(track=track)


@HANDLERS.handles(GET_ALBUM)
async def get_album(hub: Hub, request: GetAlbum) -> AlbumDetails:
    """An album; tracks whose files are missing are left out."""
    rows = list(await hub.index.look_up(_ALBUM, (request.id,)))
    if not rows:
        raise AlbumNotFound
    key, release_date, *summary = rows[0]
    tracks = [track_summary(row) for row in await hub.index.look_up(_ALBUMS_TRACKS, (key,))]
    discs: list[Disc] = [
        {"disc": disc, "tracks": list(of_disc)}
        for disc, of_disc in itertools.groupby(tracks, lambda track: track["disc"])
    ]
    return AlbumDetails.model_construct(
        album={
            **album_summary(summary),
            "releaseDate": release_date,
            "genres": [name for (name,) in await hub.index.look_up(_ALBUMS_GENRES, (key,))],
            "discs": discs,
        }
    )


@HANDLERS.handles(GET_ARTIST)
async def get_artist(hub: Hub, request: GetArtist) -> ArtistDetails:
    """An artist; what is missing is left out."""
    artist = await named_artist(hub, request.id, field="id")
    [summary] = await hub.index.look_up(_ARTIST, (request.id,))
    return ArtistDetails.model_construct(
        artist={
            **artist_summary(summary),
            "albums": [album_summary(row) for row in await _of_artist(hub, artist, _ARTISTS_ALBUMS)],
            "appearsOn": [album_summary(row) for row in await _of_artist(hub, artist, _APPEARS_ON)],
            "topTracks": [track_summary(row) for row in await _of_artist(hub, artist, _TOP_TRACKS)],
        }
    )


async def _of_artist(hub: Hub, artist: Named, sql: str) -> Sequence[Any]:
    read = hub.index.look_up if artist.tracks < _MANY else hub.index.read
    return list(await read(sql, {"artist": artist.key}))


def _credit(row: Sequence[Any]) -> Credit:
    return {"id": row[0], "name": row[1], "role": "albumArtist" if row[2] else "artist"}


def _music_brainz(tags: Tags) -> MusicBrainz:
    return {
        "recordingId": tags.get("recordingId"),
        "releaseTrackId": tags.get("releaseTrackId"),
        "releaseId": tags.get("releaseId"),
        "releaseGroupId": tags.get("releaseGroupId"),
        "artistIds": tags.get("artistIds", []),
        "albumArtistIds": tags.get("albumArtistIds", []),
    }


def _replay_gain(tags: Mapping[str, Any] | Tags) -> ReplayGain:
    return {
        "trackGain": tags.get("trackGain"),
        "trackPeak": tags.get("trackPeak"),
        "albumGain": tags.get("albumGain"),
        "albumPeak": tags.get("albumPeak"),
    }


def _file(facts: Sequence[Any], missing_since: int | None) -> AudioFacts:
    folder, name, size, mtime_ns, bitrate, sample_rate, channels, bit_depth, cover = facts
    path = cast("bytes", os.path.join(folder, name))  # noqa: PTH118  (bytes)
    return {
        "path": clean(path.decode("utf-8", "replace")),
        "size": size,
        "modifiedAt": timestamp(mtime_ns // 1_000_000),
        "bitrate": bitrate,
        "sampleRate": sample_rate,
        "channels": channels,
        "bitDepth": bit_depth,
        "cover": cast("Any", _COVERS[cover]),
        "missingSince": None if missing_since is None else timestamp(missing_since),
    }
