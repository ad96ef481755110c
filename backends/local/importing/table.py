"""A file as a stream of rows: its delimiter, its header, the line it is at, and where it breaks off."""

import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import BinaryIO

from backends.local.importing.detection import detect, unknown_format
from backends.local.importing.format import Format, Header
from backends.local.importing.source import reading, text_encoding, truncated
from contract.errors import InvalidRequest

__all__ = ["DELIMITERS", "Block", "Table", "cells_of", "open_table"]

DELIMITERS = (",", ";", "\t", "|")

_BUFFER = 1 << 18
_ROWS_IN_BLOCK = 4096

# Stands after the last line. A quote that is still open swallows it, which is how that shows; a text file has no NUL.
_END = "\0"


@dataclass(frozen=True)
class Block:
    """Rows that follow each other, and the line on which each begins."""

    rows: list[list[str]]
    lines: Sequence[int]


class Table:
    """The rows of an open file.

    Attributes:
        format: What kind of file it is.
        header: Its columns.
        delimiter: What separates them.
    """

    def __init__(self, file: BinaryIO, lines: Iterator[str], progress: Callable[[int], None]) -> None:
        self._file = file
        self._progress = progress
        self._lines_before = 0
        first = next(lines, "")
        while first and (not first.strip() or first.lower().startswith("sep=")):  # a spreadsheet's hint to itself
            self._lines_before += 1
            first = next(lines, "")
        self.format, self.delimiter = _recognise(first)
        self._reader = csv.reader(chain([first], lines, [_END]), delimiter=self.delimiter)
        self.header = Header(next(self._reader))

    def blocks(self) -> Generator[Block, None, None]:
        """The rows below the header, some thousand at a time, without empty lines.

        Raises:
            InvalidRequest: The file ends inside a quoted cell.
        """
        complete = False
        while not complete:
            before = self._line()
            rows = self._next_rows()
            if not rows:
                raise truncated(self._line() - 1)
            lines = _first_lines(rows, before, self._line())
            complete = rows[-1] == [_END]
            if complete:
                rows.pop()
            yield _without_empty(rows, lines)
            self._progress(self._file.tell())

    def _line(self) -> int:
        return self._lines_before + self._reader.line_num

    def _next_rows(self) -> list[list[str]]:
        try:
            with reading():
                return list(islice(self._reader, _ROWS_IN_BLOCK))
        except csv.Error:
            raise self._open_quote() from None

    def _open_quote(self) -> InvalidRequest:
        return InvalidRequest(
            f"Around line {self._line():,} a quote is opened and never closed.",
            field="file",
            next_step="Download the file again; nothing of it was imported.",
        )


@contextmanager
def open_table(path: Path, progress: Callable[[int], None] = lambda _: None) -> Generator[Table, None, None]:
    """Open a file of any format we take. `progress` is told the bytes read so far, now and then.

    Raises:
        InvalidRequest: It can't be read, is not text, or is of no format we take.
    """
    encoding = text_encoding(path)
    with reading():
        file = path.open("rb", buffering=_BUFFER)
    with io.TextIOWrapper(file, encoding=encoding, newline="") as lines:
        yield Table(file, lines, progress)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    return next(csv.reader([line], delimiter=delimiter))


def _first_lines(rows: list[list[str]], before: int, after: int) -> Sequence[int]:
    """The lines on which rows begin that take the lines between these two; a quoted cell may hold several lines."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    heights = (1 + sum(cell.count("\n") for cell in row) for row in rows)
    return list(accumulate(heights, initial=before + 1))


def _without_empty(rows: list[list[str]], lines: Sequence[int]) -> Block:
    if [] not in rows:
        return Block(rows, lines)
    kept = [(row, line) for row, line in zip(rows, lines, strict=False) if row]
    return Block([row for row, _ in kept], [line for _, line in kept])


def _recognise(line: str) -> tuple[Format, str]:
    for delimiter in DELIMITERS:
        found = detect(Header(cells_of(line, delimiter)))
        if found is not None:
            return found, delimiter
    raise unknown_format(Header(cells_of(line, delimiter)) for delimiter in DELIMITERS)
