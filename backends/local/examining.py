"""What is wrong with a database file, as far as that is the same for all of ours.

It looks on connections of its own: they read what the file says, where others go on with pages that they hold in
memory. The file is never opened but by SQLite, whose locks would be dropped by closing it.
"""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from backends.local.checksums import checked_tables, keep_checksums, prepare
from backends.local.damage import Problem
from backends.local.layout import Layout
from backends.local.migrations import BUSY_SECONDS

__all__ = ["Look", "Stopped", "look_at"]

_STEPS_BETWEEN_LOOKS = 20_000

_MOST_FINDINGS = 100
"""Of SQLite's own check: enough to say what is damaged."""

_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"

_CACHE = "PRAGMA cache_size = -16384"

_IS_NO_DAMAGE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_NOMEM", "SQLITE_CANTOPEN", "SQLITE_PERM")
"""Errors that say nothing of the file."""


class Stopped(Exception):
    """Whoever asked for a look no longer wants it."""


class Look:
    """An open database, to be looked at as it was made.

    Attributes:
        connection: For reading.
        layout: What the file should be.
    """

    def __init__(self, connection: sqlite3.Connection, layout: Layout) -> None:
        self.connection = connection
        self.layout = layout

    def problem(self, kind: str, detail: str) -> Problem:
        """A problem of this database."""
        return Problem(self.layout.name, kind, detail)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return self.connection.execute(sql, parameters).fetchall()

    def outline(self) -> list[Problem]:
        """Whether the file is what its layout makes, without a look at what its tables say. It takes a millisecond."""
        [(application,)], [(version,)] = self.run("PRAGMA application_id"), self.run("PRAGMA user_version")
        if application != self.layout.application_id:
            return [self.problem("foreign", "The file does not say that it is this program's database.")]
        if version != len(self.layout.migrations):
            return [self.problem("version", "The file does not say that it is of this program's version.")]
        if self.run(_SCHEMA) != _expected_schema(self.layout):
            return [self.problem("schema", "The tables and indexes are not those that this program makes.")]
        return []

    def structure(self) -> list[Problem]:
        """Whether pages hang together, indexes agree with their tables, and rows with their checksums."""
        said = [finding for (finding,) in self.run(f"PRAGMA integrity_check({_MOST_FINDINGS})")]
        if said == ["ok"]:
            return []
        indexes = {table.index: table.name for table in checked_tables(self.connection, self.layout)}
        damaged = dict.fromkeys(indexes.values(), 0)
        structure = False
        for finding in said:
            table = indexes.get(finding.rpartition(" missing from index ")[2])
            if table is None:
                structure = True
            else:
                damaged[table] += 1
        rows = [
            self.problem("rows", f"Rows of the table {table} are not what was written: {_counted(count)}.")
            for table, count in damaged.items()
            if count
        ]
        return [*self._of_structure(structure), *rows]

    def references(self) -> list[Problem]:
        """Whether rows that rows refer to are there."""
        if self.connection.execute("PRAGMA foreign_key_check").fetchone() is None:
            return []
        return [self.problem("references", "Rows refer to rows that are not there.")]

    def _of_structure(self, found: bool) -> list[Problem]:
        return [self.problem("structure", "The structure of the file is damaged.")] if found else []


def look_at(
    path: Path, layout: Layout, *ways: Callable[[Look], Sequence[Problem]], stopped: Callable[[], bool] | None = None
) -> tuple[Problem, ...]:
    """Look at a database in several ways, until one of them finds something; blocking.

    Args:
        path: Of the file, which need not be where databases are: a backup, say.
        layout: What it should be.
        ways: What to look for, in order: methods of Look, and functions like them.
        stopped: Asked now and then whether nobody wants to know any more.

    Raises:
        Stopped: It said so.
        sqlite3.Error: It could not be looked at, for a reason that says nothing of the file: it is locked, say.
    """
    if not path.exists() or not path.stat().st_size:
        return (Problem(layout.name, "missing", "The file is missing or empty."),)
    try:
        with _opened(path, layout, stopped) as look:
            for way in ways:
                if problems := way(look):
                    return tuple(problems)
    except UnicodeDecodeError:  # of an error's own text, which repeats a damaged schema
        return (_unreadable(layout),)
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_INTERRUPT":
            raise Stopped from None
        if name.startswith(_IS_NO_DAMAGE):
            raise
        return (_unreadable(layout),)
    return ()


def _unreadable(layout: Layout) -> Problem:
    return Problem(layout.name, "unreadable", "The file can't be read as a database.")


@contextmanager
def _opened(path: Path, layout: Layout, stopped: Callable[[], bool] | None) -> Generator[Look, None, None]:
    uri = f"{path.absolute().as_uri()}?mode=ro"  # whoever closes it last is not to tidy up what is damaged
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        prepare(connection)
        connection.execute(_CACHE)
        if stopped is not None:
            connection.set_progress_handler(stopped, _STEPS_BETWEEN_LOOKS)
        yield Look(connection, layout)


@lru_cache
def _expected_schema(layout: Layout) -> list[tuple[Any, ...]]:
    """What the layout makes; it is made once, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        prepare(connection)
        for statements in layout.migrations:
            for statement in statements:
                connection.execute(statement)
            keep_checksums(connection, layout)
        return connection.execute(_SCHEMA).fetchall()


def _counted(count: int) -> str:
    return f"{count} or more" if count >= _MOST_FINDINGS else str(count)
