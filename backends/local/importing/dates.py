"""Dates as files write them. A date that could be two days is one only where the format says which."""

import datetime as dt
import re
from enum import StrEnum
from functools import lru_cache

from backends.days import day_number

__all__ = ["DateOrder", "day", "iso_day", "past_period", "period"]

_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d| UTC)?)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?: [\d:]+)?", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})", re.ASCII)
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII)

_MONTHS_ALONE = (
    re.compile(r"(?P<year>\d{4})[-/.M ](?P<month>\d{1,2})", re.ASCII),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?,?[- ](?P<year>\d{4})", re.ASCII),
)
_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

_WRITTEN = dt.date(2026, 11, 21)
"""A clock that is behind the day this was written is wrong, and must not have good figures rejected."""

# Music was not streamed before.
_YEARS = range(2000, 2100)


class DateOrder(StrEnum):
    """How a format writes a date of numbers whose year comes last."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    NEITHER = "neither"


@lru_cache(maxsize=16384)
def day(text: str, order: DateOrder = DateOrder.NEITHER) -> int:
    """Return the day number of a date of streams or sales.

    Raises:
        ValueError: It is no date, could be two different ones, is not of this century, or lies in the future.
    """
    date = _date(text.strip(), order)
    if date.year not in _YEARS:
        raise ValueError("must be a day of this century")
    if date > _tomorrow():
        raise ValueError("lies in the future")
    return day_number(date.isoformat())


@lru_cache(maxsize=4096)
def iso_day(text: str) -> str:
    """Return YYYY-MM-DD of a date of any century.

    Raises:
        ValueError: It is no date, or could be two different ones.
    """
    return _date(text.strip(), DateOrder.NEITHER).isoformat()


def past_period(text: str, order: DateOrder) -> str:
    """Return what `period` does, of a month that has begun.

    Raises:
        ValueError: It is no period, or lies in the future.
    """
    found = period(text, order)
    if found[:7] > _tomorrow().isoformat()[:7]:
        raise ValueError("lies in the future")
    return found


@lru_cache(maxsize=4096)
def period(text: str, order: DateOrder) -> str:
    """Return YYYY-MM of a month, or YYYY-MM-DD of a date.

    Raises:
        ValueError: It is neither, could be two, or is not of this century.
    """
    bare = text.strip()
    for pattern in _MONTHS_ALONE:
        if match := pattern.fullmatch(bare):
            parts = match.groupdict()
            number = _month_number(parts["name"]) if "name" in parts else int(parts["month"])
            date = _calendar_day(int(parts["year"]), number, 1)
            found = date.isoformat()[:7]
            break
    else:
        date = _date(bare, order)
        found = date.isoformat()
    if date.year not in _YEARS:
        raise ValueError("must be a month of this century")
    return found


def _date(text: str, order: DateOrder) -> dt.date:
    if match := _YEAR_FIRST.fullmatch(text):
        return _calendar_day(int(match[1]), int(match[3]), int(match[4]))
    if match := _DAY_NAMED.fullmatch(text):
        return _calendar_day(int(match[3]), _month_number(match[2]), int(match[1]))
    if match := _MONTH_NAMED.fullmatch(text):
        return _calendar_day(int(match[3]), _month_number(match[1]), int(match[2]))
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        raise ValueError("must be a date as YYYY-MM-DD")
    if order is DateOrder.NEITHER:
        raise ValueError("must be a date as YYYY-MM-DD: day and month can't be told apart here")
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
    month, day_of_month = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
    return _calendar_day(year, month, day_of_month)


def _calendar_day(year: int, month: int, day_of_month: int) -> dt.date:
    try:
        return dt.date(year, month, day_of_month)
    except ValueError:
        raise ValueError("is no day of the calendar") from None


def _tomorrow() -> dt.date:
    """The last day that isn't the future: it has begun somewhere.

    A typing error must not become a workspace's latest day for good.
    """
    return max(dt.datetime.now(dt.UTC).date(), _WRITTEN) + dt.timedelta(days=1)


def _month_number(name: str) -> int:
    for number, full in enumerate(_MONTH_NAMES, start=1):
        if full.startswith(name.lower()):
            return number
    raise ValueError("must name a month in English")
