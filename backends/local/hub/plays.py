"""Plays: counted as tracks are listened to, and listed."""

import json
from typing import Any

import aiosqlite

from backends.handlers import Handlers
from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.cursors import cursor_of, position_in
from backends.local.hub.moments import timestamp
from backends.local.hub.session import Session
from backends.local.hub.summaries import tracks_by_id
from contract.hub.playback import LIST_PLAYS, ListPlays, Play, PlayPage

__all__ = ["HANDLERS", "count_play", "lengthen_play"]

HANDLERS = Handlers[Hub]()

_ADD = "INSERT INTO plays (track_id, played_at, listened_ms, context, device) VALUES (?, ?, ?, ?, ?)"

_COUNT = """
    INSERT INTO track_plays (track_id, play_count, last_played_at) VALUES (?, 1, ?)
    ON CONFLICT (track_id) DO UPDATE SET
        play_count = play_count + 1, last_played_at = max(last_played_at, excluded.last_played_at)
"""

_LENGTHEN = "UPDATE plays SET listened_ms = ? WHERE id = ?"

_PAGE = """
    SELECT id, track_id, played_at, listened_ms, context, device FROM plays
    WHERE id < :before ORDER BY id DESC LIMIT :limit
"""

_PAGE_OF_TRACK = _PAGE.replace("WHERE", "WHERE track_id = :track AND")

_NEWEST = 2**62


async def count_play(connection: aiosqlite.Connection, track_id: str, moment: int, session: Session) -> int:
    """Count the session's track as played at the moment; return the play's id."""
    context, device = (json.dumps(each) if each else None for each in (session.context, session.device))
    cursor = await connection.execute(_ADD, (track_id, moment, session.listened_ms, context, device))
    await connection.execute(_COUNT, (track_id, moment))
    await note_change(connection, ChangeKind.PLAYS, track_id)
    if cursor.lastrowid is None:
        raise RuntimeError("a row that was inserted has an id")
    return cursor.lastrowid


async def lengthen_play(connection: aiosqlite.Connection, play_id: int, session: Session) -> None:
    """Say that a play which counts already goes on."""
    await connection.execute(_LENGTHEN, (session.listened_ms, play_id))


@HANDLERS.handles(LIST_PLAYS)
async def list_plays(hub: Hub, request: ListPlays) -> PlayPage:
    """Newest first, in the order in which they came to count."""
    about = {"list": "plays", "trackId": request.trackId}
    [before] = [_NEWEST] if request.cursor is None else position_in(request.cursor, about, [int], nullable=False)
    sql = _PAGE if request.trackId is None else _PAGE_OF_TRACK
    parameters: dict[str, Any] = {"before": before, "limit": request.limit + 1}
    if request.trackId is not None:
        parameters["track"] = request.trackId
    rows = list(await hub.user.look_up(sql, parameters))
    page = rows[: request.limit]
    tracks = await tracks_by_id(hub, (track_id for _, track_id, *_ in page))
    plays: list[Play] = [
        {
            "track": tracks[track_id],
            "playedAt": timestamp(played_at),
            "listenedMs": listened_ms,
            "context": None if context is None else json.loads(context),
            "device": None if device is None else json.loads(device),
        }
        for _, track_id, played_at, listened_ms, context, device in page
    ]
    return PlayPage.model_construct(
        plays=plays, nextCursor=cursor_of(about, (page[-1][0],)) if len(rows) > len(page) else None
    )
