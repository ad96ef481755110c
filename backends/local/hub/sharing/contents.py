"""What a share opens: the thing that is shared and the tracks in it, as both are at that moment."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from backends.local.hub.context import Hub
from backends.local.hub.summaries import TRACK_COLUMNS, track_summary, tracks_by_id
from contract.hub.ids import Kind, kind_of
from contract.hub.media import GET_COVER, STREAM_TRACK
from contract.hub.share_sessions import MOST_SHARED_TRACKS, SharedItem, SharedTrack, ShareKind
from contract.hub.summaries import TrackSummary

__all__ = ["LiveShare", "is_live", "live_share", "share_covers", "shared_item", "shared_names"]

_SHARE = "SELECT id, kind, item_id, expires_at FROM shares WHERE id = ?"

_IS_THERE = {
    "track": "SELECT 1 FROM tracks WHERE id = ?",
    "album": "SELECT 1 FROM albums WHERE id = ?",
    "artist": "SELECT 1 FROM artists WHERE id = ?",
    "playlist": "SELECT 1 FROM playlists WHERE id = ? AND deleted_at IS NULL",
}

_HOLDS = {
    "album": "SELECT 1 FROM tracks t JOIN albums a ON a.key = t.album_key WHERE a.id = ? AND t.id = ?",
    "artist": """
        SELECT 1 FROM artists r JOIN track_artists x ON x.artist_key = r.key JOIN tracks t ON t.key = x.track_key
        WHERE r.id = ? AND t.id = ?
    """,
    "playlist": "SELECT 1 FROM playlist_entries WHERE playlist_id = ? AND track_id = ?",
}
"""Whether the thing has the track in it."""

_OF_THESE = "IN (SELECT value FROM json_each(?))"

_NAMES = {
    "track": f"SELECT id, title, artist FROM tracks WHERE id {_OF_THESE}",
    "album": f"SELECT id, title, artist FROM albums WHERE id {_OF_THESE}",
    "artist": f"SELECT id, name, NULL FROM artists WHERE id {_OF_THESE}",
    "playlist": f"SELECT id, name, NULL FROM playlists WHERE deleted_at IS NULL AND id {_OF_THESE}",
}

_PRESENT = "t.missing_since IS NULL"

_TRACKS = {
    "track": f"SELECT {TRACK_COLUMNS} FROM tracks t WHERE t.id = ? AND {_PRESENT}",
    "album": f"""
        SELECT {TRACK_COLUMNS} FROM albums a JOIN tracks t ON t.album_key = a.key
        WHERE a.id = ? AND {_PRESENT} ORDER BY t.place, t.key LIMIT {MOST_SHARED_TRACKS}
    """,
    "artist": f"""
        SELECT {TRACK_COLUMNS} FROM (
            SELECT DISTINCT x.track_key FROM artists r JOIN track_artists x ON x.artist_key = r.key WHERE r.id = ?
        ) s CROSS JOIN tracks t ON t.key = s.track_key
        WHERE {_PRESENT} ORDER BY t.year DESC NULLS LAST, t.sort_album, t.place, t.key LIMIT {MOST_SHARED_TRACKS}
    """,
}
_ENTRIES = f"""
    SELECT track_id FROM playlist_entries WHERE playlist_id = ? ORDER BY position LIMIT {MOST_SHARED_TRACKS}
"""

_COUNTS = {
    "album": "SELECT tracks FROM albums WHERE id = ?",
    "artist": "SELECT tracks FROM artists WHERE id = ?",
    "playlist": "SELECT count(*) FROM playlist_entries WHERE playlist_id = ?",
}


class LiveShare(NamedTuple):
    """A share that can be opened.

    Attributes:
        expires_at: The moment of its end, or None.
    """

    id: str
    kind: ShareKind
    item_id: str
    expires_at: int | None


async def live_share(hub: Hub, share_id: str) -> LiveShare | None:
    """The share, if it is there and has not expired.

    Raises:
        StorageError: The database can't be read.
    """
    for row in await hub.user.look_up(_SHARE, (share_id,)):
        share = LiveShare(*row)
        return share if is_live(hub, share.expires_at) else None
    return None


def is_live(hub: Hub, expires_at: int | None) -> bool:
    """Whether what ends at the moment, or never, has not ended yet."""
    return expires_at is None or expires_at > hub.clock()


async def share_covers(hub: Hub, share_id: str, id_: str) -> bool:
    """Whether the share is open, and this is the id of what is shared, or of a track that is in it at this moment.

    Raises:
        StorageError: A database can't be read.
    """
    share = await live_share(hub, share_id)
    if share is None or not await _any(hub, share.kind, _IS_THERE[share.kind], share.item_id):
        return False
    if id_ == share.item_id:
        return True
    if share.kind not in _HOLDS or kind_of(id_) is not Kind.TRACK:
        return False
    return await _any(hub, share.kind, _HOLDS[share.kind], share.item_id, id_)


async def shared_names(hub: Hub, ids: Mapping[ShareKind, Sequence[str]]) -> dict[str, tuple[str, str | None]]:
    """What those that there are are called now, and whose they are.

    Raises:
        StorageError: A database can't be read.
    """
    return {
        id_: (name, artist)
        for kind, those in ids.items()
        for id_, name, artist in await _look_up(hub, kind, _NAMES[kind], json.dumps(those))
    }


async def shared_item(hub: Hub, kind: ShareKind, item_id: str) -> SharedItem | None:
    """What strangers may know of a thing that is shared; None if it is gone.

    Raises:
        StorageError: A database can't be read.
    """
    names = await shared_names(hub, {kind: [item_id]})
    if item_id not in names:
        return None
    name, artist = names[item_id]
    listed = await _tracks(hub, kind, item_id)
    tracks = [_shared_track(track) for track in listed if not track["missing"]]
    has_cover = any(track["coverUrl"] for track in tracks)
    return {
        "kind": kind,
        "id": item_id,
        "title": name,
        "artist": artist,
        "coverUrl": GET_COVER.path.format(id=item_id) if has_cover else None,
        "trackCount": len(tracks) + await _beyond(hub, kind, item_id, len(listed)),
        "durationMs": sum(track["durationMs"] for track in tracks),
        "tracks": tracks,
    }


async def _tracks(hub: Hub, kind: ShareKind, item_id: str) -> Sequence[TrackSummary]:
    if kind != "playlist":
        return [track_summary(row) for row in await hub.index.look_up(_TRACKS[kind], (item_id,))]
    ids = [id_ for (id_,) in await hub.user.look_up(_ENTRIES, (item_id,))]
    tracks = await tracks_by_id(hub, ids)
    return [tracks[id_] for id_ in ids]


async def _beyond(hub: Hub, kind: ShareKind, item_id: str, listed: int) -> int:
    """How many tracks there are beyond those that are listed."""
    if listed < MOST_SHARED_TRACKS:
        return 0
    [(count,)] = await _look_up(hub, kind, _COUNTS[kind], item_id)
    return max(0, count - listed)


def _shared_track(track: TrackSummary) -> SharedTrack:
    return {
        "id": track["id"],
        "title": track["title"],
        "artist": track["artist"],
        "durationMs": track["durationMs"],
        "url": STREAM_TRACK.path.format(id=track["id"]),
        "coverUrl": GET_COVER.path.format(id=track["id"]) if track["hasCover"] else None,
    }


async def _any(hub: Hub, kind: ShareKind, sql: str, *parameters: str) -> bool:
    return bool(list(await _look_up(hub, kind, sql, *parameters)))


async def _look_up(hub: Hub, kind: ShareKind, sql: str, *parameters: str) -> Iterable[tuple[Any, ...]]:
    """Playlists are in `hub.db`, everything else is in the index."""
    database = hub.user if kind == "playlist" else hub.index
    return await database.look_up(sql, cast("Sequence[Any]", parameters))
