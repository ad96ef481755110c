"""While the hub is served, its folders are watched."""

import asyncio
import contextlib
import shutil

import pytest

from backends.local.hub.scanning.walking import Place
from backends.local.hub.scanning.watching import places_of_changes
from tests.hub.scanning.conftest import touch

_SECONDS = 30


@pytest.fixture
async def watched(music):
    """A folder with a song, watched."""
    music.write("Album/A", distinct=1)
    await music.begin()
    watching = asyncio.create_task(music.hub.watch())
    yield music
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching


async def _until(music, expected, change=None):
    """Wait for the library to have these paths; change something again and again, if it may have come too early."""
    async with asyncio.timeout(_SECONDS):
        while sorted(await music.tracks()) != sorted(expected):
            if change is not None:
                change()
            await asyncio.sleep(0.05)


async def _is_watched(music):
    """Once a new file is noticed, all that comes after it is, too."""
    number = 0

    def another():
        nonlocal number
        if number % 10 == 0:
            shutil.rmtree(music.folder / "Probe", ignore_errors=True)
            music.write("Probe/P", distinct=777)
        number += 1

    await _until(music, ["Album/A.flac", "Probe/P.flac"], another)
    shutil.rmtree(music.folder / "Probe")
    await _until(music, ["Album/A.flac"])


async def test_new_changed_moved_and_deleted_files_are_noticed(watched):
    await _is_watched(watched)
    watched.write("Album/B", distinct=2)
    watched.write("Other/Deep/C", distinct=3)
    await _until(watched, ["Album/A.flac", "Album/B.flac", "Other/Deep/C.flac"])
    watched.retag("Album/A.flac", title="Ah")
    async with asyncio.timeout(_SECONDS):
        while await watched.listed() != ["Ah"]:  # noqa: ASYNC110  (another task's doing)
            await asyncio.sleep(0.05)
    watched.move("Other", "Renamed")
    await _until(watched, ["Album/A.flac", "Album/B.flac", "Renamed/Deep/C.flac"])
    watched.move("Album/A.flac", "Renamed/A.flac")
    await _until(watched, ["Album/B.flac", "Renamed/A.flac", "Renamed/Deep/C.flac"])
    assert await watched.listed() == ["Ah"]
    shutil.rmtree(watched.folder / "Renamed" / "Deep")
    watched.delete("Album/B.flac")
    await _until(watched, ["Renamed/A.flac"])


async def test_what_was_noticed_is_not_shown_as_the_last_scan(watched):
    before = await watched.hub.hub.scans.last()
    await _is_watched(watched)
    after = await watched.hub.hub.scans.last()
    assert (after.started_at, after.found) == (before.started_at, before.found)


async def test_a_folder_that_vanishes_and_comes_back_is_watched_again(watched, tmp_path):
    await _is_watched(watched)
    watched.folder.rename(tmp_path / "away")
    watched.folder.mkdir()
    await asyncio.sleep(0)
    watched.folder.rmdir()
    (tmp_path / "away").rename(watched.folder)
    watched.write("Album/B", distinct=2)
    await _until(watched, ["Album/A.flac", "Album/B.flac"], lambda: touch(watched.folder / "Album/B.flac"))
    assert await watched.listed() == ["A"]


async def test_a_folder_that_another_process_takes_in_is_watched_too(watched, tmp_path):
    other = tmp_path / "other"
    watched.write(other / "Z", distinct=9)
    await watched.scan(other)
    watched.write(other / "Y", distinct=10)
    expected = ["Album/A.flac", str(other / "Y.flac"), str(other / "Z.flac")]
    await _until(watched, expected, lambda: touch(other / "Y.flac"))


def test_a_change_leads_to_the_folders_that_it_may_concern(tmp_path):
    root = tmp_path.as_posix().encode()
    (tmp_path / "Album").mkdir()
    (tmp_path / "Album/notes.txt").touch()
    roots = {1: root}
    album = root + b"/Album"

    def places(*paths):
        return places_of_changes([root + b"/" + path for path in paths], roots)

    (tmp_path / "Album/a.mp3").touch()
    assert places(b"Album/a.mp3") == {Place(album, 1, deep=False)}
    assert places(b"Album") == {Place(album, 1)}
    assert places(b"Album/notes.txt", b".hidden/a.mp3", b"Album/.b.mp3.part") == set()
    assert Place(album, 1) in places(b"Album/.nomedia")
    assert places_of_changes([b"/elsewhere/a.mp3"], roots) == set()
