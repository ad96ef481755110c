"""Compare a track's period with the one before it, day by day and service by service.

Each day is paired with the day as far back as the period is long, and a pair counts only for services with data on
both: so a missing day is neither zero nor a fall. Days before the release are a true zero. SQL says the same for all
tracks at once (backends/local/analytics.py), and a test holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backends.days import day_number
from contract.errors import ContractDrift
from contract.musicengine.analytics import DailyStreams

__all__ = ["Comparison", "Rows", "all_streams", "compare", "is_fair", "release_day", "rows_by_day"]

Rows = Mapping[int, DailyStreams]
"""A track's daily rows by their day's number."""

_Service = Literal["spotify_streams", "apple_streams"]
_SERVICES: tuple[_Service, ...] = ("spotify_streams", "apple_streams")

_FIRST_DAY = day_number("1900-01-01")
"""As in requests: days before any that there is can be counted, too."""


@dataclass(frozen=True)
class Comparison:
    """A period and the one before it, over the days that could be paired.

    Attributes:
        days_released: Days of the period on which the track was out: a release of yesterday can't have more.
    """

    streams: int
    previous: int
    days_compared: int
    days_released: int

    @property
    def is_fair(self) -> bool:
        """Whether enough days could be paired for the comparison not to mislead."""
        return is_fair(self.days_compared, self.days_released)


def is_fair(days_compared: int, days_released: float) -> bool:
    """Whether at least half of the days on which a track was out could be paired; fewer would mislead."""
    return days_compared * 2 >= days_released


def rows_by_day(history: Sequence[DailyStreams]) -> dict[int, DailyStreams]:
    """The rows by their day's number.

    Raises:
        ContractDrift: A row's date is no day of the calendar; answers are checked for its form alone.
    """
    rows: dict[int, DailyStreams] = {}
    for place, row in enumerate(history):
        day = _calendar_day(row["date"])
        if day is None or day < _FIRST_DAY:
            field = f"data.historical_data.{place}.date"
            raise ContractDrift(
                f"The service's answer is not as the contract says: {field} must be a day since 1900.", field=field
            )
        rows[day] = row
    return rows


def release_day(date: str | None) -> int | None:
    """The day's number, or None where it is not known or no day of the calendar."""
    return None if date is None else _calendar_day(date)


def compare(rows: Rows, start: int, days: int, release: int | None) -> Comparison:
    """Compare the days from `start` on with as many before them."""
    period = range(start, start + days)
    pairs = [_pair(rows.get(day), rows.get(day - days), _before(day - days, release)) for day in period]
    compared = [pair for pair in pairs if pair is not None]
    return Comparison(
        streams=sum(now for now, _ in compared),
        previous=sum(then for _, then in compared),
        days_compared=len(compared),
        days_released=max(1, sum(not _before(day, release) for day in period)),
    )


def all_streams(row: DailyStreams) -> int:
    """Streams of a day on all services."""
    return sum(row[service] or 0 for service in _SERVICES)


def _pair(row: DailyStreams | None, earlier: DailyStreams | None, unreleased: bool) -> tuple[int, int] | None:
    """Streams of both days over the services with data on both; None if there is none."""
    if row is None:
        return None
    services = [(row[service], _count(earlier, service, 0 if unreleased else None)) for service in _SERVICES]
    both = [(now, then) for now, then in services if now is not None and then is not None]
    return (sum(now for now, _ in both), sum(then for _, then in both)) if both else None


def _count(row: DailyStreams | None, service: _Service, otherwise: int | None) -> int | None:
    count = None if row is None else row[service]
    return otherwise if count is None else count


def _before(day: int, release: int | None) -> bool:
    return release is not None and day < release


def _calendar_day(date: str) -> int | None:
    try:
        return day_number(date)
    except ValueError:
        return None
