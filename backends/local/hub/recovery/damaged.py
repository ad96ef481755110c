"""Rows of a damaged database file: those that are what was written, those that are not, those that can't be read."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from backends.local.checksums import CheckedTable, checked_tables, prepare, row_checksum
from backends.local.hub.recovery.leaves import Record, records_of
from backends.local.hub.recovery.pages import transplant_schema
from backends.local.hub.recovery.windows import Gap, KeyType, Row, read_windows
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.layout import Layout

__all__ = ["DamagedFile", "DamagedTable", "Key", "open_damaged", "schema_of", "tables_of"]

Key = tuple[Any, ...]
"""Of a row: its rowid, or the columns of its primary key; text as bytes."""

_SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL"

_MOST_PLAUSIBLE_GROWTH = 2
"""Times the highest number that is known to be right."""

_CONTROLS = bytes({*range(32), 127} - set(b"\t\n"))


@dataclass
class DamagedTable:
    """What could be read of a table.

    Attributes:
        rows: Columns by key, as they were written; text as bytes.
        wrong: Keys of rows that could be read, and are not what was written.
        gaps: Where no row could be read.
        known: The keys of all rows that there were; None if these can't be read, either.
        unsure: How many of the rows have lost their checksum.
    """

    rows: dict[Key, Row] = field(default_factory=dict[Key, Row])
    wrong: set[Key] = field(default_factory=set[Key])
    gaps: list[Gap] = field(default_factory=list[Gap])
    known: set[Key] | None = None
    unsure: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every row was read as it was written."""
        return not self.wrong and not self.gaps and (self.known is None or self.known <= self.rows.keys())


def tables_of(connection: sqlite3.Connection, layout: Layout = USER_LAYOUT) -> dict[str, CheckedTable]:
    """The tables of a whole database, by name."""
    return {table.name: table for table in checked_tables(connection, layout)}


def open_damaged(path: Path, donors: Sequence[Path], expected: Mapping[str, str]) -> "DamagedFile | None":
    """Open a copy of a damaged file, which this may change; None if nothing of it can be read.

    Args:
        path: Of the copy, with its write-ahead log beside it.
        donors: Whole files that may have the same schema, best first.
        expected: The schema's statements by the names of tables and indexes.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    connection = _opened(path, expected)
    if connection is not None:
        return DamagedFile(path, connection)
    damaged = path.read_bytes()
    for write_ahead in (True, False):
        for donor in donors:
            path.write_bytes(damaged)
            if transplant_schema(donor, path, write_ahead=write_ahead):
                connection = _opened(path, expected)
                if connection is not None:
                    return DamagedFile(path, connection)
    return None


class DamagedFile:
    """A damaged file that could be opened."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._looks: dict[str, str] = {}
        """Statements that look for a row's checksum, by table."""

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def read(self, table: CheckedTable, same: Mapping[Key, Row], now: int) -> DamagedTable:
        """Read what can be read of a table.

        Args:
            table: As it should be.
            same: Rows of a backup: one that says the same is right, whatever became of its checksum.
            now: The present moment, which no other moment lies behind.
        """
        found = DamagedTable(known=self._known_keys(table))
        columns = ", ".join(f'"{column}"' for column in (table.key[0], *table.columns)).replace('"rowid"', "rowid")
        key = "rowid" if table.key == ("rowid",) else f'"{table.key[0]}"'
        select = f'SELECT {columns} FROM "{table.name}" NOT INDEXED'
        read = read_windows(self._connection, select, key, _type_of(table))
        found.gaps = read.gaps
        unsure: dict[Key, Row] = {}
        for lies_at, *values in read.rows:
            row = tuple(values)
            row_key = _key_of(table, lies_at, row)
            is_right = same.get(row_key) == row or self._is_intact(table, row_key, row)
            (found.rows if is_right else unsure)[row_key] = row
        if unsure or not found.is_whole:
            self._search_pages(table, found, unsure)
        _judge(found, table, unsure, now)
        return found

    def _search_pages(self, table: CheckedTable, found: DamagedTable, unsure: dict[Key, Row]) -> None:
        """Look through the file itself for checksums, and for rows, that nothing leads to any more."""
        has_rowid = table.key == ("rowid",)
        for key in [key for key, row in unsure.items() if _entry_of(table, key, row) in self._records]:
            found.rows[key] = unsure.pop(key)
        for rowid, stored in self._records:
            if len(stored) != len(table.columns) or (rowid is None) is has_rowid:
                continue
            row = _in_order(table, rowid, stored)
            key = _key_of(table, rowid, row)
            if key in found.rows or (found.known is not None and key not in found.known):
                continue
            with suppress(ValueError):  # a value that no row can have
                if _entry_of(table, key, row) in self._records or self._is_intact(table, key, row):
                    found.rows[key] = row
                    unsure.pop(key, None)

    @cached_property
    def _records(self) -> dict[Record, None]:
        return dict.fromkeys(records_of(self._path))

    def _is_intact(self, table: CheckedTable, key: Key, row: Row) -> bool:
        sql = self._looks.get(table.name)
        if sql is None:
            sql = self._looks[table.name] = table.has_entry
        try:
            found = self._connection.execute(sql, (*key, row_checksum(*row))).fetchone()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError):
            return False
        return found is not None

    def _known_keys(self, table: CheckedTable) -> set[Key] | None:
        try:
            return set(self._connection.execute(table.known_keys))
        except (sqlite3.Error, UnicodeDecodeError):
            return None


def _entry_of(table: CheckedTable, key: Key, row: Row) -> Record:
    """The record of the row's checksum, as the index has it."""
    if table.rowid is not None:
        return None, (*key, row_checksum(*row), *key)
    if table.key == ("rowid",):
        return None, (row_checksum(*row), *key)
    return None, (*key, row_checksum(*row))


def _in_order(table: CheckedTable, rowid: int | None, stored: Row) -> Row:
    """The columns as a statement gives them: a key without rowid is stored first, a rowid not at all, 1.0 as 1."""
    order = table.columns
    if rowid is None:
        order = (*table.key, *(column for column in table.columns if column not in table.key))
    values = dict(zip(order, stored, strict=True))
    if table.rowid is not None:
        values[table.rowid] = rowid
    for column in table.reals:
        if isinstance(values[column], int):
            values[column] = float(values[column])
    return tuple(values[column] for column in table.columns)


def _judge(found: DamagedTable, table: CheckedTable, unsure: Mapping[Key, Row], now: int) -> None:
    """A row whose checksum is another one is wrong. One that has none, since that was lost, is if it looks strange."""
    bounds = [_bounds(column, number, found.rows, now) for number, column in enumerate(table.columns)]
    for key, row in unsure.items():
        has_another = found.known is not None and key in found.known
        if has_another or not all(
            _is_plausible(value, column in table.texts, bound)
            for value, column, bound in zip(row, table.columns, bounds, strict=True)
        ):
            found.wrong.add(key)
        else:
            found.rows[key] = row
            found.unsure += 1


def _bounds(column: str, number: int, rows: Mapping[Key, Row], now: int) -> int:
    """The highest plausible number of a column."""
    highest = max((row[number] for row in rows.values() if isinstance(row[number], int)), default=2**31)
    return now if column.endswith("_at") else max(_MOST_PLAUSIBLE_GROWTH * highest, 1000)


def _is_plausible(value: Any, is_text: bool, most: int) -> bool:
    if isinstance(value, bytes) and is_text:
        try:
            value.decode()
        except UnicodeDecodeError:
            return False
        return not value.translate(None, delete=bytes(set(range(256)) - set(_CONTROLS)))
    return not isinstance(value, int) or 0 <= value <= most


def _key_of(table: CheckedTable, lies_at: Any, values: Sequence[Any]) -> Key:
    if table.key == ("rowid",):
        return (lies_at,)
    return tuple(values[table.columns.index(column)] for column in table.key)


def _type_of(table: CheckedTable) -> KeyType:
    if table.key == ("rowid",):
        return "number"
    return "text" if table.key[0] in table.texts else "bytes"


def _opened(path: Path, expected: Mapping[str, str]) -> sqlite3.Connection | None:
    connection = sqlite3.connect(path, isolation_level=None)
    with suppress(sqlite3.Error, UnicodeDecodeError):  # SQLite's own message may hold what is damaged
        prepare(connection)
        connection.text_factory = bytes  # damaged text need not be text
        if dict(connection.execute(_SCHEMA)) == {name.encode(): sql.encode() for name, sql in expected.items()}:
            with suppress(sqlite3.Error):  # what is in the log is the newest there is
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return connection
    with closing(connection):
        return None


def schema_of(connection: sqlite3.Connection) -> dict[str, str]:
    """The statements of a whole database's schema, by the names of tables and indexes."""
    return dict(connection.execute(_SCHEMA))
