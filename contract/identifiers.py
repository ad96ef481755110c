"""Identifiers and dates of the trade, as pydantic types that accept near misses and store one form.

Sources: ISO 3901:2019 (ISRC), GS1 General Specifications (GTIN-12 and GTIN-13, that is UPC and EAN), ISO 8601.
"""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from contract.isrc import SEPARATORS, normalise_isrc
from contract.patterns import SINCE_1900

__all__ = [
    "Day",
    "IsoDate",
    "Isrc",
    "Timestamp",
    "normalise_isrc",
    "normalise_upc",
    "spotify_track_id",
]

_DATE: dict[str, Any] = {"type": "string", "format": "date"}
_FIRST_YEAR = 1900
_SPOTIFY_TRACK = re.compile(
    r"(?:spotify:track:|(?:https?://)?open\.spotify\.com/(?:intl-[a-z]{2,5}/)?track/)([0-9A-Za-z]+)/?(?:[?#].*)?"
)


def normalise_upc(value: str) -> str:
    """Return a UPC-12 or EAN-13 as digits, with its check digit verified.

    An EAN-13 that begins with 0 names the same thing as the UPC-12 behind the 0, and becomes it. So do the 11 digits
    that a spreadsheet leaves of a UPC-12 which begins with 0: their check digit says that they are one.

    Raises:
        ValueError: Wrong length or check digit.
    """
    from stdnum import ean  # noqa: PLC0415  (only imports of files need it)

    digits = SEPARATORS.sub("", value)
    if digits.isascii() and digits.isdigit() and len(digits) == 11 and ean.is_valid(f"0{digits}"):
        return f"0{digits}"
    if not (digits.isascii() and digits.isdigit() and len(digits) in {12, 13}):
        raise ValueError("must be a UPC of 12 digits or an EAN of 13")
    if not ean.is_valid(digits):
        raise ValueError("has a wrong check digit: one of its digits is mistyped")
    return digits[1:] if len(digits) == 13 and digits.startswith("0") else digits


def spotify_track_id(value: str) -> str | None:
    """Return the track id in a Spotify URI or share link, or None if the text is neither."""
    match = _SPOTIFY_TRACK.fullmatch(value.strip())
    return match[1] if match else None


def _isrc_of_any(value: Any) -> Any:
    return normalise_isrc(value) if isinstance(value, str) else value


def _iso_date(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be a date as YYYY-MM-DD, such as 2026-03-08")
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day of the calendar as YYYY-MM-DD, such as 2026-03-08") from None
    if day.year < _FIRST_YEAR:  # so that days before it can be counted, too
        raise ValueError(f"must be a day since {_FIRST_YEAR} as YYYY-MM-DD, such as 2026-03-08")
    return value


Isrc = Annotated[
    str,
    BeforeValidator(_isrc_of_any),
    # The published pattern is as wide as what is accepted in practice: any case, with or without separators.
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2}[ -]?[A-Za-z0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{5}$"}),
]
Day = Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), WithJsonSchema(_DATE)]
"""A date in an answer: checked by its form alone, which is fast over thousands of rows."""

IsoDate = Annotated[str, AfterValidator(_iso_date), WithJsonSchema({**_DATE, "pattern": SINCE_1900})]
Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
