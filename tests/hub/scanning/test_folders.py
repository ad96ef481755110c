"""What is looked into and what is not: links, names of every kind, folders that are empty, shut, or one in another."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backends.local.hub.scanning.comparing import Comparison
from backends.local.hub.scanning.walking import Place
from contract.errors import InvalidRequest
from contract.hub.errors import FolderNotFound
from contract.hub.scan import LIST_ROOTS, REMOVE_ROOT
from tests.checked import call
from tests.hub.audio_files import audio
from tests.programs import ROOT


async def _roots(music):
    return [root["path"] for root in (await call(music.hub, LIST_ROOTS))["roots"]]


async def test_links_that_lead_in_circles_end(music):
    music.write("A/Song", distinct=1)
    (music.folder / "A/up").symlink_to("..")
    (music.folder / "A/self").symlink_to("self")
    (music.folder / "A/round").symlink_to(music.folder / "A")
    (music.folder / "loop.mp3").symlink_to("loop.mp3")
    (music.folder / "nowhere.mp3").symlink_to("gone.mp3")
    assert await music.scan(music.folder) == {"new": 1}
    assert list(await music.tracks()) == ["A/Song.flac"]


async def test_a_linked_folder_is_looked_into_once(music, tmp_path):
    music.write(tmp_path / "else/Deep/Song", distinct=1)
    (tmp_path / "else/Deep/back").symlink_to(tmp_path / "else")
    (music.folder / "one").symlink_to(tmp_path / "else")
    (music.folder / "two").symlink_to(tmp_path / "else")
    (music.folder / "three").symlink_to(tmp_path / "else/Deep")
    assert await music.scan(music.folder) == {"new": 1}


async def test_a_linked_file_is_one_track_with_what_it_leads_to(music, tmp_path):
    music.write("A/Song", distinct=1)
    (music.folder / "A/Link.flac").symlink_to("Song.flac")
    outside = music.write(tmp_path / "else/Other", distinct=2)
    (music.folder / "first.flac").symlink_to(outside)
    (music.folder / "second.flac").symlink_to(outside)
    store = music.write(".store/Third", distinct=3)
    (music.folder / "third.flac").symlink_to(store)
    assert await music.scan(music.folder) == {"new": 3}
    assert "A/Song.flac" in await music.tracks()


async def test_a_pipe_that_is_called_like_music_does_not_hold_the_scan_up(music):
    music.write("A/Song")
    os.mkfifo(music.folder / "A/pipe.mp3")
    (music.folder / "folder.flac").mkdir()
    assert await music.scan(music.folder) == {"new": 1}


async def test_names_at_the_limits_of_the_file_system(music):
    names = (
        ("ä" * 125 + ".flac").encode(),
        b"x" * 250 + b".flac",
        b"not \xff\xfe utf-8.flac",
        b"line\nbreak.flac",
        b"...And Justice.flac",
    )
    for number, name in enumerate(names):
        (music.folder / os.fsdecode(name)).write_bytes(audio("flac", number + 1))
    (music.folder / os.fsdecode(b"caf\xe9")).mkdir()
    (music.folder / os.fsdecode(b"caf\xe9/\xe9.flac")).write_bytes(audio("flac", 50))
    assert await music.scan(music.folder) == {"new": 6}
    assert {os.fsencode(path) for path in await music.tracks()} == {*names, b"caf\xe9/\xe9.flac"}
    assert await music.scan() == {"unchanged": 6}


async def test_paths_longer_than_a_system_call_takes(music):
    """Each step is short; all together they are 7,000 bytes."""
    descriptor = os.open(music.folder, os.O_RDONLY)
    for depth in range(35):
        os.mkdir("d" * 200, dir_fd=descriptor)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
        file = os.open("Song.flac", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
        os.write(file, audio("flac", depth + 1))
        os.close(file)
    os.close(descriptor)
    try:
        ended = await music.ended(music.folder)
        assert (ended.report.new, ended.report.unreadable_files, ended.report.notices) == (35, [], [])
        assert max(map(len, await music.tracks())) > 7000
        assert await music.scan() == {"unchanged": 35}
    finally:
        await asyncio.to_thread(subprocess.run, ["rm", "-rf", music.folder], check=True)  # what pytest can't remove


async def test_hidden_folders_and_those_that_say_so_are_left_alone(music):
    for path in ("Good/A", ".Trash-1000/B", "Album/.hidden/C", "Voice/D", "Voice/Deep/E", "@eaDir/F", "lost+found/G"):
        music.write(path)
    music.write("Good/._A")
    music.write("...Hits/H")
    (music.folder / "Voice/.nomedia").touch()
    await music.scan(music.folder)
    assert sorted(await music.tracks()) == ["...Hits/H.flac", "Good/A.flac"]


@pytest.mark.parametrize("state", ["absent", "empty", "a file"])
async def test_a_folder_that_is_not_mounted_changes_nothing_and_is_named(music, tmp_path, state):
    music.write("Album/A", distinct=1)
    other = tmp_path / "other"
    music.write(other / "B", distinct=2)
    await music.scan(other)
    await music.begin()
    away = tmp_path / "away"
    music.folder.rename(away)
    if state == "empty":
        music.folder.mkdir()
        (music.folder / ".keep").touch()
        (music.folder / "lost+found").mkdir()
    elif state == "a file":
        music.folder.touch()
    ended = await music.ended()
    assert ended.report.counts() == {**dict.fromkeys(ended.report.counts(), 0), "unchanged": 1}
    assert [notice["path"] for notice in ended.report.notices] == [str(music.folder)]
    assert ended.report.left_out == 1
    assert await music.listed() == ["B", "A"] or await music.listed() == ["A", "B"]
    shutil.rmtree(music.folder) if music.folder.is_dir() else music.folder.unlink(missing_ok=True)
    away.rename(music.folder)
    assert await music.scan() == {"unchanged": 2}


_AS_NOBODY = """
import asyncio, os, sys
from backends.local.hub.scanning.roots import look_at
from backends.local.hub.scanning.walking import Place, Walk
os.setuid(65534)
walk = Walk([sys.argv[1].encode()])
print(sorted(len(folder.files) for folder in walk.folders([Place(sys.argv[1].encode(), 1)])))
print([(os.path.basename(path).decode(), reason) for path, reason in walk.unreadable.items()])
print(look_at(os.path.join(sys.argv[1], "shut").encode()))
"""


def test_a_folder_that_may_not_be_read_is_named(music):
    """As another user where this one may read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        music.write(folder / "open/A")
        music.write(folder / "shut/B")
        (folder / "shut").chmod(0)
        script = _AS_NOBODY if os.geteuid() == 0 else _AS_NOBODY.replace("os.setuid(65534)", "")
        command = [sys.executable, "-c", script, name]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        (folder / "shut").chmod(0o755)
    assert run.stdout.splitlines() == ["[0, 1]", "[('shut', \"It can't be read: Permission denied.\")]", "absent"], (
        run.stderr
    )


async def test_what_lies_below_a_folder_that_can_not_be_read_is_left_as_it_is(music):
    """A link that leads nowhere would be gone; a folder in whose place the disk gives an error is not."""
    music.write("shut/Deep/A", distinct=1)
    music.write("open/B", distinct=2)
    await music.scan(music.folder)
    root = os.fsencode(music.folder)
    [(id_,)] = await music.hub.hub.user.read("SELECT id FROM roots")

    def compare(index):
        comparison = Comparison(index)
        comparison.finish([Place(root, id_)], [root + b"/shut"], [root])
        return comparison.gone

    [gone] = (await music.hub.hub.index.write_in_thread(compare)).values()
    tracks = await music.hub.hub.index.read("SELECT key FROM tracks WHERE title = 'B'")
    assert [(key,) for key in gone] == list(tracks)


async def test_a_folder_within_another_is_part_of_it(music):
    music.write("Rock/A", distinct=1)
    music.write("Jazz/B", distinct=2)
    assert await music.scan(music.folder) == {"new": 2}
    music.write("Rock/C", distinct=3)
    music.write("Jazz/D", distinct=4)
    assert await music.scan(music.folder / "Rock") == {"new": 1, "unchanged": 1}
    assert await _roots(music) == [str(music.folder)]
    assert await music.scan() == {"new": 1, "unchanged": 3}


async def test_a_folder_that_holds_another_takes_it_over(music):
    music.write("Rock/A", distinct=1)
    music.write("Jazz/B", distinct=2)
    await music.scan(music.folder / "Rock")
    assert await music.scan(music.folder) == {"new": 1, "unchanged": 1}
    assert await _roots(music) == [str(music.folder)]
    [root] = (await call(music.hub, LIST_ROOTS))["roots"]
    assert root["trackCount"] == 2


async def test_the_same_folder_by_another_way_is_the_same(music, tmp_path):
    music.write("A", distinct=1)
    (tmp_path / "link").symlink_to(music.folder)
    assert await music.scan(music.folder, tmp_path / "link", music.folder / ".." / "music") == {"new": 1}
    assert await _roots(music) == [str(music.folder)]


async def test_a_folder_that_is_not_there_is_refused(music, tmp_path):
    file = music.write("A")
    for path in (tmp_path / "typo", file):
        with pytest.raises(FolderNotFound):
            await music.scan(music.folder, path)
    with pytest.raises(InvalidRequest):
        await music.scan("relative/path")
    assert await _roots(music) == []


async def test_a_folder_that_is_taken_out_leaves_its_tracks_missing_and_may_come_back(music, tmp_path):
    music.write("A", distinct=1)
    await music.begin()
    await music.scan(music.write(tmp_path / "other/B", distinct=2).parent)
    removed = await call(music.hub, REMOVE_ROOT, folder=str(music.folder))
    assert removed["removed"]["trackCount"] == 1
    assert await music.listed() == ["(A)"]
    assert await music.scan() == {"unchanged": 1}
    with pytest.raises(FolderNotFound):
        await call(music.hub, REMOVE_ROOT, folder=str(music.folder))
    assert await music.scan(music.folder) == {"returned": 1}
    assert await music.listed() == ["A"]


async def test_lyrics_and_pictures_beside_the_files_are_noticed(music):
    music.write("Album/A", distinct=1)
    music.write("Album/B", distinct=2)
    await music.scan(music.folder)
    (music.folder / "Album/A.lrc").write_text("[00:01.00]la la")
    assert await music.scan() == {"changed": 1, "unchanged": 1}
    (music.folder / "Album/cover.jpg").write_bytes(b"\xff\xd8")
    assert await music.scan() == {"unchanged": 2}
    rows = await music.hub.hub.index.read("SELECT title, has_lyrics, has_cover FROM tracks ORDER BY title")
    assert list(rows) == [("A", 2, 2), ("B", 0, 2)]
    (music.folder / "Album/cover.jpg").unlink()
    (music.folder / "Album/A.lrc").unlink()
    assert await music.scan() == {"changed": 1, "unchanged": 1}
    rows = await music.hub.hub.index.read("SELECT title, has_lyrics, has_cover FROM tracks ORDER BY title")
    assert list(rows) == [("A", 0, 0), ("B", 0, 0)]
