"""One playlist with a page of its entries, as reads answer it and refused changes bring it along."""

from typing import Any

from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.summaries import PLAYLIST_COLUMNS, playlist_summary, tracks_by_id
from contract.hub.errors import PlaylistNotFound
from contract.hub.playlists import Playlist, PlaylistEntry

__all__ = ["no_playlist", "read_playlist"]

# One statement, so that the length, the duration and the entries are of the same moment. What tracks last is known
# in hub.db itself, since their ids name the audio.
_READ = f"""
    WITH playlist AS MATERIALIZED (
        SELECT {PLAYLIST_COLUMNS}, p.deleted_at, (
            SELECT coalesce(sum(k.duration_ms), 0)
            FROM playlist_entries e JOIN known_tracks k USING (track_id) WHERE e.playlist_id = p.id
        )
        FROM playlists p WHERE p.id = :id
    )
    SELECT playlist.*, e.id, e.position, e.added_at, e.track_id
    FROM playlist LEFT JOIN (
        SELECT id, position, added_at, track_id FROM playlist_entries
        WHERE playlist_id = :id AND position >= :offset ORDER BY position LIMIT :limit
    ) e ORDER BY e.position
"""


async def read_playlist(hub: Hub, id_: str, *, limit: int, offset: int = 0) -> Playlist:
    """The playlist, and its entries from the offset on.

    Raises:
        PlaylistNotFound: There is none, or it was deleted.
    """
    rows = list(await hub.user.look_up(_READ, {"id": id_, "limit": limit, "offset": offset}))
    if not rows:
        raise PlaylistNotFound
    *head, deleted_at, duration_ms = rows[0][:-4]
    if deleted_at is not None:
        raise no_playlist(deleted_at)
    summary = playlist_summary(head)
    entries = await _entries(hub, [row[-4:] for row in rows if row[-4] is not None])
    end = offset + len(entries)
    return Playlist.model_construct(
        playlist=summary,
        durationMs=duration_ms,
        entries=entries,
        nextOffset=end if entries and end < summary["trackCount"] else None,
    )


def no_playlist(deleted_at: int | None) -> PlaylistNotFound:
    """The error about a playlist that is not there, which says when it was deleted if it was."""
    return PlaylistNotFound(None if deleted_at is None else f"That playlist was deleted at {timestamp(deleted_at)}.")


async def _entries(hub: Hub, rows: list[tuple[Any, ...]]) -> list[PlaylistEntry]:
    tracks = await tracks_by_id(hub, (track_id for *_, track_id in rows))
    return [
        {"id": id_, "position": position, "addedAt": timestamp(added_at), "track": tracks[track_id]}
        for id_, position, added_at, track_id in rows
    ]
