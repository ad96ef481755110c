"""Sums of daily streams by day, and by day and artist, kept in the transaction of the rows they sum.

`workspace_days` has a row for each day on which any track has a figure. `artist_days` has one for each day and
artist with streams: a sum of zero is left out, since nothing ranks it.
"""

import sqlite3
from collections import defaultdict

from backends.local.importing.bulk import insert_rows

__all__ = ["Rollups"]

_MOST_KEPT = 300_000

_ADD_TO_WORKSPACE_DAY = """
    INSERT INTO workspace_days (workspace_id, day, spotify, apple, spotify_tracks, apple_tracks)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET spotify = spotify + excluded.spotify, apple = apple + excluded.apple,
        spotify_tracks = spotify_tracks + excluded.spotify_tracks, apple_tracks = apple_tracks + excluded.apple_tracks
"""
_INSERT_ARTIST_DAYS = "INSERT INTO artist_days (workspace_id, day, artist, streams)"
_OR_ADD = "ON CONFLICT DO UPDATE SET streams = streams + excluded.streams"
_DROP_EMPTY_ARTIST_DAY = """
    DELETE FROM artist_days WHERE workspace_id = ? AND day = ? AND artist = ? AND streams = 0
"""
_HISTORY = "SELECT day, coalesce(spotify, 0) + coalesce(apple, 0) FROM daily_streams WHERE track_id = ?"

# Days by what their sums change: spotify, apple, tracks with spotify, tracks with apple.
DayChanges = defaultdict[int, list[int]]


class Rollups:
    """Collects how the sums change, and adds that to what is stored.

    Attributes:
        days: Changes of `workspace_days`; add to them in place.
    """

    def __init__(self, connection: sqlite3.Connection, workspace_id: int) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self.days: DayChanges = defaultdict(lambda: [0, 0, 0, 0])
        self._artists: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))

    def artist(self, name: str) -> defaultdict[int, int]:
        """Changes of one artist's sums by day; add to them in place."""
        return self._artists[name]

    def move_track(self, track_id: int, before: str, after: str) -> None:
        """Take a track's history from one artist's sums to another's."""
        from_artist, to_artist = self.artist(before), self.artist(after)
        for day, streams in self._connection.execute(_HISTORY, (track_id,)):
            from_artist[day] -= streams
            to_artist[day] += streams

    def flush_if_large(self) -> None:
        """Write the changes if they take much memory. Call it at least once for every few ten thousand rows."""
        if sum(map(len, self._artists.values())) > _MOST_KEPT:
            self.flush()

    def flush(self) -> None:
        """Write the changes."""
        workspace_id = self._workspace_id
        self._connection.executemany(
            _ADD_TO_WORKSPACE_DAY,
            ((workspace_id, day, *change) for day, change in self.days.items() if any(change)),
        )
        changes = sorted(
            (workspace_id, day, artist, change)
            for artist, days in self._artists.items()
            for day, change in days.items()
            if change
        )
        insert_rows(self._connection, _INSERT_ARTIST_DAYS, changes, _OR_ADD)
        self._connection.executemany(_DROP_EMPTY_ARTIST_DAY, (change[:3] for change in changes if change[3] < 0))
        self.days.clear()
        self._artists.clear()
