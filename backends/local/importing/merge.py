"""Merge daily figures into what is stored, a chunk at a time, together with the rollups that sum them.

Spotify's figure and Apple's are apart in every row: one that a file doesn't give stays as it is.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from backends.local.importing.bulk import insert_rows
from backends.local.importing.outcome import Counts
from backends.local.importing.rollups import Rollups
from backends.local.importing.top_tracks import TopTracks
from backends.local.importing.tracks import Track

__all__ = ["Figures", "Merge"]

Figures = tuple[int | None, int | None, int]
"""Spotify's streams and Apple's (None: not reported), and the number of rows that say so."""

_Row = tuple[int, int, int | None, int | None]

_NOT_REPORTED = (None, None)
_ROWS_IN_CHUNK = 100_000

_STORED = "SELECT day, spotify, apple FROM daily_streams WHERE track_id = ? AND day BETWEEN ? AND ?"

_INSERT = "INSERT INTO daily_streams (track_id, day, spotify, apple)"
_OR_REPLACE = "ON CONFLICT DO UPDATE SET spotify = excluded.spotify, apple = excluded.apple"


class Merge:
    """Takes daily figures in any order.

    Each row counts as what became of the day that it is about. Of rows that contradict each other the later holds;
    if they lie chunks apart, both count as changes, as often as their file is imported.
    """

    def __init__(self, connection: sqlite3.Connection, workspace_id: int, counts: Counts) -> None:
        self._connection = connection
        self._counts = counts
        self._rollups = Rollups(connection, workspace_id)
        self._top_tracks = TopTracks(connection, workspace_id)
        self._pending: dict[int, _Pending] = {}
        self._waiting = 0

    def put(self, tracks: Iterable[Track], days: Sequence[int], figures: Iterable[Figures]) -> None:
        """Take figures, each of a track and a day; those of a later row of the file replace them."""
        for track, day, figure in zip(tracks, days, figures, strict=False):
            pending = self._pending.get(track.id)
            if pending is None:
                pending = self._pending[track.id] = _Pending(track)
            pending[day] = _joined(pending[day], figure) if day in pending else figure
        self._waiting += len(days)
        if self._waiting >= _ROWS_IN_CHUNK:
            self._write()
            self._rollups.flush_if_large()
            self._top_tracks.flush_if_large()

    def finish(self) -> None:
        """Write all that waits."""
        self._write()
        self._rollups.flush()
        self._top_tracks.flush()

    def _write(self) -> None:
        rows = [row for pending in self._pending.values() for row in self._differing(pending)]
        self._pending.clear()
        self._waiting = 0
        insert_rows(self._connection, _INSERT, rows, _OR_REPLACE)

    def _differing(self, pending: "_Pending") -> list[_Row]:
        """The rows that differ from what is stored; the rollups learn by how much."""
        track_id = pending.track.id
        stored = {
            day: (spotify, apple)
            for day, spotify, apple in self._connection.execute(_STORED, (track_id, min(pending), max(pending)))
        }
        days, artist = self._rollups.days, self._rollups.artist(pending.track.artist)
        put = self._top_tracks.put
        rows: list[_Row] = []
        new = unchanged = 0
        for day, (spotify, apple, count) in pending.items():
            spotify_before, apple_before = stored.get(day, _NOT_REPORTED)
            if spotify is None:
                spotify = spotify_before  # noqa: PLW2901  (a figure that is not given stays as it is)
            if apple is None:
                apple = apple_before  # noqa: PLW2901
            if spotify == spotify_before and apple == apple_before:
                unchanged += count
                continue
            if day not in stored:
                new += count
            change = days[day]
            change[0] += (spotify or 0) - (spotify_before or 0)
            change[1] += (apple or 0) - (apple_before or 0)
            change[2] += (spotify is not None) - (spotify_before is not None)
            change[3] += (apple is not None) - (apple_before is not None)
            streams = (spotify or 0) + (apple or 0)
            artist[day] += streams - (spotify_before or 0) - (apple_before or 0)
            put(day, track_id, streams)
            rows.append((track_id, day, spotify, apple))
        self._counts.new += new
        self._counts.unchanged += unchanged
        self._counts.changed += sum(count for _, _, count in pending.values()) - new - unchanged
        return rows


class _Pending(dict[int, Figures]):
    """The figures of one track that wait to be written, by day."""

    def __init__(self, track: Track) -> None:
        super().__init__()
        self.track = track


def _joined(before: Figures, after: Figures) -> Figures:
    """Two rows of a day: a correction, or one of each service where a column names the service."""
    spotify, apple = (old if new is None else new for old, new in zip(before[:2], after[:2], strict=True))
    return spotify, apple, before[2] + after[2]
