"""One track's year and the overview, from millions of daily rows, against SQLite alone; and over ten years of history.

The floor is the sqlite3 module with statements that find exactly the needed rows by a primary key or a covering
index, in the same process, on the same file. It does nothing with them but fetch them.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backends.days import day_text
from backends.local.musicengine import LocalMusicEngine
from backends.local.storage import DATABASE_NAME
from benchmarks.label import LAST_DAY, Label, isrc
from benchmarks.lines import Line, compared, noted
from contract.musicengine.analytics import GET_STREAMS, GetStreams
from contract.musicengine.catalogue import GET_OVERVIEW, GetOverview
from contract.operation import Operation

__all__ = ["measure"]

_FLOOR_BUDGET = 3
_FLAT_BUDGET = 1.3
_WARM_UP = 50

_STREAMS = "SELECT day, spotify, apple FROM daily_streams WHERE track_id = ? ORDER BY day DESC LIMIT 365"
_STATS = "SELECT tracks, days_tracked FROM workspaces WHERE id = 1"
_TRACKS = """
    SELECT t.isrc, t.title, t.artist, b.streams FROM top_tracks b JOIN tracks t ON t.id = b.track_id
    WHERE b.workspace_id = 1 AND b.day = ? ORDER BY b.streams DESC, b.track_id LIMIT 10
"""
_ARTISTS = """
    SELECT artist, streams FROM artist_days WHERE workspace_id = 1 AND day = ?
    ORDER BY streams DESC, artist LIMIT 10
"""

Call = Callable[[Any], Awaitable[Any]]
Timings = tuple[list[float], list[float]]


def measure(*, quick: bool) -> list[Line]:
    """A label's whole catalogue over one year, then a smaller one over one year and over ten."""
    tracks, fewer, calls = (2000, 200, 300) if quick else (100_000, 5000, 2000)
    return asyncio.run(_measure(Label(tracks, 365), Label(fewer, 365), Label(fewer, 3650), calls))


async def _measure(whole: Label, one_year: Label, ten_years: Label, calls: int) -> list[Line]:
    lines: list[Line] = []
    with _built(whole, lines) as folder:
        lines += await _against_the_floor(folder, whole, calls)
    with _built(one_year, lines) as one_folder, _built(ten_years, lines) as ten_folder:
        lines += await _over_the_years(one_folder, ten_folder, ten_years, calls)
    return lines


@contextmanager
def _built(label: Label, lines: list[Line]) -> Generator[Path, None, None]:
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        started = time.perf_counter()
        label.build(Path(name))
        took = time.perf_counter() - started
        lines.append(noted(f"build {label.rows / 1e6:.1f}M rows, {_size(label)}", took, "s"))
        yield Path(name)


async def _against_the_floor(folder: Path, label: Label, calls: int) -> list[Line]:
    async with aclosing(LocalMusicEngine(folder)) as engine:
        with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
            connection.execute("PRAGMA cache_size = -32768")  # as ours
            streams = await _in_turns(
                _calls(engine, GET_STREAMS), _bare_streams(connection), _any_track(label, calls), _same_streams
            )
            overviews = await _in_turns(
                _calls(engine, GET_OVERVIEW), _bare_overview(connection), _any_day(calls), _same_overview
            )
    return [
        compared(f"get_streams 365, {_size(label)}", *streams, "SQLite alone", unit="µs", budget=_FLOOR_BUDGET),
        compared(f"get_overview, {_size(label)}", *overviews, "SQLite alone", unit="µs", budget=_FLOOR_BUDGET),
    ]


async def _over_the_years(one_folder: Path, ten_folder: Path, label: Label, calls: int) -> list[Line]:
    async with aclosing(LocalMusicEngine(one_folder)) as one, aclosing(LocalMusicEngine(ten_folder)) as ten:
        streams = await _in_turns(
            _calls(ten, GET_STREAMS), _calls(one, GET_STREAMS), _any_track(label, calls), _equal_streams
        )
        overviews = await _in_turns(
            _calls(ten, GET_OVERVIEW), _calls(one, GET_OVERVIEW), _any_day(calls), _equally_long
        )
    return [
        compared(f"get_streams 365, {_size(label)}", *streams, "one year", unit="µs", budget=_FLAT_BUDGET),
        compared(f"get_overview, {_size(label)}", *overviews, "one year", unit="µs", budget=_FLAT_BUDGET),
    ]


async def _in_turns(ours: Call, peer: Call, requests: Sequence[Any], same: Callable[[Any, Any], bool]) -> Timings:
    """Microseconds of both for each request; which goes first alternates."""
    timings: Timings = ([], [])
    for turn, request in enumerate(requests):
        answers: dict[int, Any] = {}
        for which in (0, 1) if turn % 2 else (1, 0):
            call = (ours, peer)[which]
            started = time.perf_counter()
            answers[which] = await call(request)
            timings[which].append((time.perf_counter() - started) * 1e6)
        if not same(answers[0], answers[1]):
            raise RuntimeError(f"the answers differ for {request!r}")
    return timings[0][_WARM_UP:], timings[1][_WARM_UP:]


def _calls(engine: LocalMusicEngine, operation: Operation) -> Call:
    return lambda request: engine.call(operation, request)


def _bare_streams(connection: sqlite3.Connection) -> Call:
    """It is told the track's id, which ours has to find by the ISRC."""
    ids = dict(connection.execute("SELECT isrc, id FROM tracks"))

    async def call(request: GetStreams) -> Any:
        return connection.execute(_STREAMS, (ids[request.isrc],)).fetchall()

    return call


def _bare_overview(connection: sqlite3.Connection) -> Call:
    days = {day_text(LAST_DAY - ago): LAST_DAY - ago for ago in range(365)}

    async def call(request: GetOverview) -> Any:
        day = (days[request.date],)
        return (
            connection.execute(_STATS).fetchone(),
            connection.execute(_TRACKS, day).fetchall(),
            connection.execute(_ARTISTS, day).fetchall(),
        )

    return call


def _same_streams(ours: Any, bare: Any) -> bool:
    rows = [tuple(row.values()) for row in ours.data["historical_data"]]
    return len(rows) == 365 and rows == [(day_text(day), spotify, apple) for day, spotify, apple in bare]


def _same_overview(ours: Any, bare: Any) -> bool:
    stats, tracks, artists = bare
    return (
        (ours.data["stats"]["total_inner_catalogue_tracks"], ours.data["stats"]["days_tracked"]) == stats
        and [tuple(track.values()) for track in ours.data["best_tracks"]] == tracks
        and [tuple(artist.values()) for artist in ours.data["best_artists"]] == artists
    )


def _equal_streams(ten: Any, one: Any) -> bool:
    return ten.data == one.data


def _equally_long(ten: Any, one: Any) -> bool:
    return all(len(ten.data[best]) == len(one.data[best]) == 10 for best in ("best_tracks", "best_artists"))


def _any_track(label: Label, calls: int) -> list[GetStreams]:
    chance = random.Random(1)
    return [GetStreams(isrc=isrc(chance.randint(1, label.tracks)), days=365) for _ in range(calls + _WARM_UP)]


def _any_day(calls: int) -> list[GetOverview]:
    chance = random.Random(2)
    return [GetOverview(date=day_text(LAST_DAY - chance.randrange(365))) for _ in range(calls + _WARM_UP)]


def _size(label: Label) -> str:
    return f"{label.tracks:,} x {label.days:,} days"
