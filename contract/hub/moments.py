"""Moments that callers send: a day, or a timestamp, as ISO 8601 writes them."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from contract.patterns import SINCE_1900

__all__ = ["Moment", "milliseconds"]

_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_FORM = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_TIME})?")
_FIRST_YEAR = 1900


def milliseconds(moment: str) -> int:
    """A moment as milliseconds since 1970; a day begins at midnight, and both are UTC unless they say otherwise.

    Raises:
        ValueError: It is neither a day nor a timestamp.
    """
    form = "must be a day or a timestamp since 1900, such as 2026-03-08 or 2026-03-08T09:30:00Z"
    try:
        parsed = dt.datetime.fromisoformat(moment) if _FORM.fullmatch(moment) else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.year < _FIRST_YEAR:
        raise ValueError(form)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
    return (aware - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


def _checked(moment: str) -> str:
    milliseconds(moment)
    return moment


Moment = Annotated[
    str,
    AfterValidator(_checked),
    # A day alone is the form to prefer, so it is the one that is published.
    WithJsonSchema({"type": "string", "format": "date", "pattern": SINCE_1900}),
]
