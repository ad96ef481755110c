"""Work out what daily rows say of a period: totals, average, change against the period before, missing days.

Agents get these wrong by hand: they add up missing days as zeros, and take rows for days.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.comparison import Rows, all_streams, compare, release_day, rows_by_day
from backends.days import day_text
from contract.musicengine.analytics import DailyStreams
from contract.musicengine.tools import Comparison, StreamTotals

__all__ = ["StreamSummary", "summarise"]


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
    rows = rows_by_day(history)
    if not rows:
        return StreamSummary(_nothing(), [])
    end = max(rows)
    start = end - days + 1
    period = range(start, end + 1)
    daily = [rows[day] for day in reversed(period) if day in rows]
    release = release_day(released)
    totals = _totals(daily)
    figures = {
        "start": day_text(start),
        "end": day_text(end),
        "totals": totals,
        "daily_average": round(totals["all"] / len(daily), 1),
        "best_day": max(daily, key=lambda row: (all_streams(row), row["date"])),
        "missing_days": _spans(day for day in period if day not in rows and (release is None or day >= release)),
        "comparison": _comparison(rows, start, days, release),
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


def _comparison(rows: Rows, start: int, days: int, release: int | None) -> Comparison | None:
    """The period against the one before it; None if too few days can be paired."""
    compared = compare(rows, start, days, release)
    if not compared.is_fair:
        return None
    change = compared.streams - compared.previous
    return {
        "previous_start": day_text(start - days),
        "previous_end": day_text(start - 1),
        "days_compared": compared.days_compared,
        "streams": compared.streams,
        "previous_streams": compared.previous,
        "change": change,
        "change_percent": round(100 * change / compared.previous, 1) if compared.previous else None,
    }


def _spans(days: Iterable[int]) -> list[str]:
    """Days as `2026-03-08`, runs of them as the ISO 8601 interval `2026-03-06/2026-03-08`, oldest first."""
    spans: list[list[int]] = []
    for day in sorted(days):
        if spans and day - spans[-1][-1] == 1:
            spans[-1][-1:] = [day] if len(spans[-1]) > 1 else [spans[-1][0], day]
        else:
            spans.append([day])
    return ["/".join(day_text(day) for day in span) for span in spans]
