"""The catalogue in SQLite: pages of tracks, one track, a search, and the overview."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from backends.days import day_number
from backends.handlers import Handlers
from backends.local.figures import other_figures
from backends.local.scope import Scope
from backends.search import Sought
from contract.errors import TrackNotFound
from contract.musicengine.catalogue import (
    FIND_TRACKS,
    GET_OVERVIEW,
    GET_TRACK,
    LIST_TRACKS,
    FindTracks,
    GetOverview,
    GetTrack,
    ListTracks,
    Overview,
    Page,
    Pagination,
    Track,
    TrackAnswer,
    TrackPage,
    TrackSummary,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Scope]()

Read = Callable[[str, dict[str, Any]], Awaitable[Iterable[tuple[Any, ...]]]]

_NEAR = 1_000
"""Up to this offset a page is found within a millisecond."""

_SUMMARY = tuple(TrackSummary.__annotations__)
_TRACK = tuple(Track.__annotations__)

_COLUMNS = ", ".join(_SUMMARY)

_LIST = f"""
    SELECT (SELECT tracks FROM workspaces WHERE id = :workspace), {_COLUMNS} FROM tracks
    WHERE workspace_id = :workspace ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset
"""

_COUNT = "SELECT tracks FROM workspaces WHERE id = :workspace"

_MATCHES = """
    SELECT id FROM tracks
    WHERE workspace_id = :workspace
      AND (isrc = :isrc
        OR spotify_track_url GLOB '*/track/' || :spotify_id -- its letters' case matters, as LIKE's does not
        OR (:words <> '[]' AND NOT EXISTS (
            SELECT 1 FROM json_each(:words) word WHERE instr(search_text, word.value) = 0
        )))
"""

_FIND = f"""
    WITH matches AS ({_MATCHES})
    SELECT (SELECT count(*) FROM matches), {_COLUMNS} FROM tracks
    WHERE id IN matches ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset
"""

_COUNT_FOUND = f"SELECT count(*) FROM ({_MATCHES})"

_GET = f"SELECT {', '.join(_TRACK)} FROM tracks WHERE workspace_id = ? AND isrc = ?"

# A value rather than a joined row: so both lists come out of their index in order, and stop after ten.
_DAY = "coalesce(:day, (SELECT max(day) FROM workspace_days WHERE workspace_id = :workspace))"

_OVERVIEW = f"""
    SELECT 'stats', tracks, days_tracked,
           EXISTS (SELECT 1 FROM workspace_days WHERE workspace_id = :workspace AND day = {_DAY}), NULL
    FROM workspaces WHERE id = :workspace
    UNION ALL
    SELECT * FROM (
        SELECT 'track', t.isrc, t.title, t.artist, top.streams
        FROM top_tracks top CROSS JOIN tracks t ON t.id = top.track_id
        WHERE top.workspace_id = :workspace AND top.day = {_DAY} AND top.streams > 0
        ORDER BY top.streams DESC, t.isrc LIMIT 10
    )
    UNION ALL
    SELECT * FROM (
        SELECT 'artist', NULL, NULL, artist, streams FROM artist_days
        WHERE workspace_id = :workspace AND day = {_DAY} AND streams > 0
        ORDER BY streams DESC, artist LIMIT 10
    )
"""


@HANDLERS.handles(LIST_TRACKS)
async def list_tracks(scope: Scope, request: ListTracks) -> TrackPage:
    """Newest first; tracks of one moment in the order opposite to their import, so that pages never overlap."""
    parameters = {"workspace": scope.workspace_id, "limit": request.limit, "offset": request.offset}
    # Rows that are skipped are read all the same.
    read = scope.database.look_up if request.offset <= _NEAR else scope.database.read
    return await _page(request, read, _LIST, _COUNT, parameters)


@HANDLERS.handles(FIND_TRACKS)
async def find_tracks(scope: Scope, request: FindTracks) -> TrackPage:
    """Tracks that hold every word, or have the ISRC, or the Spotify link."""
    sought = Sought.of(request.query)
    parameters = {
        "workspace": scope.workspace_id,
        "isrc": sought.isrc,
        "spotify_id": sought.spotify_id,
        "words": json.dumps(sought.words),
        "limit": request.limit,
        "offset": request.offset,
    }
    return await _page(request, scope.database.read, _FIND, _COUNT_FOUND, parameters)


@HANDLERS.handles(GET_TRACK)
async def get_track(scope: Scope, request: GetTrack) -> TrackAnswer:
    """One track, with what else is stored about it under `metadata`."""
    rows = list(await scope.database.look_up(_GET, (scope.workspace_id, request.isrc)))
    if not rows:
        raise TrackNotFound(field="isrc")
    record: dict[str, Any] = dict(zip(_TRACK, rows[0], strict=True))
    record["full_tracking"] = bool(record["full_tracking"])
    record["metadata"] = {**json.loads(record["metadata"]), **await other_figures(scope, cast("Track", record))}
    return TrackAnswer.model_construct(data=cast("Track", record))


@HANDLERS.handles(GET_OVERVIEW)
async def get_overview(scope: Scope, request: GetOverview) -> Overview:
    """Stats and top performers of a day, read from rollups in one statement."""
    day = None if request.date is None else day_number(request.date)
    (_, tracks, days_tracked, has_data, _), *best = await scope.database.look_up(
        _OVERVIEW, {"workspace": scope.workspace_id, "day": day}
    )
    return Overview.model_construct(
        success=True,
        data={
            "stats": {
                "total_inner_catalogue_tracks": tracks,
                "has_stream_data": bool(has_data),
                "days_tracked": days_tracked,
            },
            "best_tracks": [
                {"isrc": isrc, "title": title, "artist": artist, "streams": streams}
                for kind, isrc, title, artist, streams in best
                if kind == "track"
            ],
            "best_artists": [
                {"artist": artist, "streams": streams} for kind, _, _, artist, streams in best if kind == "artist"
            ],
        },
    )


async def _page(request: Page, read: Read, rows_sql: str, count_sql: str, parameters: dict[str, Any]) -> TrackPage:
    """Each row holds the total, then a summary; only an empty page needs a second statement for its total."""
    found = list(await read(rows_sql, parameters))
    [(total, *_)] = found[:1] or await read(count_sql, parameters)
    data = [_summary(row) for row in found]
    pagination: Pagination = {
        "total": total,
        "limit": request.limit,
        "offset": request.offset,
        "has_more": request.offset + len(data) < total,
    }
    # Rows of our own database need no validation; the tests validate them all.
    return TrackPage.model_construct(data=data, pagination=pagination)


def _summary(row: tuple[Any, ...]) -> TrackSummary:
    """A list row as it is published; the members stand in the order of TrackSummary, as do the columns."""
    (_, track_id, isrc, title, artist, album, release_date, cover_url, spotify_track_url, tracking, created_at) = row
    return {
        "track_id": track_id,
        "isrc": isrc,
        "title": title,
        "artist": artist,
        "album": album,
        "release_date": release_date,
        "cover_url": cover_url,
        "spotify_track_url": spotify_track_url,
        "full_tracking": bool(tracking),
        "created_at": created_at,
    }
