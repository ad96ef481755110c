"""Databases whose files can be damaged at a chosen place, and what they say before and after."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

from backends.local.checksums import prepare
from backends.local.hub.health import check_index_database, check_user_database
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.layout import Layout
from backends.local.migrations import migrate

__all__ = ["CHECKS", "Marked", "change", "contents", "finds", "marked", "overwrite", "said_of"]

CHECKS = {USER_LAYOUT.name: check_user_database, INDEX_LAYOUT.name: check_index_database}

_SHADOWS = frozenset({"search", "search_data", "search_idx", "search_docsize", "search_config"})

Marked = dict[tuple[str, str], bytes]
"""By table and column: bytes of the value that are nowhere but in this column's values."""


def overwrite(path: Path, at: int, new: bytes) -> None:
    """Overwrite bytes of a file that nobody has open."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(new)


def said_of(path: Path) -> list[str]:
    """The kinds of what is wrong with the file."""
    return [problem.kind for problem in CHECKS[path.name](path)]


def change(path: Path, *statements: str) -> None:
    """Run statements on a database that nobody has open; its rows' checksums follow."""
    with closing(prepare(sqlite3.connect(path, isolation_level=None))) as connection:
        for statement in statements:
            connection.execute(statement)


def marked(path: Path, layout: Layout) -> Marked:
    """Make a database in whose tables each column that is no number of its row holds a value of its own."""
    migrate(path, layout)
    marks: Marked = {}
    with closing(prepare(sqlite3.connect(path, isolation_level=None))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in _tables(connection):
            columns = connection.execute(
                "SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden = 0", (table,)
            ).fetchall()
            keys = [(name, type_) for name, type_, place in columns if place]
            row = {
                name: (1, None) if keys == [(name, "INTEGER")] else _mark(table, name, type_)
                for name, type_, _ in columns
            }
            if table == "search_pending":
                row["again"] = (1, None)
            marks |= {(table, name): stored for name, (_, stored) in row.items() if stored is not None}
            connection.execute(
                f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                [value for value, _ in row.values()],
            )
        if layout is INDEX_LAYOUT:
            connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
    return marks


def contents(path: Path) -> dict[Any, Any]:
    """All that a database says, and all that is found in it, by words and by beginnings of words."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        said: dict[Any, Any] = {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in _tables(connection)
        }
        said["schema"] = sorted(map(repr, connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")))
        if path.name == INDEX_LAYOUT.name:
            said |= {word: finds(connection, f'"{word}"') for word in _words(connection)}
            beginnings = {word[:length] for word in _words(connection) for length in range(1, 5)}
            said |= {f"{start}*": finds(connection, f'"{start}"*') for start in beginnings}
    return said


def finds(connection: sqlite3.Connection, query: str) -> list[Any]:
    """The places of the rows that match."""
    return connection.execute("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid", (query,)).fetchall()


def _tables(connection: sqlite3.Connection) -> list[str]:
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    names = [name.decode() if isinstance(name, bytes) else name for (name,) in tables]
    return [name for name in names if name not in _SHADOWS and not name.startswith("sqlite_")]


def _words(connection: sqlite3.Connection) -> Iterator[str]:
    for (word,) in connection.execute("SELECT word FROM search_words ORDER BY word").fetchall():
        yield word.decode()


def _mark(table: str, column: str, type_: str) -> tuple[Any, bytes]:
    """A value that is this column's alone, and how it is stored."""
    text = f"{table} {column} x".replace("_", "")
    number = 0x7_0000_0000 + crc32(text.encode())
    match type_:
        case "TEXT":
            return text, text.encode()
        case "BLOB":
            return text[::-1].encode(), text[::-1].encode()
        case "INTEGER":
            return number, struct.pack(">q", number)[2:]
        case "REAL":
            return number + 0.5, struct.pack(">d", number + 0.5)
        case _:
            raise ValueError(type_)
