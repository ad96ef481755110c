"""What rows of two moments lack to fit together."""

import sqlite3
from collections.abc import Mapping

from backends.local.hub.recovery.report import TableFate

__all__ = ["mend"]

_ORPHANS = """
    SELECT DISTINCT playlist_id FROM playlist_entries WHERE playlist_id NOT IN (SELECT id FROM playlists)
"""

_ADOPT = "INSERT INTO playlists (id, name, created_at, updated_at) VALUES (?, 'Recovered playlist', ?, ?)"

_SCATTERED = """
    SELECT playlist_id FROM playlist_entries GROUP BY playlist_id
    HAVING min(position) <> 0 OR max(position) <> count(*) - 1 OR count(DISTINCT position) <> count(*)
"""

_IN_ORDER = "SELECT rowid FROM playlist_entries WHERE playlist_id = ? ORDER BY position, rowid"

_PLACE = "UPDATE playlist_entries SET position = ? WHERE rowid = ?"

_COUNT_PLAYS = """
    INSERT INTO track_plays (track_id, play_count, last_played_at)
    SELECT track_id, count(*), max(played_at) FROM plays
    WHERE track_id NOT IN (SELECT track_id FROM track_plays) GROUP BY track_id
"""


def mend(new: sqlite3.Connection, fates: Mapping[str, TableFate], now: int) -> None:
    """Bring a new `hub.db` into order, in the transaction that is open.

    Entries whose playlist is lost get one; positions are without gaps; plays are counted; and what refers to a row
    that is gone, and can't be used without it, goes too.
    """
    for (playlist,) in new.execute(_ORPHANS).fetchall():
        new.execute(_ADOPT, (playlist, now, now))
    for (playlist,) in new.execute(_SCATTERED).fetchall():
        entries = new.execute(_IN_ORDER, (playlist,)).fetchall()
        new.executemany(_PLACE, [(position, entry) for position, (entry,) in enumerate(entries)])
    new.execute(_COUNT_PLAYS)
    while dangling := new.execute("PRAGMA foreign_key_check").fetchall():
        for table, rowid, *_ in dangling:
            _drop(new, table, rowid)
            if table in fates:
                fates[table].kept -= 1
                fates[table].lost += 1


def _drop(new: sqlite3.Connection, table: str, rowid: int | None) -> None:
    if rowid is not None:
        new.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))
        return
    # One without rowids: SQLite does not say which row it is, but to what it refers.
    for _, _, parent, column, key, *_ in new.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
        new.execute(f'DELETE FROM "{table}" WHERE "{column}" NOT IN (SELECT "{key}" FROM "{parent}")')
