"""What it costs to find damage: looking at a large library, and checksums of rows against the same tables without.

Both of a pair are measured in turns, since a machine is slow at one moment and fast at the next.

    python -m benchmarks --only hub_health
"""

import asyncio
import os
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backends.local.checksums import checked_tables, prepare
from backends.local.hub.health import check_health
from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.migrations import migrate
from backends.local.storage import prepare_folder
from benchmarks.audio_library import audio_library
from benchmarks.hub_library import build, cached, track_id
from benchmarks.lines import Line, at_most, compared, noted
from contract.hub.playback import PUT_PLAYBACK_SESSION, PutPlaybackSession
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS, AddPlaylistTracks, Duplicates
from contract.hub.playlists import CREATE_PLAYLIST, MOST_AT_ONCE, CreatePlaylist
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK, AddToQueue, ControlPlayback

__all__ = ["measure"]

_FILES = 2_000

_MOST_QUICK_MS = 10.0
_MOST_DEEP_S = 6.0
_MOST_OF_A_SCAN = 1.05
_MOST_OF_A_WRITE = 1.1

_TRACKS = 1_000
"""Of the library whose tracks are played and queued."""

_LONG_MS = 300_000

Way = Callable[[Path], Coroutine[Any, Any, float]]
"""Seconds that something takes in a data folder."""


def measure(*, quick: bool) -> list[Line]:
    """Of a library of 100,000 tracks; then of each kind of write, with checksums and without."""
    lines = asyncio.run(_looks(10_000 if quick else 100_000))
    lines.append(_against_none(f"scan of {_FILES:,} files", _scan, _no_library, 5 if quick else 11, _MOST_OF_A_SCAN))
    for what, way, budget in (
        ("add 50,000 entries to a playlist", _fill_playlist, _MOST_OF_A_WRITE),
        ("play a track to its end", _play, _MOST_OF_A_WRITE),
        ("write the session of 50,000 queued tracks", _write_session, _MOST_OF_A_WRITE),
    ):
        lines.append(_against_none(what, way, _library, 3 if quick else 9, budget))
    return lines


async def _looks(tracks: int) -> list[Line]:
    async with aclosing(LocalHub(cached(tracks))) as hub:
        started = time.perf_counter()
        first = await check_health(hub.hub, deep=False)
        first_ms = 1000 * (time.perf_counter() - started)
        quick: list[float] = []
        deep: list[float] = []
        gaps: list[float] = []
        for _ in range(50):
            started = time.perf_counter()
            await check_health(hub.hub, deep=False)
            quick.append(1000 * (time.perf_counter() - started))
        for _ in range(3):
            started = time.perf_counter()
            looking = asyncio.create_task(check_health(hub.hub, deep=True))
            gaps.append(await _longest_gap(looking))
            deep.append(time.perf_counter() - started)
            if first.problems or looking.result().problems:
                raise RuntimeError("the library is damaged")
    return [
        noted(f"first quick look at {tracks:,} tracks", first_ms, "ms"),
        at_most(f"quick look at {tracks:,} tracks", statistics.median(quick), _MOST_QUICK_MS, "ms"),
        at_most(f"look at every row of {tracks:,} tracks", statistics.median(deep), _MOST_DEEP_S, "s"),
        noted("longest turn of the event loop meanwhile", 1000 * statistics.median(gaps), "ms"),
    ]


async def _longest_gap(task: asyncio.Task[Any]) -> float:
    """Seconds for which the event loop stood still at most until the task was done."""
    longest = 0.0
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - before)
        await asyncio.sleep(0.001)
    return longest


def _against_none(what: str, way: Way, make: Callable[[Path], None], turns: int, budget: float) -> Line:
    """The way in a folder whose tables have checksums, and in one whose tables have none."""
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(turns + 1):
        for seconds, has_checksums in ((ours, True), (bare, False)) if turn % 2 else ((bare, False), (ours, True)):
            with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
                make(Path(name))
                if not has_checksums:
                    _drop_checksums(Path(name))
                taken = asyncio.run(way(Path(name)))
            if turn:  # the first of each warms the machine up
                seconds.append(taken)
    unit = "s" if statistics.median(ours) > 1 else "ms"
    scale = 1 if unit == "s" else 1000
    with_them, without = [scale * seconds for seconds in ours], [scale * seconds for seconds in bare]
    return compared(what, with_them, without, "without checksums", unit=unit, budget=budget)


def _no_library(folder: Path) -> None:
    prepare_folder(folder)
    for layout in (USER_LAYOUT, INDEX_LAYOUT):
        migrate(folder / layout.name, layout)


def _library(folder: Path) -> None:
    build(folder, _TRACKS)


def _drop_checksums(folder: Path) -> None:
    for layout in (USER_LAYOUT, INDEX_LAYOUT):
        with closing(prepare(sqlite3.connect(folder / layout.name, isolation_level=None))) as connection:
            for table in checked_tables(connection, layout):
                connection.execute(f"DROP INDEX {table.index}")


async def _scan(folder: Path) -> float:
    async with aclosing(LocalHub(folder)) as hub:
        await hub.hub.user.unchanged()
        await hub.hub.index.unchanged()
        music = os.fsencode(audio_library(_FILES))
        started = time.perf_counter()
        ended = await hub.hub.scans.run([music])
        seconds = time.perf_counter() - started
        if ended.report.new != _FILES:
            raise RuntimeError(f"{ended.report.new} files of {_FILES} were found")
        return seconds


async def _fill_playlist(folder: Path) -> float:
    async with aclosing(LocalHub(folder)) as hub:
        playlist = (await hub.call(CREATE_PLAYLIST, CreatePlaylist(name="Long"))).playlist["id"]
        ids = [track_id(number + 1) for number in range(_TRACKS)]
        started = time.perf_counter()
        for _ in range(50_000 // MOST_AT_ONCE):
            await hub.call(
                ADD_PLAYLIST_TRACKS,
                AddPlaylistTracks(id=playlist, trackIds=ids[:MOST_AT_ONCE], duplicates=Duplicates.ALLOW),
            )
        return time.perf_counter() - started


async def _play(folder: Path) -> float:
    """Seconds of a track's end, which counts it: the median of 60."""
    now = [0]
    async with aclosing(LocalHub(folder, clock=lambda: now[0])) as hub:
        ids = [track_id(number + 1) for number in range(200)]
        await hub.call(ADD_TO_QUEUE, AddToQueue(trackIds=ids, when="now"))
        return await _median(lambda: hub.call(CONTROL_PLAYBACK, ControlPlayback(action="next")), now)


async def _write_session(folder: Path) -> float:
    """Seconds in which a player says where it is: the median of 60."""
    now = [0]
    async with aclosing(LocalHub(folder, clock=lambda: now[0])) as hub:
        ids = [track_id(number + 1) for number in range(_TRACKS)]
        revision = [0]
        for _ in range(50):
            revision[0] = (await hub.call(ADD_TO_QUEUE, AddToQueue(trackIds=ids, when="last"))).revision

        async def write() -> None:
            answer = await hub.call(
                PUT_PLAYBACK_SESSION, PutPlaybackSession(revision=revision[0], positionMs=now[0] % 1000)
            )
            revision[0] = answer.revision

        return await _median(write, now)


async def _median(do: Callable[[], Awaitable[Any]], now: list[int]) -> float:
    seconds: list[float] = []
    for _ in range(60):
        now[0] += _LONG_MS
        started = time.perf_counter()
        await do()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
