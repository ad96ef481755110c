"""Say how far a service's streams reach, which it does not publish, as far as it can be told from what it does."""

from collections.abc import Collection, Mapping
from typing import Literal

from backends.backend import Backend
from backends.comparison import Rows
from backends.coverage import RECENT, fuller_day
from backends.days import day_number, day_text
from backends.handlers import Handlers
from backends.remote.composed.reading import read_catalogue, read_histories, read_overview
from contract.musicengine.analytics import GET_COVERAGE, LONGEST_HISTORY, Coverage, GetCoverage

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Backend]()

_SMALL = 40
"""Up to so many tracks, all are read. An overview is what agents ask for most often, and it has to stay cheap."""

_Service = Literal["spotify_streams", "apple_streams"]


@HANDLERS.handles(GET_COVERAGE)
async def get_coverage(backend: Backend, request: GetCoverage) -> Coverage:
    """Exact for a small catalogue; for others the latest days, as the most streamed tracks tell them."""
    latest = await read_overview(backend, None)
    days_tracked = latest["stats"]["days_tracked"]
    if days_tracked == 0:
        return _coverage(request, {}, days_tracked, whole=True)
    catalogue = await read_catalogue(backend, _SMALL)
    if catalogue.is_whole:
        isrcs = [track["isrc"] for track in catalogue.tracks]
        return _coverage(request, await read_histories(backend, isrcs, LONGEST_HISTORY), days_tracked, whole=True)
    # All of these have streams on the latest day, so that their latest day is the label's.
    isrcs = [track["isrc"] for track in latest["best_tracks"]]
    return _coverage(request, await read_histories(backend, isrcs, RECENT), days_tracked, whole=False)


def _coverage(request: GetCoverage, histories: Mapping[str, Rows], days_tracked: int, *, whole: bool) -> Coverage:
    """What the rows say; `whole` if they are those of every track."""
    days = {day for rows in histories.values() for day in rows}
    latest = max(days, default=None)
    day = latest if request.date is None else day_number(request.date)
    counts = _tracks_with_data(histories.values(), day) if whole else None
    fuller = None if day is None or counts is None else fuller_day(day, counts)
    cut_off = any(len(rows) >= LONGEST_HISTORY for rows in histories.values())
    return Coverage(
        first_day=_text(min(days, default=None)) if whole and not cut_off else None,
        latest_day=_text(latest),
        spotify_latest_day=_text(_latest_of(histories.values(), "spotify_streams")),
        apple_latest_day=_text(_latest_of(histories.values(), "apple_streams")),
        days_tracked=days_tracked,
        tracks_with_data=None if counts is None else counts.get(day, 0) if day is not None else 0,
        fuller_day=_text(fuller),
        fuller_day_tracks=None if fuller is None or counts is None else counts[fuller],
    )


def _tracks_with_data(histories: Collection[Rows], day: int | None) -> dict[int, int] | None:
    """How many tracks have data on the day and on those before it, the latest first; None if that is out of reach."""
    if day is None:
        return {}
    if any(len(rows) >= LONGEST_HISTORY and min(rows) > day - RECENT for rows in histories):
        return None
    counts: dict[int, int] = {}
    for recent in range(day, day - RECENT - 1, -1):
        rows = [history[recent] for history in histories if recent in history]
        if rows:
            spotify = sum(row["spotify_streams"] is not None for row in rows)
            counts[recent] = max(spotify, sum(row["apple_streams"] is not None for row in rows))
    return counts


def _latest_of(histories: Collection[Rows], service: _Service) -> int | None:
    return max((day for rows in histories for day, row in rows.items() if row[service] is not None), default=None)


def _text(day: int | None) -> str | None:
    return None if day is None else day_text(day)
