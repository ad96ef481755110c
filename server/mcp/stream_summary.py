"""Work out what daily rows say of a period: totals, average, change against the period before, missing days.

Agents get these wrong by hand: they add up missing days as zeros, and take rows for days.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contract.musicengine.analytics import DailyStreams
from contract.musicengine.tools import Comparison, StreamTotals

__all__ = ["StreamSummary", "summarise"]

_DAY = dt.timedelta(days=1)

_Service = Literal["spotify_streams", "apple_streams"]
_SERVICES: tuple[_Service, ...] = ("spotify_streams", "apple_streams")

_Rows = Mapping[dt.date, DailyStreams]


@dataclass(frozen=True)
class StreamSummary:
    """The period's figures, by the names of StreamsResult, and its daily rows, newest first."""

    figures: Mapping[str, Any]
    daily: list[DailyStreams]


def summarise(history: Sequence[DailyStreams], days: int, *, released: str | None) -> StreamSummary:
    """Summarise the `days` calendar days that end on the newest row's day.

    Args:
        history: Daily rows, newest first; they should reach back over twice the days.
        days: Length of the period.
        released: The release date, if it is known: what lies before it is a true zero, and not missing.
    """
    rows = {dt.date.fromisoformat(row["date"]): row for row in history}
    if not rows:
        return StreamSummary(_nothing(), [])
    end = max(rows)
    period = [end - _DAY * back for back in range(days)]
    daily = [rows[day] for day in period if day in rows]
    release = dt.date.fromisoformat(released) if released else None
    totals = _totals(daily)
    figures = {
        "start": period[-1].isoformat(),
        "end": end.isoformat(),
        "totals": totals,
        "daily_average": round(totals["all"] / len(daily), 1),
        "best_day": max(daily, key=lambda row: (_all(row), row["date"])),
        "missing_days": _spans(day for day in period if day not in rows and not _before(day, release)),
        "comparison": _comparison(rows, period, release),
    }
    return StreamSummary(figures, daily)


def _nothing() -> dict[str, Any]:
    return {
        "start": None,
        "end": None,
        "totals": {"spotify": None, "apple": None, "all": 0},
        "daily_average": None,
        "best_day": None,
        "missing_days": [],
        "comparison": None,
    }


def _totals(daily: Sequence[DailyStreams]) -> StreamTotals:
    spotify = [row["spotify_streams"] for row in daily if row["spotify_streams"] is not None]
    apple = [row["apple_streams"] for row in daily if row["apple_streams"] is not None]
    return {
        "spotify": sum(spotify) if spotify else None,
        "apple": sum(apple) if apple else None,
        "all": sum(spotify) + sum(apple),
    }


def _comparison(rows: _Rows, period: Sequence[dt.date], release: dt.date | None) -> Comparison | None:
    """Pair each day with its counterpart; None if fewer than half of the days since the release have one.

    The same rule as that of the tracks that moved, so that both give one answer for one track.
    """
    shift = _DAY * len(period)
    pairs = [_pair(rows.get(day), rows.get(day - shift), _before(day - shift, release)) for day in period]
    compared = [pair for pair in pairs if pair is not None]
    if len(compared) * 2 < max(1, sum(not _before(day, release) for day in period)):
        return None
    streams = sum(now for now, _ in compared)
    before = sum(before for _, before in compared)
    return {
        "previous_start": (period[-1] - shift).isoformat(),
        "previous_end": (period[0] - shift).isoformat(),
        "days_compared": len(compared),
        "streams": streams,
        "previous_streams": before,
        "change": streams - before,
        "change_percent": round(100 * (streams - before) / before, 1) if before else None,
    }


def _pair(row: DailyStreams | None, earlier: DailyStreams | None, unreleased: bool) -> tuple[int, int] | None:
    """Streams of both days over the services with data on both; None if there is none."""
    if row is None:
        return None
    services = [(_count(row, service), _count(earlier, service, 0 if unreleased else None)) for service in _SERVICES]
    both = [(now, then) for now, then in services if now is not None and then is not None]
    return (sum(now for now, _ in both), sum(then for _, then in both)) if both else None


def _count(row: DailyStreams | None, service: _Service, otherwise: int | None = None) -> int | None:
    count = None if row is None else row[service]
    return otherwise if count is None else count


def _before(day: dt.date, release: dt.date | None) -> bool:
    return release is not None and day < release


def _all(row: DailyStreams) -> int:
    return (row["spotify_streams"] or 0) + (row["apple_streams"] or 0)


def _spans(days: Iterable[dt.date]) -> list[str]:
    """Days as `2026-03-08`, runs of them as the ISO 8601 interval `2026-03-06/2026-03-08`, oldest first."""
    spans: list[list[dt.date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][-1] == _DAY:
            spans[-1][-1:] = [day] if len(spans[-1]) > 1 else [spans[-1][0], day]
        else:
            spans.append([day])
    return ["/".join(day.isoformat() for day in span) for span in spans]
