"""Queries as FTS5 expressions and statements: rows of a group in their order, the most played first."""

import sqlite3
from collections.abc import Iterator, Sequence

from backends.local.hub.searching.places import Group, places_of
from backends.local.hub.searching.query import Query, Term

__all__ = ["Row", "beginning", "half_named", "matching", "named"]

Row = tuple[int, str, str, str, str]
"""place, name, title, artist, album."""

_COLUMNS = "place, name, title, artist, album"

_NAMED = f"SELECT {_COLUMNS} FROM search_rows WHERE name = ? AND place BETWEEN ? AND ? ORDER BY place LIMIT ?"

_MATCHING = f"""
    SELECT {_COLUMNS} FROM (
        SELECT rowid AS found FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?
    ) CROSS JOIN search_rows ON place = found
"""

_MOST_NAMESAKES = 500

_NAMESAKES = f"""
    SELECT {_COLUMNS} FROM search_rows WHERE name = ? AND place BETWEEN ? AND ? ORDER BY place LIMIT {_MOST_NAMESAKES}
"""


def named(connection: sqlite3.Connection, name: str, group: Group, limit: int) -> list[Row]:
    """Rows whose whole title it is."""
    return connection.execute(_NAMED, (name, *places_of(group), limit)).fetchall()


def matching(
    connection: sqlite3.Connection, query: Query, group: Group, limit: int, *, field: str | None = None
) -> list[Row]:
    """Rows that hold every word somewhere, or in one field."""
    words = " AND ".join(f"({_term(term)})" for term in query.required)
    expression = words if field is None else f"{{{field}}} : ({words})"
    return connection.execute(_MATCHING, (expression, *places_of(group), limit)).fetchall()


def beginning(connection: sqlite3.Connection, query: Query, group: Group, limit: int) -> list[Row]:
    """Rows whose title begins with the query."""
    open_end = "*" if query.required[-1].open else ""
    beginnings = " OR ".join(f'^ "{begin}" {open_end}' for begin in query.beginnings)
    return connection.execute(_MATCHING, (f"{{title}} : ({beginnings})", *places_of(group), limit)).fetchall()


def half_named(connection: sqlite3.Connection, query: Query, group: Group, limit: int) -> Iterator[Row]:
    """Rows of which one half of the query is the title, and the other is found in artist or album."""
    for name, others in query.halves:
        held = " AND ".join(["instr(' ' || artist || ' ' || album || ' ', ?)"] * len(others))
        sql = f"SELECT {_COLUMNS} FROM ({_NAMESAKES}) WHERE {held} ORDER BY place LIMIT ?"
        yield from connection.execute(sql, (name, *places_of(group), *(f" {word} " for word in others), limit))


def _term(term: Term) -> str:
    """Words are letters and digits, or not ASCII: nothing in them can be taken for a part of the expression."""
    if term.unspaced:
        ways = [f'"{" ".join(way)}"' for way in term.ways]
    else:
        ways = [_all_of(way, is_open=term.open) for way in term.ways]
    return " OR ".join((*ways, *(_all_of(way, is_open=False) for way, _ in term.similar)))


def _all_of(words: Sequence[str], *, is_open: bool) -> str:
    *others, last = words
    return "(" + " AND ".join((*(f'"{word}"' for word in others), f'"{last}"{"*" if is_open else ""}')) + ")"
