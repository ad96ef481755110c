"""A checksum of each row, kept by SQLite itself, so that a changed byte anywhere in a row is found.

SQLite's own checks look at how pages hang together, not at what rows say: most overwritten bytes pass them. So each
table has one more index, over an expression: the checksum of all its columns. SQLite keeps it up with every change,
which no statement can forget, and `PRAGMA integrity_check` works every row's checksum out again and looks for it
there. Nor can a damaged row be changed any more: SQLite misses its entry, and says that the database is corrupt rather
than to write a new checksum of something wrong. And the index knows of rows whose pages are lost.

Every connection that writes must know the function, so `prepare` makes it known.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from marshal import dumps
from typing import Any
from zlib import crc32

from backends.local.layout import Layout

__all__ = ["CheckedTable", "PreparedConnection", "checked_tables", "keep_checksums", "prepare", "row_checksum"]

_FUNCTION = "row_checksum"

_TRUST = "PRAGMA trusted_schema = ON"
"""The schema calls a function of ours, which some builds of SQLite allow only then."""

_FORMAT = 2
"""Of `marshal`: in this one a value has one form, whatever else refers to it, and in every version of Python."""

_SUFFIX = "_checksums"

_TABLES = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'"
_COLUMNS = "SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid"
_INDEXES = f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE '%{_SUFFIX}'"


def row_checksum(*values: float | bytes | None) -> int:
    """The checksum of a row's columns; text comes as its bytes, so that damaged text is no error."""
    return crc32(dumps(values, _FORMAT))


def prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Make a connection able to write into tables with checksums, and to check them."""
    connection.execute(_TRUST)
    connection.create_function(_FUNCTION, -1, row_checksum, deterministic=True)
    return connection


class PreparedConnection(sqlite3.Connection):
    """One that is prepared from the first, for those who open connections elsewhere."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """As the connection's own."""
        super().__init__(*arguments, **more)
        prepare(self)


@dataclass(frozen=True)
class CheckedTable:
    """A table whose rows have checksums.

    Attributes:
        name: The table's.
        columns: All that are stored, in order.
        key: Those that tell its rows apart: the columns of the primary key, or `rowid`.
        index: The name of the index that holds the checksums.
        texts: Columns that hold text.
        reals: Columns that hold numbers with a fraction.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    index: str
    texts: frozenset[str]
    reals: frozenset[str]
    _leading: tuple[str, ...]

    @property
    def rowid(self) -> str | None:
        """The column that is another name of the rowid, if there is one."""
        return self._leading[0] if self.key == ("rowid",) and self._leading else None

    @property
    def sql(self) -> str:
        """What creates the index. Its entries lie in the order of the rows where that costs nothing."""
        parts = ", ".join((*map(_quoted, self._leading), self._checksum()))
        return f"CREATE INDEX {_quoted(self.index)} ON {_quoted(self.name)} ({parts})"

    def is_intact(self, alias: str) -> str:
        """An SQL expression: whether a row is what was written, by its checksum.

        A row that is not may be right all the same, if it is the checksum that was damaged.

        Args:
            alias: What the statement calls this table; it should name it `NOT INDEXED`.
        """
        same = " AND ".join(f"checked.{column} = {alias}.{column}" for column in map(_quoted, self.key))
        return (
            f"EXISTS (SELECT 1 FROM {_quoted(self.name)} AS checked INDEXED BY {_quoted(self.index)} "
            f"WHERE {same} AND {self._checksum('checked.')} = {self._checksum(f'{alias}.')})"
        )

    @property
    def known_keys(self) -> str:
        """A statement that lists the keys of all rows, out of the index alone: those, too, that the table has lost."""
        return f"SELECT {', '.join(map(_quoted, self.key))} FROM {_quoted(self.name)} INDEXED BY {_quoted(self.index)}"

    @property
    def has_entry(self) -> str:
        """A statement: whether the index knows a row of that key, and then of that checksum, by its parameters.

        Text of the key may be given as its bytes.
        """
        places = ("CAST(? AS TEXT)" if column in self.texts else "?" for column in self.key)
        same = " AND ".join(
            f"checked.{_quoted(column)} = {place}" for column, place in zip(self.key, places, strict=True)
        )
        return (
            f"SELECT 1 FROM {_quoted(self.name)} AS checked INDEXED BY {_quoted(self.index)} "
            f"WHERE {same} AND {self._checksum('checked.')} = ?"
        )

    def _checksum(self, prefix: str = "") -> str:
        return f"{_FUNCTION}({', '.join(self._value(column, prefix) for column in self.columns)})"

    def _value(self, column: str, prefix: str) -> str:
        if column in self.texts:
            return f"CAST({prefix}{_quoted(column)} AS BLOB)"
        if column in self.reals:
            return f"{prefix}{_quoted(column)} + 0.0"  # SQLite stores -0.0 as 0
        return f"{prefix}{_quoted(column)}"


def checked_tables(connection: sqlite3.Connection, layout: Layout) -> list[CheckedTable]:
    """The tables of a database with this layout whose rows have checksums, or are to have them."""
    if not layout.checksums:
        return []
    tables = connection.execute(_TABLES).fetchall()
    return [
        _checked(name, connection.execute(_COLUMNS, (name,)).fetchall(), has_rowid=not without_rowid)
        for name, without_rowid in sorted(tables)
        if name not in layout.held_elsewhere
    ]


def keep_checksums(connection: sqlite3.Connection, layout: Layout) -> None:
    """Give each table that lacks it the index that holds its checksums, once tables were created or changed."""
    present = dict[str, str](connection.execute(_INDEXES))
    for table in checked_tables(connection, layout):
        if present.get(table.index) != table.sql:
            connection.execute(f"DROP INDEX IF EXISTS {_quoted(table.index)}")
            connection.execute(table.sql)


def _checked(name: str, columns: Sequence[tuple[Any, ...]], *, has_rowid: bool) -> CheckedTable:
    primary = [column for column, _, _ in sorted((c for c in columns if c[2]), key=lambda c: c[2])]
    [first, *more] = [type_ for _, type_, place in columns if place] or [""]
    is_rowid = has_rowid and first == "INTEGER" and not more
    return CheckedTable(
        name=name,
        columns=tuple(column for column, _, _ in columns),
        key=("rowid",) if has_rowid else tuple(primary),
        index=f"{name}{_SUFFIX}",
        texts=frozenset(column for column, type_, _ in columns if type_ == "TEXT"),
        reals=frozenset(column for column, type_, _ in columns if type_ == "REAL"),
        _leading=tuple(primary) if is_rowid or not has_rowid else (),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
