"""Daily streams in SQLite: a track's history, what moved, and how far the data reach."""

from backends.coverage import RECENT, fuller_day
from backends.data_entry import BY_IMPORT
from backends.days import day_number, day_text
from backends.handlers import Handlers
from backends.local.scope import Scope
from backends.movers import ComparedTrack, no_movers, nothing_there, rank_movers
from contract.errors import TrackNotFound
from contract.musicengine.analytics import (
    GET_COVERAGE,
    GET_MOVERS,
    GET_STREAMS,
    Coverage,
    GetCoverage,
    GetMovers,
    GetStreams,
    Movers,
    Streams,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Scope]()

# The left join tells a track without streams (one row of NULLs) from no track at all (no row).
_HISTORY = """
    SELECT d.day, d.spotify, d.apple
    FROM tracks t LEFT JOIN daily_streams d ON d.track_id = t.id
    WHERE t.workspace_id = ? AND t.isrc = ?
    ORDER BY d.day DESC LIMIT ?
"""

_COVERAGE = """
    SELECT (SELECT min(day) FROM workspace_days WHERE workspace_id = :workspace),
           (SELECT max(day) FROM workspace_days WHERE workspace_id = :workspace),
           (SELECT max(day) FROM workspace_days WHERE workspace_id = :workspace AND spotify_tracks > 0),
           (SELECT max(day) FROM workspace_days WHERE workspace_id = :workspace AND apple_tracks > 0),
           days_tracked
    FROM workspaces WHERE id = :workspace
"""

_RECENT_DAYS = """
    SELECT day, max(spotify_tracks, apple_tracks) FROM workspace_days
    WHERE workspace_id = ? AND day BETWEEN ? AND ? ORDER BY day DESC
"""

_DAYS_WITH_DATA = "SELECT day FROM workspace_days WHERE workspace_id = ? AND day BETWEEN ? AND ?"

# Each day is paired with the day that stands as far into the previous period, and a pair counts only if both
# have data: so a missing day is neither zero nor a fall. Days before the release are a true zero; where the release
# date is not known, or the stored history begins later, they are missing like any other.
_MOVEMENTS = """
    WITH pairs AS (
        SELECT t.id, d.day, d.spotify, d.apple, p.spotify AS spotify_before, p.apple AS apple_before,
               d.day - :days < julianday(t.release_date) - 2440587.5 AS unreleased_before
        FROM tracks t
        JOIN daily_streams d ON d.track_id = t.id AND d.day BETWEEN :start - :days AND :end
        LEFT JOIN daily_streams p ON p.track_id = t.id AND p.day = d.day - :days AND d.day >= :start
        WHERE t.workspace_id = :workspace
    ), compared AS (
        SELECT id,
               coalesce(sum(spotify) FILTER (WHERE spotify_pair), 0)
                 + coalesce(sum(apple) FILTER (WHERE apple_pair), 0) AS streams,
               coalesce(sum(spotify_before) FILTER (WHERE spotify_pair), 0)
                 + coalesce(sum(apple_before) FILTER (WHERE apple_pair), 0) AS previous,
               count(*) FILTER (WHERE spotify_pair OR apple_pair) AS days_compared,
               coalesce(sum(spotify), 0) + coalesce(sum(apple), 0) AS all_streams
        FROM (
            SELECT *, day >= :start AND spotify IS NOT NULL
                        AND (spotify_before IS NOT NULL OR unreleased_before) AS spotify_pair,
                      day >= :start AND apple IS NOT NULL
                        AND (apple_before IS NOT NULL OR unreleased_before) AS apple_pair
            FROM pairs
        )
        GROUP BY id
    )
    SELECT t.isrc, t.title, t.artist, c.streams, c.previous, c.days_compared,
           min(:days, max(1, coalesce(:end - (julianday(t.release_date) - 2440587.5) + 1, :days))) AS days_released
    FROM compared c JOIN tracks t ON t.id = c.id
    WHERE c.all_streams >= :min_streams
    ORDER BY c.all_streams DESC, t.isrc
"""


@HANDLERS.handles(GET_STREAMS)
async def get_streams(scope: Scope, request: GetStreams) -> Streams:
    """The latest daily rows of a track, newest first."""
    rows = list(await scope.database.look_up(_HISTORY, (scope.workspace_id, request.isrc, request.days)))
    if not rows:
        raise TrackNotFound(field="isrc")
    return Streams.model_construct(
        data={
            "isrc": request.isrc,
            "historical_data": [
                {"date": day_text(day), "spotify_streams": spotify, "apple_streams": apple}
                for day, spotify, apple in rows
                if day is not None
            ],
        }
    )


@HANDLERS.handles(GET_COVERAGE)
async def get_coverage(scope: Scope, request: GetCoverage) -> Coverage:
    """The days that bound what is stored, and whether a day is covered as well as those before it."""
    parameters = {"workspace": scope.workspace_id}
    [(first, latest, spotify, apple, tracked)] = await scope.database.look_up(_COVERAGE, parameters)
    day = latest if request.date is None else day_number(request.date)
    recent = await _recent_days(scope, day)
    fuller = None if day is None else fuller_day(day, recent)
    return Coverage(
        first_day=_text(first),
        latest_day=_text(latest),
        spotify_latest_day=_text(spotify),
        apple_latest_day=_text(apple),
        days_tracked=tracked,
        tracks_with_data=0 if day is None else recent.get(day, 0),
        fuller_day=_text(fuller),
        fuller_day_tracks=None if fuller is None else recent[fuller],
    )


async def _recent_days(scope: Scope, day: int | None) -> dict[int, int]:
    """How many tracks have data on the day and on those before it, the latest first."""
    if day is None:
        return {}
    rows = await scope.database.look_up(_RECENT_DAYS, (scope.workspace_id, day - RECENT, day))
    return {other: count for other, count in rows}  # noqa: C416  (rows are pairs, which dict() can't know)


@HANDLERS.handles(GET_MOVERS)
async def get_movers(scope: Scope, request: GetMovers) -> Movers:
    """Tracks by their change between the period and the one before it."""
    latest = (await get_coverage(scope, GetCoverage())).latest_day
    end = day_number(request.end or latest) if request.end or latest else None
    if end is None:
        return no_movers(request, nothing_there(None, BY_IMPORT))
    start = end - request.days + 1
    parameters = {
        "workspace": scope.workspace_id,
        "start": start,
        "end": end,
        "days": request.days,
        "min_streams": request.min_streams,
    }
    tracks = [ComparedTrack(*row) for row in await scope.database.read(_MOVEMENTS, parameters)]
    with_data = {
        day for (day,) in await scope.database.read(_DAYS_WITH_DATA, (scope.workspace_id, start - request.days, end))
    }
    return rank_movers(request, end, tracks, with_data, None if tracks else nothing_there(latest, BY_IMPORT))


def _text(day: int | None) -> str | None:
    return None if day is None else day_text(day)
