"""Distributors' monthly statements: revenue, in a table of its own, never mixed with daily streams.

A row is known by the fingerprint of what identifies it in its source, and by how many equal ones come before it: a
statement may hold the same line twice, and both are money. Rows are staged on disk first, because only the whole
file tells how many are equal; equal ones are numbered by their amounts, so that their order in a file means nothing.
"""

from functools import partial

from backends.local.importing.format import Format, Header, Job
from backends.local.importing.outcome import number_of
from backends.local.importing.statement_rows import StatementReader, StatementRow, valid_upc
from backends.local.importing.statement_sources import SOURCES, StatementSource
from backends.local.importing.tracks import Tracks

__all__ = ["FORMATS"]

_ROWS_AT_ONCE = 2_000
_MOST_ISRCS_KNOWN = 200_000
_OTHER_AMOUNTS = ("grossrevenue", "unitprice", "perunitprice", "netsales", "price")

_COLUMNS = ", ".join(StatementRow._fields)

_STAGE = f"CREATE TEMP TABLE staged ({_COLUMNS})"
_STAGE_ROW = f"INSERT INTO temp.staged VALUES ({', '.join('?' * len(StatementRow._fields))})"
_NUMBERED = """
    SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY quantity, earnings, currency) - 1 AS occurrence
    FROM temp.staged
"""
_CORRECT = f"""
    UPDATE statement_rows AS stored SET quantity = given.quantity, earnings = given.earnings, currency = given.currency
    FROM ({_NUMBERED}) AS given
    WHERE stored.workspace_id = ? AND stored.fingerprint = given.fingerprint AND stored.occurrence = given.occurrence
      AND (stored.quantity, stored.earnings, stored.currency) <> (given.quantity, given.earnings, given.currency)
"""
_ADD = f"""
    INSERT INTO statement_rows (workspace_id, source, occurrence, {_COLUMNS})
    SELECT ?, ?, occurrence, {_COLUMNS} FROM ({_NUMBERED}) WHERE true
    ON CONFLICT DO NOTHING
"""
_OF_NO_TRACK = """
    SELECT count(*) FROM temp.staged AS given
    WHERE NOT EXISTS (SELECT 1 FROM tracks WHERE workspace_id = ? AND isrc = given.isrc)
"""


class _Statement:
    """Stages the rows, adds the tracks they name, and at the end corrects and adds what differs."""

    def __init__(self, source: StatementSource, job: Job) -> None:
        self._source = source
        self._job = job
        self._reader = StatementReader(source, job.header, job.numbers)
        self._tracks = Tracks(job.connection, job.workspace_id)
        self._known_isrcs: set[str] = set()
        self._waiting: list[StatementRow] = []
        self._staged = 0
        job.connection.execute(_STAGE)

    def take(self, rows: list[list[str]]) -> None:
        [row] = rows
        read = self._reader.read(row)
        if read.isrc is not None and read.isrc not in self._known_isrcs:
            self._add_track(read.isrc, row)
        self._waiting.append(read)
        if len(self._waiting) >= _ROWS_AT_ONCE:
            self._stage()

    def finish(self) -> None:
        self._stage()
        connection, counts = self._job.connection, self._job.counts
        counts.changed += connection.execute(_CORRECT, (self._job.workspace_id,)).rowcount
        counts.new += connection.execute(_ADD, (self._job.workspace_id, self._source.source)).rowcount
        counts.unchanged += self._staged - counts.changed - counts.new
        [of_no_track] = connection.execute(_OF_NO_TRACK, (self._job.workspace_id,)).fetchone()
        if of_no_track:
            self._job.notes.append(
                f"{number_of(of_no_track, 'row names', 'rows name')} no track of the catalogue: kept, but shown in no "
                "answer until the catalogue has the track"
            )

    def _stage(self) -> None:
        self._job.connection.executemany(_STAGE_ROW, self._waiting)
        self._staged += len(self._waiting)
        self._waiting.clear()

    def _add_track(self, isrc: str, row: list[str]) -> None:
        """Add the track unless the catalogue has it; what the catalogue says of a track is never altered."""
        text = self._reader.text
        title, artist = text(row, "title"), text(row, "artist")
        if not (title and artist):
            return
        if self._tracks.find(isrc) is None:
            others = {"album": text(row, "album"), "label": text(row, "label"), "upc": valid_upc(text(row, "upc"))}
            given = {field: value for field, value in others.items() if value}
            self._tracks.add(isrc, {"title": title, "artist": artist, **given})
            self._job.counts.tracks_added += 1
        if len(self._known_isrcs) >= _MOST_ISRCS_KNOWN:
            self._known_isrcs.clear()
        self._known_isrcs.add(isrc)


def _is_of(source: StatementSource, header: Header) -> bool:
    return source.known_by <= set(header.keys)


FORMATS = tuple(
    Format(
        name=f"{source.name} statement",
        columns={key: (key,) for key in sorted(source.known_by)},
        matches=partial(_is_of, source),
        taker=partial(_Statement, source),
        amounts=(source.earnings, *_OTHER_AMOUNTS),
        turn=1,
    )
    for source in SOURCES
)
