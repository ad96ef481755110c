"""A full disk, a folder that can't be written to, a damaged database, and a file larger than memory."""

import ctypes
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backends.local import database

ROOT = Path(__file__).resolve().parents[2]
ISRC = "QZMEM2600001"
CATALOGUE = f"isrc,title,artist\n{ISRC},A,B\n" + "".join(f"QZMEM27{n:05d},T{n},A{n % 50}\n" for n in range(2000))
STREAMS = "isrc,date,spotify_streams\n" + "".join(
    f"QZMEM27{track:05d},20{year:02d}-01-{day:02d},{track}\n"
    for track in range(300)
    for year in range(10, 20)
    for day in range(1, 29)
)


def _import(*arguments: str | Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "musicengine_mcp", "import", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=before,
    )


def _obey_permissions() -> None:
    """Take the right to write anywhere from a superuser; anybody else has never had it."""
    override_permissions, drop_from_bounding_set = 1, 24
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(drop_from_bounding_set, override_permissions, 0, 0, 0) == 0


def test_a_full_disk_leaves_nothing_and_says_what_to_do(label):
    label.take("catalogue.csv", CATALOGUE)
    before = label.everything()
    most = 900_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    result = _import(label.write("streams.csv", STREAMS), before=limit)
    assert result.returncode == 1
    assert result.stderr == (
        "error: streams.csv: The database could not be written: the disk is full or failing. Nothing was changed. "
        "Free some space, then run the same command again.\n"
    )
    assert result.stdout == ""
    assert label.everything() == before
    assert label.run(label.files / "streams.csv").counts()["new"] == 84_000


def test_a_database_that_may_not_grow_is_full(label, monkeypatch):
    label.take("catalogue.csv", CATALOGUE)
    before = label.everything()
    monkeypatch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, "PRAGMA max_page_count = 400"))
    result = label.run(label.write("streams.csv", STREAMS))
    assert result.code == 1
    assert "the disk is full or failing. Nothing was changed." in result.err
    assert label.everything() == before


def test_a_data_folder_that_cannot_be_written_to_is_named_with_the_way_out(label):
    label.take("catalogue.csv", CATALOGUE)
    before = label.everything()
    for file in label.data.iterdir():
        file.chmod(0o400)
    label.data.chmod(0o500)
    try:
        result = _import(label.write("streams.csv", STREAMS), before=_obey_permissions)
    finally:
        label.data.chmod(0o700)
        for file in label.data.iterdir():
            file.chmod(0o600)
    assert result.returncode == 1
    assert "Make it writable, or choose another with --data-dir or MUSICENGINE_DATA_DIR." in result.stderr
    assert "Traceback" not in result.stderr
    assert label.everything() == before


def test_rejects_that_cannot_be_written_beside_the_file_do_not_fail_the_import(label):
    label.take("catalogue.csv", CATALOGUE)
    file = label.write("streams.csv", f"isrc,date,spotify_streams\n{ISRC},2026-11-20,5\nX,2026-11-20,5\n")
    label.files.chmod(0o500)
    try:
        result = _import(file, before=_obey_permissions)
    finally:
        label.files.chmod(0o700)
    assert result.returncode == 0, result.stderr
    assert "streams.csv.rejects.csv could not be written: the folder is read-only" in result.stdout
    assert "line 3: isrc must be an ISRC" in result.stdout
    assert label.streams(ISRC) == [("2026-11-20", 5, None)]
    assert sorted(path.name for path in label.files.iterdir()) == ["catalogue.csv", "streams.csv"]


def test_a_file_that_may_not_be_read_is_refused(label):
    file = label.write("streams.csv", STREAMS)
    file.chmod(0)
    result = _import(file, before=_obey_permissions_and_read_none)
    assert result.returncode == 1
    assert "streams.csv: The file can't be read." in result.stderr


def _obey_permissions_and_read_none() -> None:
    read_anything, drop_from_bounding_set = 2, 24
    _obey_permissions()
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(drop_from_bounding_set, read_anything, 0, 0, 0) == 0


@pytest.mark.parametrize("damage", ["not a database", "a damaged page"])
def test_a_corrupt_database_is_left_as_it_is(label, damage):
    label.take("catalogue.csv", CATALOGUE)
    database = label.data / "musicengine.db"
    if damage == "not a database":
        database.write_bytes(b"this is no database" * 1000)
    else:
        with closing(sqlite3.connect(database)) as connection:
            [(root,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'daily_streams'")
            [(size,)] = connection.execute("PRAGMA page_size")
        with database.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)
    before = database.read_bytes()
    result = label.run(label.write("streams.csv", STREAMS))
    assert result.code == 1
    assert (
        "The database file is damaged, or is not a database. It was left as it is. 'musicengine-mcp doctor' says"
        in result.err
    )
    assert database.read_bytes() == before


_PEAK_AFTER = """
import re, sys
from backends.local import database
from server.cli import run
database._PRAGMAS = (*database._PRAGMAS, "PRAGMA cache_size = -1024")
assert run(["import", *sys.argv[1:]]) == 0
# Not ru_maxrss, which counts what the process was before this program: a copy of the one that started it.
print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
"""


def _peak_megabytes(data: Path, file: Path) -> float:
    result = subprocess.run(
        [sys.executable, "-c", _PEAK_AFTER, str(file), "--data-dir", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(result.stdout.split()[-1]) / 1024


@pytest.mark.parametrize(("kind", "fewer", "more"), [("statement", 20_000, 100_000), ("streams", 70_000, 350_000)])
def test_memory_does_not_grow_with_the_file(label, kind, fewer, more, tmp_path):
    """Five times the rows must not cost more than noise.

    A million rows would show the same in a minute. SQLite's cache is made small, since it fills up only with more
    rows than these and would hide what is looked for: the additional rows weigh over 40 MB as Python objects.
    """
    label.take("catalogue.csv", CATALOGUE)
    peaks = []
    for rows in (fewer, more):
        data = tmp_path / f"data-{rows}"
        shutil.copytree(label.data, data)
        file = label.files / f"{kind}.csv"
        with file.open("w") as target:
            target.writelines(_statement(rows) if kind == "statement" else _daily(rows))
        peaks.append(_peak_megabytes(data, file))
    assert peaks[1] - peaks[0] < 25, peaks


def _statement(rows: int) -> Iterator[str]:
    yield "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    yield "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
    for row in range(rows):
        isrc = f"QZMEM27{row % 2000:05d}"
        yield f"2026-10-15\t2026-09\tStore {row // 2000}\tB\tA\t{isrc}\t\t{row}\t100\tSong\tDE\t0\t{row / 977}\n"


def _daily(rows: int) -> Iterator[str]:
    yield "isrc,date,spotify_streams\n"
    days = [f"20{y:02d}-{m:02d}-{d:02d}" for y in range(99) for m in range(1, 13) for d in range(1, 29)]
    for row in range(rows):
        yield f"QZMEM27{row % 2000:05d},{days[row // 2000]},{row}\n"
