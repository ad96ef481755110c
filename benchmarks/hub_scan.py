"""A scan of a library of two-second files, full and with nothing changed, against MPD and beets."""

import asyncio
import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from contextlib import aclosing, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from benchmarks.audio_library import audio_library
from benchmarks.lines import Line, at_most, compared, noted
from benchmarks.music_servers import beets, import_with_beets, mpd, running_mpd
from benchmarks.stdio_client import ROOT

__all__ = ["measure"]

_SMALL, _LARGE = 2_000, 20_000

_LONGEST_HOLD_MS = 100

_MOST_MEMORY_MB = 150


def measure(*, quick: bool) -> list[Line]:
    """Of an open hub against a running MPD, in turns; then of the whole command, for its time and its memory."""
    lines, seconds = _against_mpd(_SMALL, turns=3 if quick else 5)
    lines += _against_beets(turns=1 if quick else 3)
    if quick:
        return [*lines, *_command(_SMALL)]
    of_large, large_seconds = _against_mpd(_LARGE, turns=3)
    return [*lines, *of_large, _growth(seconds, large_seconds), *_command(_LARGE)]


def _against_mpd(files: int, *, turns: int) -> tuple[list[Line], float]:
    """The lines, and the median of our full scans."""
    music = audio_library(files)
    ours, again, theirs, their_again, holds = [], [], [], [], []
    if mpd() is None:
        for _ in range(turns):
            full, same, hold = asyncio.run(_scans(music, files))
            ours.append(full)
            again.append(same)
            holds.append(hold)
        lines = [
            noted(f"scan of {files:,} files (MPD is not installed)", statistics.median(ours), "s"),
            noted("the same again, nothing changed", statistics.median(again), "s"),
        ]
    else:
        with running_mpd(music) as peer:
            for _ in range(turns):
                theirs.append(peer.scan())
                full, same, hold = asyncio.run(_scans(music, files))
                their_again.append(statistics.median(peer.rescan() for _ in range(3)))
                ours.append(full)
                again.append(same)
                holds.append(hold)
            if peer.songs() != files:
                raise RuntimeError(f"MPD has found {peer.songs()} files of {files}")
        lines = [
            compared(f"scan of {files:,} files", ours, theirs, "MPD", unit="s", budget=1.0),
            compared(f"scan of {files:,} files, none changed", again, their_again, "MPD", unit="s", budget=2.0),
        ]
    lines.append(at_most("longest hold of the write lock", 1000 * statistics.median(holds), _LONGEST_HOLD_MS, "ms"))
    return lines, statistics.median(ours)


async def _scans(music: Path, files: int) -> tuple[float, float, float]:
    """Seconds of a full scan, of one with nothing changed, and for which the first held the write lock at most."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        async with aclosing(LocalHub(Path(name))) as hub:
            await hub.hub.user.unchanged()
            await hub.hub.index.unchanged()
            with closing(_Readers(Path(name) / INDEX_LAYOUT.name)):
                started = time.perf_counter()
                ended = await hub.hub.scans.run([os.fsencode(music)])
                full = time.perf_counter() - started
            if ended.report.new != files:
                raise RuntimeError(f"{ended.report.new} files of {files} were found")
            again: list[float] = []
            for _ in range(3):
                started = time.perf_counter()
                unchanged = (await hub.hub.scans.run()).report.unchanged
                again.append(time.perf_counter() - started)
            if unchanged != files:
                raise RuntimeError(f"{unchanged} files of {files} were unchanged")
            return full, statistics.median(again), ended.longest_hold


class _Readers:
    """Somebody who reads the index now and then while it is written, as a player does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def close(self) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            while not self._done.wait(0.05):
                connection.execute("SELECT id, title FROM tracks ORDER BY key DESC LIMIT 50").fetchall()


def _against_beets(*, turns: int) -> list[Line]:
    if beets() is None:
        return []
    music = audio_library(_SMALL)
    ours, theirs = [], []
    for _ in range(turns):
        theirs.append(import_with_beets(music))
        ours.append(asyncio.run(_scans(music, _SMALL))[0])
    return [compared(f"scan of {_SMALL:,} files", ours, theirs, "beets", unit="s", budget=0.1)]


def _growth(small: float, large: float) -> Line:
    """Seconds a file, in a library ten times as large."""
    ratio = (large / _LARGE) / (small / _SMALL)
    return Line(
        what=f"a file of {_LARGE:,} against one of {_SMALL:,}",
        ours=f"{1e6 * large / _LARGE:,.0f} µs",
        peer=f"{1e6 * small / _SMALL:,.0f} µs",
        ratio=ratio,
        budget="≤ 1.2",
        ok=ratio <= 1.2,
    )


def _command(files: int) -> list[Line]:
    """`musicengine-mcp scan` and all its processes."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        command = (sys.executable, "-m", "musicengine_mcp", "--data-dir", name, "scan", audio_library(files))
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        most = 0
        while process.poll() is None:
            most = max(most, _memory_of(process.pid))
            time.sleep(0.02)
        if process.returncode:
            raise RuntimeError("the scan failed")
        what = f"musicengine-mcp scan, {files:,} files"
        return [
            noted(what, time.perf_counter() - started, "s"),
            at_most(f"{what}: all processes", most / 2**20, _MOST_MEMORY_MB, "MB"),
        ]


def _memory_of(process: int) -> int:
    """Bytes that it and its children have for themselves, and their shares of what they have in common."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        tasks = [*Path(f"/proc/{process}/task").glob("*/children")]
        children = {int(child) for task in tasks for child in task.read_text().split()}
    except OSError:  # it has just ended
        return 0
    share = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return share + sum(_memory_of(child) for child in children)
