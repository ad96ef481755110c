"""The pages of a database file that say what tables it has, taken from another file.

A database whose first page is overwritten, or whose schema is, can't be opened at all, though all its rows may be
there. Every `hub.db` was made by the same statements in the same order, so its tables begin on the same pages as those
of a new one, or at least of its own backup: SQLite's backup copies a database page by page. The format is documented
in https://www.sqlite.org/fileformat2.html
"""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["transplant_schema"]

_HEADER = 100
"""Bytes of the first page before its b-tree begins."""

_INTERIOR, _LEAF = 0x05, 0x0D

_MOST_PAGES = 1000
"""Of a schema: what is longer is damaged."""


def transplant_schema(donor: Path, patient: Path, *, write_ahead: bool) -> bool:
    """Overwrite the pages of the schema with those of another file that is whole; say whether that could be done."""
    content, pages = patient.read_bytes(), donor.read_bytes()
    size = int.from_bytes(pages[16:18])
    size = 65_536 if size == 1 else size
    if len(pages) < size or len(content) < 2 * size:
        return False
    new = bytearray(content[: len(content) // size * size])
    for number in _schema_pages(pages, size):
        if number * size > len(new):
            return False
        new[(number - 1) * size : number * size] = pages[(number - 1) * size : number * size]
    new[18:20] = b"\2\2" if write_ahead else b"\1\1"
    new[28:32] = (len(new) // size).to_bytes(4)
    new[32:40] = bytes(8)  # no page is free: what is on those that are is not looked at
    new[92:96] = new[24:28]  # the number of pages is right
    patient.write_bytes(new)
    return True


def _schema_pages(content: bytes, size: int) -> Iterator[int]:
    """The numbers of the pages of the b-tree that begins on the first page."""
    waiting, seen = [1], 0
    while waiting and seen < _MOST_PAGES:
        seen += 1
        number = waiting.pop()
        page = content[(number - 1) * size : number * size]
        begin = _HEADER if number == 1 else 0
        if len(page) < size or page[begin] not in {_INTERIOR, _LEAF}:
            continue
        yield number
        if page[begin] == _INTERIOR:
            cells = int.from_bytes(page[begin + 3 : begin + 5])
            places = (begin + 12 + 2 * cell for cell in range(cells))
            starts = (int.from_bytes(page[place : place + 2]) for place in places)
            waiting += [int.from_bytes(page[start : start + 4]) for start in starts]
            waiting.append(int.from_bytes(page[begin + 8 : begin + 12]))
