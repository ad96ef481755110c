"""What the person says of a file because the file doesn't say it itself."""

import re
from dataclasses import dataclass, fields

from backends.local.importing.dates import day, iso_day
from backends.text import clean
from contract.errors import InvalidRequest
from contract.identifiers import normalise_isrc

__all__ = ["MEANINGS", "Options"]

MEANINGS = {
    "isrc": "which track it is of",
    "title": "which track it is of",
    "artist": "which artist it is of",
    "window": "which time its totals are over",
    "date": "which day it is of",
    "chart": "which chart it is",
}
"""What each option says of a file."""

_LONGEST = 200
_WINDOW = re.compile(r"(?:last )?(\d{1,3}) ?(h|hours?|d|days?|w|weeks?|m|months?|y|years?)", re.ASCII)
_EVER = frozenset({"all", "all time", "alltime", "lifetime"})


@dataclass(frozen=True)
class Options:
    """Flags of one import; None for those that were not given.

    Attributes:
        isrc: The track that a file's streams are of.
        title: That track's title.
        artist: That track's artist, or the artist that an audience file is of.
        window: The time that totals are over: a number with h, d or m, or "all".
        date: The day of a chart, YYYY-MM-DD.
        chart: The chart's name.
    """

    isrc: str | None = None
    title: str | None = None
    artist: str | None = None
    window: str | None = None
    date: str | None = None
    chart: str | None = None

    @classmethod
    def checked(cls, **given: str | None) -> "Options":
        """Options in their one form.

        Raises:
            InvalidRequest: One of them is not as it must be.
        """
        return cls(**{name: None if value is None else _checked(name, value) for name, value in given.items()})

    def given(self) -> frozenset[str]:
        """Names of the options that were given."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name) is not None)


def _checked(name: str, value: str) -> str:
    checks = {"isrc": normalise_isrc, "window": _window, "date": _past_day}
    try:
        return checks.get(name, _text)(value)
    except ValueError as error:
        raise InvalidRequest(f"--{name} {error}.", field=name) from None


def _text(value: str) -> str:
    text = clean(value)
    if not text or len(text) > _LONGEST:
        raise ValueError(f"must be 1 to {_LONGEST} readable characters")
    return text


def _past_day(value: str) -> str:
    written = iso_day(value)
    day(written)
    return written


def _window(value: str) -> str:
    """Return 7d for "last 7 days", 28d for "4 weeks", 12m for "1 year"."""
    plain = " ".join(value.lower().replace("-", " ").replace("_", " ").split())
    if plain in _EVER:
        return "all"
    match = _WINDOW.fullmatch(plain)
    if match is None or int(match[1]) == 0:
        raise ValueError("must be the time that the totals are over, such as 7d, 28d, 12m or all")
    number, unit = int(match[1]), match[2][0]
    if unit == "w":
        return f"{7 * number}d"
    return f"{12 * number}m" if unit == "y" else f"{number}{unit}"
