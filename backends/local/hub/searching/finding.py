"""Hits of a query in the index: few rows are read, whatever the words are."""

import sqlite3
from collections.abc import Iterable

from backends.local.hub.searching.matching import Row, beginning, half_named, matching, named
from backends.local.hub.searching.places import Group
from backends.local.hub.searching.query import Query
from backends.local.hub.searching.scoring import Fit, ranked

__all__ = ["Hits", "find"]

Hits = dict[Group, list[tuple[Fit, Row]]]

_CANDIDATES = 20
"""How many more rows are read than are wanted, so that the best of them stand first."""


def find(connection: sqlite3.Connection, query: Query, groups: Iterable[Group], wanted: int) -> Hits:
    """The best rows of each group, in order, and perhaps more than are wanted.

    The last word may go on, unless there are enough rows in which it is whole. Similar words are looked for once
    nothing is found as typed: then there is nothing to put before beginnings.
    """
    closed = query if query.is_loose else query.closed()
    rows = {
        group: _by_place(named(connection, query.name, group, wanted))
        | _with_every_word(connection, closed, group, wanted)
        for group in groups
    }
    if closed is not query and not (query.seems_complete and any(rows.values())):
        for group, found in rows.items():
            if len(found) < wanted:
                found.update(_with_every_word(connection, query, group, wanted))
    return {group: ranked(query, found.values()) for group, found in rows.items()}


def _with_every_word(connection: sqlite3.Connection, query: Query, group: Group, wanted: int) -> dict[int, Row]:
    """The most played of the rows that hold the words; if there are more, the best of them besides."""
    enough = wanted + _CANDIDATES
    rows = _by_place(matching(connection, query, group, enough))
    if len(rows) < enough:
        return rows
    if group is Group.ARTISTS:  # their name is all there is
        return rows | _by_place(beginning(connection, query, group, wanted))
    titles = _by_place(matching(connection, query, group, wanted, field="title"))
    rows |= titles
    if len(titles) == wanted:
        rows |= _by_place(beginning(connection, query, group, wanted))
    elif group is Group.TRACKS:
        rows |= _by_place(matching(connection, query, group, wanted, field="album"))
    return rows | _by_place(half_named(connection, query, group, wanted))


def _by_place(rows: Iterable[Row]) -> dict[int, Row]:
    return {row[0]: row for row in rows}
