"""Days as the database stores them (whole days since 1970-01-01) and as the wire shows them; and moments, in UTC."""

import datetime as dt
from functools import lru_cache

__all__ = ["day_number", "day_text", "later", "now"]

_EPOCH = dt.date(1970, 1, 1).toordinal()


@lru_cache(maxsize=16384)
def day_text(number: int) -> str:
    """YYYY-MM-DD of a day number."""
    return dt.date.fromordinal(number + _EPOCH).isoformat()


@lru_cache(maxsize=16384)
def day_number(text: str) -> int:
    """Day number of a YYYY-MM-DD.

    Raises:
        ValueError: It is not such a date.
    """
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


def now() -> str:
    """This moment in UTC, as stored: 2026-03-08T10:00:00.000Z."""
    return _timestamp(dt.datetime.now(dt.UTC))


def later(moment: str, seconds: float) -> str:
    """The moment so many seconds later, or earlier if they are negative."""
    return _timestamp(dt.datetime.fromisoformat(moment) + dt.timedelta(seconds=seconds))


def _timestamp(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
