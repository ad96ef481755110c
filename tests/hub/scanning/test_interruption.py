"""A scan that is broken off, by whatever, keeps what it had found; the next one completes it, and nothing is lost."""

import asyncio
import os
import random
import signal
import sqlite3
import time
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from backends.local.hub.hub import LocalHub
from contract.hub.errors import ScanRunning
from contract.hub.playlists import CREATE_PLAYLIST, GET_PLAYLIST
from contract.hub.scan import CANCEL_SCAN, GET_SCAN, START_SCAN
from tests.checked import call
from tests.hub.audio_files import write_file
from tests.hub.scanning.conftest import found
from tests.programs import environment_of, running

FILES = 400
LONG = 3000

_EVERYTHING = {
    "tracks": """
        SELECT t.id, f.path, t.name, t.title, t.artist, t.album, t.track, t.format, t.duration_ms, t.missing_since,
            a.title, a.tracks, a.duration_ms, r.name, r.tracks, r.albums
        FROM tracks t JOIN folders f ON f.key = t.folder_key JOIN albums a ON a.key = t.album_key
        JOIN artists r ON r.key = a.artist_key ORDER BY t.id
    """,
    "albums": "SELECT id, title, artist, tracks, duration_ms, discs FROM albums ORDER BY id",
    "artists": "SELECT id, name, tracks, albums FROM artists ORDER BY id",
    "genres": "SELECT name, tracks FROM genres ORDER BY name",
    "tags": "SELECT t.id, g.tags FROM track_tags g JOIN tracks t ON t.key = g.track_key ORDER BY t.id",
    "problems": "SELECT f.path, p.name FROM problems p JOIN folders f ON f.key = p.folder_key ORDER BY 1, 2",
}


def _library(folder, files):
    for number in range(files):
        album = number // 10
        tags = {
            "title": f"Song {number}",
            "artist": f"Artist {album // 3}",
            "album": f"Album {album}",
            "track": number % 10 + 1,
        }
        path = folder / f"Artist {album // 3}/Album {album}/{number % 10 + 1:02d}.mp3"
        write_file(path, "mp3", distinct=number + 1, genres=["Rock"], **tags)
    (folder / "broken.mp3").touch()
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return _library(tmp_path_factory.mktemp("large"), FILES)


@pytest.fixture(scope="module")
def huge(tmp_path_factory):
    """Long enough in the scanning for somebody else to come by."""
    return _library(tmp_path_factory.mktemp("huge"), LONG)


def _rows(data, sql):
    with closing(sqlite3.connect(f"file:{data}/hub-index.db?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def _everything(data):
    return {name: _rows(data, sql) for name, sql in _EVERYTHING.items()}


def _tracks(data):
    try:
        return _rows(data, "SELECT count(*) FROM tracks")[0][0]
    except sqlite3.OperationalError:  # not made yet
        return 0


def _scan(data, *arguments):
    with running(data, "scan", *map(str, arguments), environment=environment_of()) as program:
        code = program.process.wait(120)
    return code, "\n".join(program.output.read), program.said


def test_a_scan_that_is_killed_at_any_moment_is_completed_by_the_next_one(large, tmp_path):
    """Twenty times, each time a moment later or earlier; what a playlist holds is there throughout."""
    assert _scan(tmp_path / "whole", large)[0] == 0
    expected = _everything(tmp_path / "whole")
    data = tmp_path / "killed"
    chance = random.Random(4)
    killed, playlist, names = 0, None, []
    while killed < 20:
        before = _tracks(data)
        if before > FILES - 30:  # it has all been found by now: from the beginning, with the playlist kept
            for name in ("hub-index.db", "hub-index.db-wal", "hub-index.db-shm"):
                (data / name).unlink(missing_ok=True)
            before = 0
        with running(data, "scan", str(large), environment=environment_of()) as program:
            further = before + chance.randrange(1, 60)
            while program.process.poll() is None and _tracks(data) < further:
                time.sleep(0.001)
            alive = program.process.poll() is None
            program.kill()
        killed += alive
        assert _tracks(data) >= before
        playlist, names = asyncio.run(_listed(data, playlist, names))
    assert len(names) >= 1
    code, out, _ = _scan(data)
    assert code == 0
    assert "unreadable 1" in out
    assert _everything(data) == expected
    assert asyncio.run(_listed(data, playlist, names)) == (playlist, names)


async def _listed(data, playlist, names):
    """The playlist that the first call makes holds what it held, and none of it is missing."""
    async with aclosing(LocalHub(data)) as hub:
        if playlist is None:
            ids = [id_ for (id_,) in await hub.hub.index.read("SELECT id FROM tracks ORDER BY id LIMIT 20")]
            if not ids:
                return None, []
            playlist = (await call(hub, CREATE_PLAYLIST, name="Kept", trackIds=ids))["playlist"]["id"]
        held = await call(hub, GET_PLAYLIST, id=playlist)
        return playlist, [entry["track"]["title"] for entry in held["entries"]]


async def test_the_scan_of_a_process_that_died_is_called_interrupted(large, data_dir):
    with running(data_dir, "scan", str(large), environment=environment_of()) as program:
        while not await asyncio.to_thread(_tracks, data_dir):
            assert program.process.poll() is None
        program.kill()
    async with aclosing(LocalHub(data_dir)) as hub:
        assert (await call(hub, GET_SCAN))["scan"]["state"] == "interrupted"
        await hub.hub.scans.run()
        states = await hub.hub.index.read("SELECT state FROM scans ORDER BY id")
        assert list(states) == [("interrupted",), ("completed",)]
        assert (await call(hub, GET_SCAN))["scan"]["state"] == "completed"


async def test_a_scan_is_watched_and_cancelled_from_another_process(huge, data_dir):
    async with aclosing(LocalHub(data_dir)) as hub:
        with running(data_dir, "scan", str(huge), environment=environment_of()) as program:
            while (scan := (await call(hub, GET_SCAN))["scan"]) is None or scan["filesRead"] < 100:
                assert program.process.poll() is None, program.said
            assert scan["state"] == "running"
            assert scan["filesSeen"] == LONG + 1 == scan["filesToRead"]
            # It stands still meanwhile: a scan is waited for, for a moment, and this one might end within it.
            program.process.send_signal(signal.SIGSTOP)
            with pytest.raises(ScanRunning):
                await call(hub, START_SCAN)
            program.process.send_signal(signal.SIGCONT)
            await call(hub, CANCEL_SCAN)
            assert await asyncio.to_thread(program.process.wait, 30) == 1
        assert "scan: cancelled; what was found so far is kept." in program.said
        after = (await call(hub, GET_SCAN))["scan"]
        assert after["state"] == "cancelled"
        assert 0 < after["counts"]["new"] < LONG
        ended = await hub.hub.scans.run()
        assert found(ended) == {
            "new": LONG - after["counts"]["new"],
            "unchanged": after["counts"]["new"],
            "unreadable": 1,
        }


async def test_a_hub_that_scans_starts_no_other_scan(huge, data_dir):
    async with aclosing(LocalHub(data_dir)) as hub:
        begun = (await call(hub, START_SCAN, folders=[str(huge)]))["scan"]
        assert begun["state"] == "running"
        with pytest.raises(ScanRunning):
            await call(hub, START_SCAN)
        assert (await call(hub, GET_SCAN))["scan"]["startedAt"] == begun["startedAt"]
        assert (await call(hub, CANCEL_SCAN))["scan"]["state"] == "cancelled"


async def test_closing_the_hub_ends_its_scan_and_keeps_what_was_found(huge, data_dir):
    async with aclosing(LocalHub(data_dir)) as hub:
        await call(hub, START_SCAN, folders=[str(huge)])
        while (await call(hub, GET_SCAN))["scan"]["counts"]["new"] == 0:
            await hub.hub.index.read("SELECT 1")
    async with aclosing(LocalHub(data_dir)) as hub:
        scan = (await call(hub, GET_SCAN))["scan"]
        assert scan["state"] == "cancelled"
        [(tracks,)] = await hub.hub.index.read("SELECT count(*) FROM tracks")
        assert tracks == scan["counts"]["new"] > 0


async def test_readers_and_other_writers_go_on_during_a_scan(huge, data_dir):
    """A change of the index by somebody else has its turn, and no read waits."""
    async with aclosing(LocalHub(data_dir)) as hub:
        running_ = asyncio.create_task(hub.hub.scans.run([os.fsencode(huge)]))
        writes = 0
        while not running_.done():
            async with hub.hub.index.transaction() as connection:
                await connection.execute("UPDATE applied SET seq = seq")
            writes += 1
            await hub.hub.index.read("SELECT count(*) FROM tracks")
            await asyncio.sleep(0.01)
        ended = await running_
    assert ended.report.new == LONG
    assert writes > 5


async def test_what_the_scan_has_changed_is_in_the_change_feed(large, data_dir):
    async with aclosing(LocalHub(data_dir)) as hub:
        await hub.hub.scans.run([os.fsencode(large)])
        kinds = [kind for (kind,) in await hub.hub.user.read("SELECT kind FROM changes ORDER BY seq")]
        assert [*kinds[:2], kinds[-1]] == ["roots", "scan", "scan"]
        assert set(kinds[2:-1]) == {"library"}
        assert len(kinds) < 30
        await hub.hub.scans.run()
        after = [kind for (kind,) in await hub.hub.user.read("SELECT kind FROM changes ORDER BY seq")]
        assert after == [*kinds, "scan", "scan"], "that it ran, and nothing else"


def test_nothing_is_left_running_when_a_scan_is_killed(large, tmp_path):
    with running(tmp_path / "data", "scan", str(large), environment=environment_of()) as program:
        while not _tracks(tmp_path / "data"):
            assert program.process.poll() is None
        children = _children(program.process.pid)
        assert children
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait(30)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < deadline


def _children(pid):
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for each in lists for child in each.read_text().split()}
