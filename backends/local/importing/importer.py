"""Import one file: all of it in one transaction, or nothing."""

import gc
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backends.local.database import Database
from backends.local.importing.amounts import Numbers, decimal_mark
from backends.local.importing.detection import detect
from backends.local.importing.format import Format, Header, Job, RejectedRow, RowTaker
from backends.local.importing.options import MEANINGS, Options
from backends.local.importing.outcome import Counts, Outcome
from backends.local.importing.rejects import Rejects
from backends.local.importing.source import ends_within_a_line, truncated
from backends.local.importing.table import DELIMITERS, Table, cells_of, open_table
from contract.errors import InvalidRequest

__all__ = ["Progress", "import_file", "recognise"]

Progress = Callable[[int], None]
"""Is told how many bytes of the file have been read; it is called from another thread."""

_ROWS_IN_SAMPLE = 1000


def recognise(path: Path) -> Format:
    """Return the format of a file.

    Raises:
        InvalidRequest: It can't be read, is not text, or is of no format we take.
    """
    with open_table(path) as table:
        return table.format


async def import_file(
    database: Database,
    workspace_id: int,
    path: Path,
    options: Options,
    *,
    progress: Progress = lambda _: None,
    dry_run: bool = False,
) -> Outcome:
    """Import a file into a workspace; with `dry_run`, find out what that would do, and change nothing.

    Raises:
        InvalidRequest: The file can't be taken, or an option that it needs is missing or wrong. Nothing was changed.
        StorageError: The database can't be written. Nothing was changed.
    """
    rejects = Rejects(path)

    def work(connection: sqlite3.Connection) -> Outcome:
        return _import(_Work(connection, workspace_id, path, options, progress, rejects))

    try:
        outcome = await database.write_in_thread(work, commit=not dry_run)
        # No await from here on: what is committed is also reported, even if the caller was cancelled meanwhile.
        return outcome if dry_run else replace(outcome, rejects=rejects.save(), rejects_problem=rejects.problem)
    finally:
        rejects.close()


@dataclass(frozen=True)
class _Work:
    connection: sqlite3.Connection
    workspace_id: int
    path: Path
    options: Options
    progress: Progress
    rejects: Rejects


def _import(work: _Work) -> Outcome:
    numbers = _numbers(work.path)
    with open_table(work.path, work.progress) as table:
        _require(table.format, work.options)
        counts = Counts()
        work.rejects.begin(table.header.names, table.delimiter)
        job = Job(work.connection, work.workspace_id, table.header, work.options, numbers, counts)
        taker = table.format.taker(job)
        with _without_garbage_collection():
            _Rows(table, taker, counts, work.rejects).take_all()
            taker.finish()
    if not counts.read:
        raise InvalidRequest(
            "There are no rows below the header.", field="file", next_step="Check the file, or download it again."
        )
    if ends_within_a_line(work.path):
        job.notes.append("the last line has no line end: if the download broke off, its last figure may be cut")
    rejects = work.rejects
    reasons = tuple(rejects.reasons.most_common())
    return Outcome(table.format.name, counts, None, None, tuple(rejects.first_reasons), reasons, tuple(job.notes))


@contextmanager
def _without_garbage_collection() -> Generator[None, None, None]:
    """Rows make no cycles, and looking for some among millions of them takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _numbers(path: Path) -> Numbers:
    """How the file writes numbers: a format in amounts of money is asked by its first rows."""
    with open_table(path) as table:
        columns = table.header.find_all(*table.format.amounts)
        rows = next(table.blocks()).rows[:_ROWS_IN_SAMPLE] if columns else ()
        cells = (row[column] for row in rows for column in columns if column < len(row))
        return Numbers(decimal_mark(cells, table.delimiter))


def _require(found: Format, options: Options) -> None:
    for group in found.needs:
        if not options.given() & set(group):
            raise InvalidRequest(
                f"It is a file of '{found.name}', which does not say {MEANINGS[group[0]]}.",
                field=group[0],
                next_step=f"Give {' or '.join(f'--{name}' for name in group)}.",
            )


@dataclass
class _Rows:
    """Gives a table's rows to the taker, and keeps the ones that it rejects."""

    table: Table
    taker: RowTaker
    counts: Counts
    rejects: Rejects

    def take_all(self) -> None:
        width = len(self.table.header.names)
        row, line = [""] * width, 0
        for block in self.table.blocks():
            self.counts.read += len(block.rows)
            at_once = self.table.format.at_once
            for start in range(0, len(block.rows), at_once):
                span = slice(start, start + at_once)
                self._take(block.rows[span], block.lines[span])
            if block.rows:
                row, line = block.rows[-1], block.lines[len(block.rows) - 1]
        if any(row) and len(row) < width:
            raise truncated(line)

    def _take(self, rows: list[list[str]], lines: Sequence[int]) -> None:
        """Take rows; if one of them is rejected, halve them until it is alone."""
        try:
            _check_width(rows, len(self.table.header.names))
            self.taker.take(rows)
        except RejectedRow as error:
            if len(rows) == 1:
                self._reject(rows[0], lines[0], str(error))
                return
            half = len(rows) // 2
            self._take(rows[:half], lines[:half])
            self._take(rows[half:], lines[half:])

    def _reject(self, row: list[str], line: int, reason: str) -> None:
        if not any(row) or row == list(self.table.header.names):
            self.counts.read -= 1  # a blank line, or files that were joined with their headers
            return
        _refuse_other_header(row, line)
        self.counts.rejected += 1
        self.rejects.add(line, reason, row)


def _check_width(rows: list[list[str]], width: int) -> None:
    if {*map(len, rows)} <= {width}:
        return
    if any(len(row) < width for row in rows):
        raise RejectedRow("the row has fewer columns than the header")
    if any(any(row[width:]) for row in rows):
        raise RejectedRow("the row has more columns than the header")


def _refuse_other_header(row: list[str], line: int) -> None:
    # Names of columns begin with no digit, and nearly all rows have a cell that does: this is what keeps it cheap.
    if any(cell[:1].isdigit() for cell in row):
        return
    # What stands below may be separated by something else, and is one cell then.
    splits = [row] if len(row) > 1 else [cells_of(row[0], mark) for mark in DELIMITERS]
    if any(detect(Header(names)) for names in splits):
        raise InvalidRequest(
            f"Line {line:,} is the header of another table.",
            field="file",
            next_step="Split the file into two there, and import both; nothing of it was imported.",
        )
