"""Rows out of the pages of a database file themselves, whatever leads to them, or no longer does.

Where a page in the middle of a b-tree is damaged, all rows below it are there, and no statement finds them. Here every
page is looked through for rows, and the checksums, which are kept elsewhere, say which of them were written. The format
is documented: https://www.sqlite.org/fileformat2.html
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["Record", "records_of"]

Record = tuple[int | None, tuple[Any, ...]]
"""The rowid, or None in a table without, and the columns in the order in which they are stored; text as bytes."""

_HEADER = 100
"""Bytes of the first page before its b-tree begins."""

_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 0x02, 0x05, 0x0A, 0x0D

_FLOATS, _NULL, _ZERO, _ONE = 7, 0, 8, 9

_WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of whole numbers, by what the record says of them."""

_MOST_DAMAGED = 50
"""Pages that are looked through byte by byte, each of which takes some milliseconds."""

_MOST_BYTES = 64 * 1024 * 1024
"""Of a record: what says that it is longer is damaged."""


def records_of(path: Path) -> Iterator[Record]:
    """All records of a closed database file, those that were deleted or are part of an index among them.

    Where a page itself is damaged, a record may begin at any of its bytes: then much is given that is none.
    """
    content = path.read_bytes()
    size = int.from_bytes(content[16:18])
    size = 65_536 if size == 1 else size
    if size >= 512:
        yield from _File(content, size).records()


class _File:
    def __init__(self, content: bytes, size: int) -> None:
        self._content = content
        self._size = size
        self._continued: set[int] = set()
        """Pages on which a record goes on that begins elsewhere."""

    def records(self) -> Iterator[Record]:
        damaged: list[int] = []
        for number in range(1, len(self._content) // self._size + 1):
            records = self._records_on(number)
            if records is None:
                damaged.append(number)
            else:
                yield from records
        damaged = [number for number in damaged if number not in self._continued]
        for number in damaged[:_MOST_DAMAGED]:
            page = self._page(number)
            for kind in (_TABLE_LEAF, _INDEX_LEAF):
                for at in range(_HEADER if number == 1 else 0, self._size):
                    with suppress(IndexError, ValueError):
                        yield self._record(page, kind, at)

    def _page(self, number: int) -> bytes:
        return self._content[(number - 1) * self._size : number * self._size]

    def _records_on(self, number: int) -> list[Record] | None:
        """The records on a page; None if it does not say where they are."""
        page = self._page(number)
        begin = _HEADER if number == 1 else 0
        kind = page[begin]
        if kind == _TABLE_INTERIOR:
            return []
        if kind not in {_INDEX_INTERIOR, _INDEX_LEAF, _TABLE_LEAF}:
            return None
        first = begin + (12 if kind == _INDEX_INTERIOR else 8)
        records: list[Record] = []
        for cell in range(int.from_bytes(page[begin + 3 : begin + 5])):
            at = int.from_bytes(page[first + 2 * cell : first + 2 * cell + 2])
            try:
                records.append(self._record(page, kind, at))
            except (IndexError, ValueError):
                return None
        return records

    def _record(self, page: bytes, kind: int, at: int) -> Record:
        if kind == _INDEX_INTERIOR:
            at += 4
        length, at = _varint(page, at)
        rowid = None
        if kind == _TABLE_LEAF:
            rowid, at = _varint(page, at)
            rowid = rowid - 2**64 if rowid >= 2**63 else rowid
        return rowid, _columns(self._payload(page, kind, at, length))

    def _payload(self, page: bytes, kind: int, at: int, length: int) -> bytes:
        """The bytes of a record, which go on elsewhere if they are many."""
        size = self._size
        if length > min(_MOST_BYTES, len(self._content)):
            raise ValueError
        most = size - 35 if kind == _TABLE_LEAF else (size - 12) * 64 // 255 - 23
        if length <= most:
            return page[at : at + length]
        least = (size - 12) * 32 // 255 - 23
        here = least + (length - least) % (size - 4)
        here = here if here <= most else least
        parts, left = [page[at : at + here]], length - here
        following = int.from_bytes(page[at + here : at + here + 4])
        continued: set[int] = set()
        while left > 0:
            part = self._page(following)
            if following < 1 or len(part) < size or following in continued:
                raise ValueError
            continued.add(following)
            parts.append(part[4 : 4 + min(left, size - 4)])
            left -= size - 4
            following = int.from_bytes(part[:4])
        self._continued |= continued
        return b"".join(parts)


def _columns(payload: bytes) -> tuple[Any, ...]:
    end, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Any] = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in {_NULL, _ZERO, _ONE}:
        return {_NULL: None, _ZERO: 0, _ONE: 1}[kind], at
    if kind == _FLOATS:
        return struct.unpack(">d", _taken(payload, at, 8))[0], at + 8
    if kind in _WIDTHS:
        return int.from_bytes(_taken(payload, at, _WIDTHS[kind]), signed=True), at + _WIDTHS[kind]
    if kind < 12:
        raise ValueError
    length = (kind - 12) // 2
    return _taken(payload, at, length), at + length


def _taken(payload: bytes, at: int, length: int) -> bytes:
    taken = payload[at : at + length]
    if len(taken) < length:
        raise ValueError
    return taken


def _varint(page: Sequence[int], at: int) -> tuple[int, int]:
    """A number of up to nine bytes, and where it ends."""
    number = 0
    for place in range(8):
        byte = page[at + place]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + place + 1
    return number << 8 | page[at + 8], at + 9
