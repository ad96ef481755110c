"""Numbers as files write them: thousands separators, decimal marks, and never a guess between the two."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from contract.errors import InvalidRequest

__all__ = ["DecimalMark", "Numbers", "decimal_mark"]

_LARGEST = 10**15
_NOT_REPORTED = frozenset({"", "-", "null", "none", "nan", "n/a"})

# Spaces and apostrophes only ever group thousands.
_GROUPING = " '\u2019\u00a0\u2009\u202f"


class DecimalMark(StrEnum):
    """What stands before the fraction."""

    POINT = "."
    COMMA = ","

    @property
    def other(self) -> "DecimalMark":
        """The one that groups thousands where this one is the decimal mark."""
        return DecimalMark.COMMA if self is DecimalMark.POINT else DecimalMark.POINT


def _shows(mark: str, other: str) -> re.Pattern[str]:
    """Numbers in which the mark can't be a thousands separator: three digits after it alone prove nothing."""
    forms = (
        rf"0?{mark}\d+",
        rf"\d+{mark}(?:\d{{1,2}}|\d{{4,}})",
        rf"\d{{4,}}{mark}\d+",
        rf"\d{{1,3}}(?:{other}\d{{3}})+{mark}\d+",
        rf"\d+{mark}\d+[eE][+-]?\d+",
    )
    return re.compile(rf"[+-]?(?:{'|'.join(forms)})", re.ASCII)


_SHOWS = {DecimalMark.POINT: _shows(r"\.", ","), DecimalMark.COMMA: _shows(",", r"\.")}


def decimal_mark(cells: Iterable[str], delimiter: str) -> DecimalMark:
    """Return the mark that the cells show; if none does, what usually goes with the delimiter.

    Raises:
        InvalidRequest: Some show one and some the other.
    """
    shown: set[DecimalMark] = set()
    for cell in cells:
        bare = cell.strip()
        shown |= {mark for mark, pattern in _SHOWS.items() if pattern.fullmatch(bare)}
    if len(shown) > 1:
        raise InvalidRequest(
            "Some amounts of the file have a decimal comma and some a decimal point.",
            field="file",
            next_step="Download it again, without opening it in a spreadsheet.",
        )
    return shown.pop() if shown else DecimalMark.COMMA if delimiter == ";" else DecimalMark.POINT


class Numbers:
    """Reads the numbers of one file."""

    def __init__(self, mark: DecimalMark) -> None:
        separators = f"[{re.escape(mark.other)}{_GROUPING}]"
        self._mark = mark
        self._separators = re.compile(separators)
        self._whole = re.compile(
            rf"([+-]?(?:\d+|\d{{1,3}}(?:{separators}\d{{3}})+))(?:{re.escape(mark)}0{{1,2}})?", re.ASCII
        )
        self._amount = re.compile(
            rf"([+-]?(?:\d+|\d{{1,3}}(?:{separators}\d{{3}})+)?)(?:{re.escape(mark)}(\d*))?([eE][+-]?\d{{1,2}})?",
            re.ASCII,
        )

    def whole(self, text: str) -> int | None:
        """Return a whole number, or None for a cell that reports nothing.

        Raises:
            ValueError: It is neither; or it is too large to be a count.
        """
        bare = text.strip()
        if bare.lower() in _NOT_REPORTED:
            return None
        match = self._whole.fullmatch(bare)
        number = int(self._separators.sub("", match[1])) if match and len(bare) <= 30 else None
        if number is None or abs(number) >= _LARGEST:
            raise ValueError("must be a whole number")
        return number

    def count(self, text: str) -> int | None:
        """Return a whole number that is not negative, or None for a cell that reports nothing.

        Raises:
            ValueError: It is neither.
        """
        # Nearly all cells are plain digits, and files have millions of them.
        if text.isdigit() and text.isascii() and len(text) <= 15:
            return int(text)
        number = self.whole(text)
        if number is not None and number < 0:
            raise ValueError("must not be negative")
        return number

    def amount(self, text: str) -> str:
        """Return an exact decimal as text, in one form: no exponent, no trailing zeros.

        Raises:
            ValueError: It is not a decimal number with the file's decimal mark.
        """
        match = self._amount.fullmatch(text.strip()) if len(text) <= 60 else None
        if match is None or not (match[1].strip("+-") or match[2]):
            raise ValueError(f"must be a decimal number with a decimal {'comma' if self._mark == ',' else 'point'}")
        whole = self._separators.sub("", match[1])
        try:
            exact = Decimal(f"{whole}.{match[2] or '0'}{match[3] or ''}")
        except InvalidOperation:
            raise ValueError("must be a decimal number") from None
        plain = format(exact, "f").rstrip("0").rstrip(".")
        return "0" if plain in {"", "-", "-0"} else plain
