"""Read what can be read of a damaged table, window by window of its key.

Rows are read upwards from the lowest key until one can't be, then downwards from the highest. Between the two lies what
is damaged, and perhaps more that is not. Windows there begin at keys further and further from both ends: where one can
be read, what is around it is, and what is left is divided in the same way.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Gap", "KeyType", "Row", "Salvaged", "read_windows"]

Row = tuple[Any, ...]

KeyType = Literal["number", "text", "bytes"]
"""Text comes as its bytes, too, since what is damaged need not be text."""

_STEP = 1.3
"""How many times further from the end each window begins than the one before."""

_TEXT_BYTES = 24
"""Of a key, where windows of text begin."""

_DEEPEST = 40
"""Times that what is left is divided."""

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Gap:
    """Keys between two others, of which no row could be read; None where no row is known beyond."""

    above: Any
    below: Any

    def holds(self, key: Any) -> bool:
        """Whether the key lies there."""
        return (self.above is None or key > self.above) and (self.below is None or key < self.below)


@dataclass
class Salvaged:
    """Rows by the first column of their keys, and where none could be read."""

    rows: list[Row] = field(default_factory=list[Row])
    gaps: list[Gap] = field(default_factory=list[Gap])


def read_windows(connection: sqlite3.Connection, select: str, key: str, type_: KeyType) -> Salvaged:
    """Read a table in windows of the column by which its rows lie in the file.

    Args:
        connection: Of a file that may be damaged.
        select: A statement without WHERE, whose first column is that key.
        key: The column.
        type_: What it holds.
    """
    reader = _Reader(connection, select, key, type_)
    found = Salvaged()
    _read(reader, found, None, None, 0)
    found.rows.sort(key=lambda row: row[0])
    found.gaps.sort(key=lambda gap: (gap.above is not None, gap.above))
    return found


def _read(reader: "_Reader", found: Salvaged, above: Any, below: Any, depth: int) -> None:
    """Read what lies between two keys, neither of which is wanted."""
    upwards, whole = reader.read(above, below, descending=False)
    found.rows += upwards
    if whole:
        return
    above = upwards[-1][0] if upwards else above
    downwards, _ = reader.read(above, below, descending=True)
    found.rows += downwards
    below = downwards[-1][0] if downwards else below
    for start in reader.starts(above, below):
        rows, _ = reader.read(start, below, descending=False)
        if rows and depth < _DEEPEST:
            # Somewhere between: both sides of what was read there are looked at in the same way.
            found.rows += rows
            _read(reader, found, above, rows[0][0], depth + 1)
            _read(reader, found, rows[-1][0], below, depth + 1)
            return
    found.gaps.append(Gap(above, below))


class _Reader:
    def __init__(self, connection: sqlite3.Connection, select: str, key: str, type_: KeyType) -> None:
        self._connection = connection
        self._select = select
        self._key = key
        self._is_number = type_ == "number"
        self._place = "CAST(? AS TEXT)" if type_ == "text" else "?"

    def read(self, above: Any, below: Any, *, descending: bool) -> tuple[list[Row], bool]:
        """Rows until one can't be read, and whether there was none such."""
        bounds = [(f"{self._key} > {self._place}", above), (f"{self._key} < {self._place}", below)]
        given = [(sql, bound) for sql, bound in bounds if bound is not None]
        where = f" WHERE {' AND '.join(sql for sql, _ in given)}" if given else ""
        order = f" ORDER BY {self._key}{' DESC' if descending else ''}"
        rows: list[Row] = []
        try:
            for row in self._connection.execute(self._select + where + order, [bound for _, bound in given]):
                if not self._goes_on(row[0], rows, above, below, descending=descending):
                    return rows, False
                rows.append(row)
        except (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError, MemoryError):
            return rows, False
        return rows, True

    def starts(self, above: Any, below: Any) -> Iterable[Any]:
        """Keys between these two, near to both ends and further and further from them."""
        low, high = self._number(above, _LOWEST), self._number(below, _HIGHEST)
        if not self._is_number:
            low, high = max(low, 0), high if below is not None else 256**_TEXT_BYTES - 1
        distances = set(_distances(high - low))
        numbers = sorted({low + distance for distance in distances} | {high - distance for distance in distances})
        return [self._of_number(number) for number in numbers if low < number < high]

    def _goes_on(self, key: Any, rows: Sequence[Row], above: Any, below: Any, *, descending: bool) -> bool:
        """Whether the key is one that can come now: damaged pages may lead anywhere."""
        if not isinstance(key, int if self._is_number else bytes):
            return False
        before = rows[-1][0] if rows else None
        if before is not None and (key >= before if descending else key <= before):
            return before == key  # of a key with more columns
        return (above is None or key > above) and (below is None or key < below)

    def _number(self, key: Any, otherwise: int) -> int:
        if key is None:
            return otherwise
        return key if self._is_number else int.from_bytes(key[:_TEXT_BYTES].ljust(_TEXT_BYTES, b"\0"))

    def _of_number(self, number: int) -> Any:
        return number if self._is_number else number.to_bytes(_TEXT_BYTES).rstrip(b"\0")


def _distances(most: int) -> Iterator[int]:
    distance = 1
    while distance < most:
        yield distance
        distance = max(distance + 1, int(distance * _STEP))
