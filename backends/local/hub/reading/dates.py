"""Dates of releases as tags have them, to the year, the month or the day."""

import re

__all__ = ["partial_date"]

_BIG_ENDIAN = re.compile(r"\s*([0-9]{4})(?:[-/.]?([0-9]{2})(?![0-9]{3})(?:[-/.]?([0-9]{2}))?)?(?![0-9])")
_LOOSE = re.compile(r"\s*([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?(?![0-9])")
_YEAR_LAST = re.compile(r".{0,40}[^0-9]([0-9]{4})\s*", re.DOTALL)
_EARLIEST = 1000


def partial_date(text: str) -> str | None:
    """Return YYYY, YYYY-MM or YYYY-MM-DD, as far as the text says it, or None if it says no year.

    20200304, 2020-03-04T10:00:00Z and 2020/3/4 are taken as people mean them; of a date in another order, whose day
    and month only a guess could tell apart, the year is taken. Parts that can't be (month 13, day 00) are dropped.
    """
    match = _LOOSE.match(text) or _BIG_ENDIAN.match(text)
    if match is None:
        last = _YEAR_LAST.fullmatch(text)
        return last[1] if last and int(last[1]) >= _EARLIEST else None
    year, month, day = (int(part or 0) for part in match.groups())
    if year < _EARLIEST:
        return None
    if not 1 <= month <= 12:
        return f"{year}"
    if not 1 <= day <= _days(year, month):
        return f"{year}-{month:02d}"
    return f"{year}-{month:02d}-{day:02d}"


def _days(year: int, month: int) -> int:
    """Of a month; `calendar` would take longer to import than hundreds of files to read."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31
