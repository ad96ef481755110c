"""Cells of a row by what they hold, with the reason for which a row is rejected."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from backends.local.importing.format import RejectedRow
from backends.text import clean

__all__ = ["LONGEST_TEXT", "parsed", "text_of"]

ValueT = TypeVar("ValueT")

LONGEST_TEXT = 1000


def parsed(column: str, parse: Callable[[str], ValueT], cell: str) -> ValueT:
    """Return what the parser makes of the cell.

    Raises:
        RejectedRow: The parser raised ValueError; the reason is the column and the error's text.
    """
    try:
        return parse(cell)
    except ValueError as error:
        raise RejectedRow(f"{column} {error}") from None


@lru_cache(maxsize=65536)
def text_of(column: str, cell: str) -> str:
    """Return a cell's text, clean. Cells of a column are often the same: a store, a country, an artist.

    Raises:
        RejectedRow: It is too long.
    """
    text = clean(cell)
    if len(text) > LONGEST_TEXT:
        raise RejectedRow(f"{column} is longer than {LONGEST_TEXT:,} characters")
    return text
