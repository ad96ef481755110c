"""Ids of saved albums and artists that no longer follow from their names, kept in `hub.db`.

An album that was tagged anew keeps its id in the index, where it can be lost; what is saved must not be lost with it.
"""

import sqlite3

__all__ = ["keep_ids"]

_SAVED = """
    SELECT identity, id FROM albums WHERE saved_at IS NOT NULL
    UNION ALL SELECT identity, id FROM artists WHERE saved_at IS NOT NULL
"""

_KNOWN = "SELECT identity, id FROM saved WHERE kind IN ('album', 'artist')"

_KEEP = "UPDATE saved SET identity = ? WHERE id = ?"


def keep_ids(index: sqlite3.Connection, user: sqlite3.Connection) -> None:
    """Write down what the index knows saved albums and artists by; one statement each where nothing is new."""
    changed = set(index.execute(_SAVED)) - set(user.execute(_KNOWN))
    if changed:
        with user:
            user.execute("BEGIN IMMEDIATE")
            user.executemany(_KEEP, changed)
