"""What Spotify reports besides a track's daily streams: an artist's audience, totals over a window, and charts.

Each has a table of its own, so that none of them can pass for daily streams.
"""

from collections import Counter
from collections.abc import Container

from backends.local.importing.cells import parsed, text_of
from backends.local.importing.dates import day, iso_day
from backends.local.importing.format import Format, Header, Job, RejectedRow, column_key
from backends.local.importing.keyed_rows import KeyedRows
from backends.local.importing.outcome import number_of
from backends.text import fold
from contract.identifiers import spotify_track_id

__all__ = ["FORMATS"]

_AUDIENCE = frozenset({"date", "listeners", "streams", "followers"})
_SONGS = frozenset({"song", "listeners", "streams", "saves"})
_CHART = frozenset({"rank", "uri", "artistnames", "trackname", "streams"})

# What the answers about a track look for (figures.py): rows that none of these is of are kept, but nowhere shown.
_HAS_TRACKS = "SELECT count(*) FROM (SELECT 1 FROM tracks WHERE workspace_id = ? AND artist = ? LIMIT 1)"
_TITLES = "SELECT title FROM tracks WHERE workspace_id = ? GROUP BY title HAVING count(*) = 1"
_LINKS = "SELECT spotify_track_url FROM tracks WHERE workspace_id = ? AND spotify_track_url IS NOT NULL"


class _Row:
    """A row's cells by column."""

    def __init__(self, job: Job) -> None:
        self._header = job.header
        self._numbers = job.numbers
        self.cells: list[str] = []

    def text(self, column: str) -> str:
        position = self._header.find(column)
        return "" if position is None else text_of(column, self.cells[position])

    def count(self, column: str) -> int:
        number = self.maybe_count(column)
        if number is None:
            raise RejectedRow(f"{column} is empty")
        return number

    def maybe_count(self, column: str) -> int | None:
        position = self._header.find(column)
        return None if position is None else parsed(column, self._numbers.count, self.cells[position])

    def maybe_place(self, column: str) -> int | None:
        """A rank; charts write -1 for a track that had none."""
        return None if self.text(column) == "-1" else self.maybe_count(column)


class _Audience:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._row = _Row(job)
        self._of = (job.workspace_id, job.options.artist)
        self._rows = KeyedRows(
            job.connection,
            job.counts,
            "artist_audience",
            ("workspace_id", "artist", "day"),
            ("listeners", "streams", "followers"),
        )

    def take(self, rows: list[list[str]]) -> None:
        [cells] = rows
        row = self._row
        row.cells = cells
        number = parsed("date", day, row.text("date"))
        values = (row.count("listeners"), row.count("streams"), row.maybe_count("followers"))
        self._rows.put((*self._of, number), values)

    def finish(self) -> None:
        self._rows.flush()
        [has_tracks] = self._job.connection.execute(_HAS_TRACKS, self._of).fetchone()
        counts = self._job.counts
        if not has_tracks and (rows := counts.read - counts.rejected):
            self._job.notes.append(
                f"{number_of(rows, 'row is', 'rows are')} of an artist without tracks in the catalogue: kept, but "
                "shown in no answer until there is one"
            )


class _Songs:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._titles: Counter[str] = Counter()
        self._row = _Row(job)
        self._workspace_id = job.workspace_id
        self._window = job.options.window
        self._rows = KeyedRows(
            job.connection,
            job.counts,
            "song_windows",
            ("workspace_id", "title_key", "window", "release_date"),
            ("title", "listeners", "streams", "saves"),
        )

    def take(self, rows: list[list[str]]) -> None:
        [cells] = rows
        row = self._row
        row.cells = cells
        title = row.text("song")
        if not title:
            raise RejectedRow("song is empty")
        written = row.text("releasedate")
        released = parsed("release_date", iso_day, written) if written else ""
        values = (title, row.count("listeners"), row.count("streams"), row.count("saves"))
        self._rows.put((self._workspace_id, fold(title), self._window, released), values)
        self._titles[fold(title)] += 1

    def finish(self) -> None:
        self._rows.flush()
        titles = self._job.connection.execute(_TITLES, (self._workspace_id,))
        if rows := _rows_besides(self._titles, {fold(title) for (title,) in titles}):
            self._job.notes.append(
                f"{number_of(rows, 'row has', 'rows have')} a title of no track of the catalogue, or of several: kept, "
                "but shown in no answer until one track has it"
            )


class _Chart:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._spotify_ids: Counter[str] = Counter()
        self._row = _Row(job)
        self._workspace_id = job.workspace_id
        self._chart = job.options.chart
        self._day = day(job.options.date or "")
        self._rows = KeyedRows(
            job.connection,
            job.counts,
            "chart_entries",
            ("workspace_id", "spotify_id", "chart", "day"),
            ("rank", "artist", "title", "source", "peak_rank", "previous_rank", "days_on_chart", "streams"),
        )

    def take(self, rows: list[list[str]]) -> None:
        [cells] = rows
        row = self._row
        row.cells = cells
        rank = row.count("rank")
        spotify_id = spotify_track_id(row.text("uri"))
        if spotify_id is None:
            raise RejectedRow("uri is not of a Spotify track")
        values = (
            rank,
            row.text("artistnames"),
            row.text("trackname"),
            row.text("source") or None,
            row.maybe_place("peakrank"),
            row.maybe_place("previousrank"),
            row.maybe_count("daysonchart"),
            row.count("streams"),
        )
        self._rows.put((self._workspace_id, spotify_id, self._chart, self._day), values)
        self._spotify_ids[spotify_id] += 1

    def finish(self) -> None:
        self._rows.flush()
        links = self._job.connection.execute(_LINKS, (self._workspace_id,))
        if rows := _rows_besides(self._spotify_ids, {spotify_track_id(link) for (link,) in links}):
            of_others = number_of(rows, "row is of another label's track", "rows are of other labels' tracks")
            self._job.notes.append(f"{of_others}: kept, shown in no answer")


def _rows_besides(rows: Counter[str], known: Container[str | None]) -> int:
    return sum(count for key, count in rows.items() if key not in known)


def _has(columns: frozenset[str], header: Header) -> bool:
    return columns <= set(header.keys)


FORMATS = (
    Format(
        name="Spotify for Artists, audience",
        columns={key: (key,) for key in ("date", "listeners", "streams", "followers")},
        matches=lambda header: _has(_AUDIENCE, header),
        taker=_Audience,
        needs=(("artist",),),
    ),
    Format(
        name="Spotify for Artists, songs",
        columns={key: (key,) for key in ("song", "listeners", "streams", "saves")},
        matches=lambda header: _has(_SONGS, header),
        taker=_Songs,
        needs=(("window",),),
    ),
    Format(
        name="Spotify Charts",
        columns={name: (column_key(name),) for name in ("rank", "uri", "artist_names", "track_name", "streams")},
        matches=lambda header: _has(_CHART, header),
        taker=_Chart,
        needs=(("date",), ("chart",)),
    ),
)
