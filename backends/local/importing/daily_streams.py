"""Daily streams: the columns they come in, and the merge into what is stored.

Three formats carry them. Our own names the track by ISRC in every row, with one column a service or with a column
that names the service; without the ISRC column it is the history of one track; and Spotify's song timeline is
that with Spotify alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import repeat

from backends.local.importing.amounts import Numbers
from backends.local.importing.cells import parsed
from backends.local.importing.dates import day
from backends.local.importing.format import Format, Header, Job, RejectedRow, column_key
from backends.local.importing.merge import Figures, Merge
from backends.local.importing.tracks import Track, Tracks
from backends.text import fold
from contract.errors import InvalidRequest
from contract.identifiers import normalise_isrc

__all__ = ["FORMATS"]

_ISRC = ("isrc", "isrccode", "trackisrc")
_DATE = ("date", "day", "streamdate")
_STREAMS = ("streams", "plays", "streamcount")
_SERVICE = ("service", "platform", "store", "dsp")
_SPOTIFY = ("spotifystreams", "spotify", "streamsspotify", "spotifyplays")
_APPLE = ("applestreams", "apple", "applemusicstreams", "applemusic", "streamsapple", "appleplays", "applemusicplays")

_ROWS_AT_ONCE = 4096

Columns = tuple[tuple[str, ...], ...]


class _Service(Enum):
    SPOTIFY = ("spotify",)
    APPLE = ("apple", "applemusic")


_MOST_CELLS_KNOWN = 200_000


class _TracksByIsrc:
    """The tracks that cells name by their ISRC."""

    def __init__(self, job: Job) -> None:
        self._tracks = Tracks(job.connection, job.workspace_id)
        self._known: dict[str, Track] = {}

    def __call__(self, cells: Sequence[str]) -> list[Track]:
        known = self._known
        if len(known) > _MOST_CELLS_KNOWN:
            known.clear()
        for cell in {*cells}.difference(known):
            known[cell] = self._find(cell)
        return [known[cell] for cell in cells]

    def _find(self, cell: str) -> Track:
        track = self._tracks.find(parsed("isrc", normalise_isrc, cell))
        if track is None:
            raise RejectedRow(
                "isrc is not in the catalogue: import the catalogue first, or a distributor's statement, which adds "
                "its tracks"
            )
        return track


def _counts(numbers: Numbers, cells: Sequence[str]) -> Sequence[int | None]:
    """What the cells count; None: not reported."""
    together = "".join(cells)
    # Nearly all cells are plain digits, or empty; there are millions of them.
    if together.isdigit() and together.isascii() and max(map(len, cells)) < 16:
        return [int(cell) if cell else None for cell in cells]
    return [parsed("streams", numbers.count, cell) for cell in cells]


@dataclass
class _ByColumn:
    """Figures that have a column for each service; None: there is none."""

    numbers: Numbers
    spotify: int | None
    apple: int | None

    def __call__(self, columns: Columns) -> Iterable[Figures]:
        unreported = repeat(None, len(columns[0]))
        spotify = unreported if self.spotify is None else _counts(self.numbers, columns[self.spotify])
        apple = unreported if self.apple is None else _counts(self.numbers, columns[self.apple])
        return zip(spotify, apple, repeat(1))


@dataclass
class _ByService:
    """Figures of the service that each row names."""

    numbers: Numbers
    service: int
    streams: int

    def __call__(self, columns: Columns) -> Iterable[Figures]:
        counts = _counts(self.numbers, columns[self.streams])
        services = {cell: parsed("service", _service, cell) for cell in {*columns[self.service]}}
        return [
            (count, None, 1) if services[cell] is _Service.SPOTIFY else (None, count, 1)
            for cell, count in zip(columns[self.service], counts, strict=True)
        ]


@dataclass
class _DailyStreams:
    """Reads a block of rows column by column: the work for a row is what an import's time goes into."""

    tracks: Callable[[Columns], Iterable[Track]]
    figures: Callable[[Columns], Iterable[Figures]]
    date: int
    merge: Merge

    def take(self, rows: list[list[str]]) -> None:
        columns = tuple(zip(*rows, strict=False))
        tracks = self.tracks(columns)
        try:
            days = [day(cell) for cell in columns[self.date]]
        except ValueError as error:
            raise RejectedRow(f"date {error}") from None
        self.merge.put(tracks, days, self.figures(columns))

    def finish(self) -> None:
        self.merge.finish()


def _of_many_tracks(job: Job) -> _DailyStreams:
    isrc, tracks = job.header.position(*_ISRC), _TracksByIsrc(job)
    if _has_services(job.header):
        figures = _by_column(job, _SPOTIFY, _APPLE)
    else:
        figures = _ByService(job.numbers, job.header.position(*_SERVICE), job.header.position(*_STREAMS))
    return _daily_streams(job, lambda columns: tracks(columns[isrc]), figures)


def _by_column(job: Job, spotify: tuple[str, ...], apple: tuple[str, ...] = ()) -> _ByColumn:
    return _ByColumn(job.numbers, job.header.find(*spotify), job.header.find(*apple))


def _of_one_track(job: Job) -> _DailyStreams:
    track = _named_track(job)
    return _daily_streams(job, lambda _: repeat(track), _by_column(job, _SPOTIFY, _APPLE))


def _timeline(job: Job) -> _DailyStreams:
    track = _named_track(job)
    return _daily_streams(job, lambda _: repeat(track), _by_column(job, _STREAMS))


def _daily_streams(
    job: Job, tracks: Callable[[Columns], Iterable[Track]], figures: Callable[[Columns], Iterable[Figures]]
) -> _DailyStreams:
    merge = Merge(job.connection, job.workspace_id, job.counts)
    return _DailyStreams(tracks, figures, job.header.position(*_DATE), merge)


def _named_track(job: Job) -> Track:
    """The track that --isrc or --title names; a new one if --isrc, --title and --artist describe it."""
    options, tracks = job.options, Tracks(job.connection, job.workspace_id)
    if options.isrc is None:
        return tracks.titled(options.title or "", options.artist)
    track = tracks.find(options.isrc)
    if track is not None:
        if options.title is not None and fold(options.title) != fold(track.title):
            raise InvalidRequest(
                "The catalogue has another title for that ISRC.",
                field="title",
                next_step="Check --isrc; if it is right, leave --title out.",
            )
        return track
    if options.title is None or options.artist is None:
        raise InvalidRequest(
            "The track is not in the catalogue.",
            field="isrc",
            next_step="Import the catalogue first, or add the track with --title and --artist beside --isrc.",
        )
    job.counts.tracks_added += 1
    track_id = tracks.add(options.isrc, {"title": options.title, "artist": options.artist})
    return Track(track_id, options.isrc, options.title, options.artist)


def _service(cell: str) -> _Service:
    for service in _Service:
        if column_key(cell) in service.value:
            return service
    raise ValueError("must be spotify or apple")


def _has(header: Header, keys: tuple[str, ...]) -> bool:
    return any(key in header.keys for key in keys)


def _is_of_many_tracks(header: Header) -> bool:
    by_service = _has(header, _STREAMS) and _has(header, _SERVICE)
    return _has(header, _ISRC) and _has(header, _DATE) and (_has_services(header) or by_service)


def _is_of_one_track(header: Header) -> bool:
    return not _has(header, _ISRC) and _has(header, _DATE) and _has_services(header)


def _is_timeline(header: Header) -> bool:
    # More columns would mean several rows a day, by country say, of which the last would pass for the day's streams.
    return sorted(filter(None, header.keys)) == ["date", "streams"]


def _has_services(header: Header) -> bool:
    return _has(header, _SPOTIFY) or _has(header, _APPLE)


FORMATS = (
    Format(
        name="Daily streams",
        columns={
            "isrc": _ISRC,
            "date": _DATE,
            "spotify_streams or apple_streams, or streams with service": (*_SPOTIFY, *_APPLE),
        },
        matches=_is_of_many_tracks,
        taker=_of_many_tracks,
        at_once=_ROWS_AT_ONCE,
    ),
    Format(
        name="Daily streams of one track",
        columns={"date": _DATE, "spotify_streams or apple_streams": (*_SPOTIFY, *_APPLE)},
        matches=_is_of_one_track,
        taker=_of_one_track,
        at_once=_ROWS_AT_ONCE,
        needs=(("isrc", "title"),),
        takes=("artist",),
    ),
    Format(
        name="Spotify for Artists, song timeline",
        columns={"date": ("date",), "streams": ("streams",)},
        matches=_is_timeline,
        taker=_timeline,
        at_once=_ROWS_AT_ONCE,
        needs=(("isrc", "title"),),
        takes=("artist",),
    ),
)
