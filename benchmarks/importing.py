"""Import of a million daily rows, as a user does it, against the least that reading and storing them takes."""

import asyncio
import csv
import sqlite3
import subprocess
import sys
import time
from contextlib import aclosing, closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from backends.days import day_number
from backends.local.database import Database
from backends.local.importing.importer import import_file
from backends.local.importing.options import Options
from backends.local.storage import DATABASE_NAME
from benchmarks.label import Label, isrc
from benchmarks.lines import Line, at_least, compared
from benchmarks.stdio_client import ROOT

__all__ = ["measure"]

_LEAST_ROWS_A_SECOND = 150_000

_ROLLUPS = {
    "workspace_days": "SELECT day, spotify, apple, spotify_tracks, apple_tracks FROM workspace_days ORDER BY day",
    "artist_days": "SELECT day, artist, streams FROM artist_days ORDER BY day, artist",
    "top_tracks": "SELECT day, streams, track_id FROM top_tracks ORDER BY day, streams, track_id",
    "daily_streams": "SELECT * FROM daily_streams ORDER BY track_id, day",
}

_FLOOR_TABLE = """
    CREATE TABLE daily_streams (
        track_id INTEGER NOT NULL, day INTEGER NOT NULL, spotify INTEGER, apple INTEGER, PRIMARY KEY (track_id, day)
    ) STRICT, WITHOUT ROWID
"""


def measure(*, quick: bool) -> list[Line]:
    """Import into a fresh database each time: by the command, in process, and by the floor, in turns."""
    label = Label(tracks=1370 if quick else 2740, days=365)
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name)
        label.write_catalogue(folder / "catalogue.csv")
        label.write_daily_streams(folder / "streams.csv")
        commanded, in_process, floor = [], [], []
        for turn in range(1 if quick else 5):
            fresh = folder / str(turn)
            commanded.append(_by_command(folder, fresh / "command"))
            in_process.append(asyncio.run(_in_process(folder, fresh / "process")))
            floor.append(_floor(folder / "streams.csv", label, fresh / "floor.db"))
        label.build(folder / "built")
        _assert_same(folder / "built", fresh / "command")
    lines = []
    for how, seconds in (("command", commanded), ("in process", in_process)):
        what = f"import {label.rows:,} rows, {how}"
        # A rate has no floor beside it to share the machine's bad moments, so the best turn is what is judged.
        best, middle = label.rows / min(seconds), label.rows / median(seconds)
        lines.append(at_least(what, best, _LEAST_ROWS_A_SECOND, "rows/s", detail=f"median {middle:,.0f}"))
        lines.append(compared(what, seconds, floor, "csv.reader, int(), executemany", unit="s"))
    return lines


def _by_command(folder: Path, data_dir: Path) -> float:
    """Seconds of the second command; the catalogue comes before and is not counted."""
    for file in ("catalogue.csv", "streams.csv"):
        started = time.perf_counter()
        command = (sys.executable, "-m", "musicengine_mcp", "--data-dir", data_dir, "import", folder / file)
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def _in_process(folder: Path, data_dir: Path) -> float:
    async with aclosing(Database(data_dir)) as database:
        await import_file(database, 1, folder / "catalogue.csv", Options())
        started = time.perf_counter()
        await import_file(database, 1, folder / "streams.csv", Options())
        return time.perf_counter() - started


def _floor(file: Path, label: Label, path: Path) -> float:
    """No checks, no merge with what is stored, no rollups, and nothing to tell who got what: read, convert, store."""
    tracks = {isrc(number): number for number in range(1, label.tracks + 1)}
    started = time.perf_counter()
    days: dict[str, int] = {}
    with closing(sqlite3.connect(path)) as connection, file.open(newline="", encoding="utf-8") as lines:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -32768"):  # as ours
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_FLOOR_TABLE)
        reader = csv.reader(lines)
        next(reader)
        with connection:
            connection.executemany(
                "INSERT INTO daily_streams VALUES (?, ?, ?, ?)",
                (
                    (
                        tracks[code],
                        days.get(date) or days.setdefault(date, day_number(date)),
                        int(spotify) if spotify else None,
                        int(apple) if apple else None,
                    )
                    for code, date, spotify, apple in reader
                ),
            )
    return time.perf_counter() - started


def _assert_same(built: Path, imported: Path) -> None:
    """What the other benchmarks build in bulk is what an import leaves; otherwise they would measure something else."""
    with (
        closing(sqlite3.connect(built / DATABASE_NAME)) as one,
        closing(sqlite3.connect(imported / DATABASE_NAME)) as other,
    ):
        for table, sql in _ROLLUPS.items():
            if any(mine != theirs for mine, theirs in zip(one.execute(sql), other.execute(sql), strict=True)):
                raise RuntimeError(f"{table} differs between a built database and an imported one")
