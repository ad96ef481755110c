"""The most streamed tracks of each day, kept without an index on the largest table.

`top_tracks` holds, for each day of a workspace, the 50 tracks that rank highest: by streams of all services, and
among equals the one that entered the catalogue first. While a file comes in, the list of a day is held open, with
a bound, and this is true at every moment:

    every track of the workspace that is not in the open list ranks no higher than its bound.

A figure above the bound therefore belongs in the list, and one below it doesn't, whatever the track had before.
The bound is the last of a full list when it is opened, and rises to the best track that leaves when an overlong
list is cut. Only figures of tracks in the list can fall; if, at the end, the last of the 50 ranks below the bound,
a track outside may rank above it, and the day's list is made anew from the daily rows.
"""

import sqlite3
from dataclasses import dataclass

__all__ = ["LENGTH", "TopTracks"]

LENGTH = 50

_CUT_ABOVE = 2 * LENGTH
_MOST_OPEN_DAYS = 2048

_OPEN = "SELECT track_id, streams FROM top_tracks WHERE workspace_id = ? AND day = ?"
_CLEAR = "DELETE FROM top_tracks WHERE workspace_id = ? AND day = ?"
_WRITE = "INSERT INTO top_tracks (workspace_id, day, streams, track_id) VALUES (?, ?, ?, ?)"
_FROM_DAILY_ROWS = f"""
    SELECT d.track_id, coalesce(d.spotify, 0) + coalesce(d.apple, 0) AS streams
    FROM tracks t CROSS JOIN daily_streams d ON d.track_id = t.id AND d.day = ?
    WHERE t.workspace_id = ?
    ORDER BY streams DESC, d.track_id LIMIT {LENGTH}
"""

# Streams, then the id negated: what ranks higher compares greater.
Rank = tuple[int, int]
_BELOW_ALL: Rank = (-1, 0)


@dataclass
class _Day:
    streams: dict[int, int]
    bound: Rank
    changed: bool = False


class TopTracks:
    """The open lists of one workspace."""

    def __init__(self, connection: sqlite3.Connection, workspace_id: int) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._days: dict[int, _Day] = {}

    def put(self, day: int, track_id: int, streams: int) -> None:
        """Say what a track has on a day, all services together."""
        known = self._days.get(day) or self._open(day)
        # Most figures are neither of a listed track nor high enough: this line is all they cost.
        if streams < known.bound[0] and track_id not in known.streams:
            return
        if track_id in known.streams or (streams, -track_id) > known.bound:
            known.streams[track_id] = streams
            known.changed = True
            if len(known.streams) > _CUT_ABOVE:
                _cut(known)

    def flush_if_large(self) -> None:
        """Write the lists if they take much memory; the daily rows must have been written."""
        if len(self._days) > _MOST_OPEN_DAYS:
            self.flush()

    def flush(self) -> None:
        """Write the lists that changed, and close all; the daily rows must have been written."""
        for day, known in self._days.items():
            if known.changed:
                self._write(day, known)
        self._days.clear()

    def _open(self, day: int) -> _Day:
        streams = dict(self._connection.execute(_OPEN, (self._workspace_id, day)).fetchall())
        known = _Day(streams, min(map(_rank, streams.items())) if len(streams) >= LENGTH else _BELOW_ALL)
        self._days[day] = known
        return known

    def _write(self, day: int, known: _Day) -> None:
        _cut(known)
        streams = known.streams
        if min(map(_rank, streams.items())) < known.bound:
            streams = dict(self._connection.execute(_FROM_DAILY_ROWS, (day, self._workspace_id)).fetchall())
        self._connection.execute(_CLEAR, (self._workspace_id, day))
        self._connection.executemany(
            _WRITE, ((self._workspace_id, day, count, track_id) for track_id, count in streams.items())
        )


def _cut(known: _Day) -> None:
    """Keep the best, and raise the bound to the best that leaves."""
    best_first = sorted(known.streams.items(), key=_rank, reverse=True)
    for item in best_first[LENGTH : LENGTH + 1]:
        known.bound = max(known.bound, _rank(item))
    known.streams = dict(best_first[:LENGTH])


def _rank(item: tuple[int, int]) -> Rank:
    return item[1], -item[0]
