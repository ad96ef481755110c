"""Which file a track is: nothing that is no file, and nothing outside of the library but what the scan has read."""

import os

import anyio
import pytest

from backends.local.hub.media.files import open_audio, track_file
from contract.hub.errors import MediaNotFound
from contract.hub.scan import REMOVE_ROOT
from tests.checked import call
from tests.hub.audio_files import EXTENSIONS

_MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "vorbis": "audio/ogg",
    "opus": "audio/ogg",
    "aac": "audio/mp4",
    "alac": "audio/mp4",
    "wav": "audio/wav",
    "aiff": "audio/aiff",
    "wavpack": "audio/x-wavpack",
}


async def sent(hub, id_):
    """The bytes that would be sent, and as what."""
    opened, container = open_audio(await track_file(hub.hub, id_))
    with opened.raw:
        return opened.raw.read(), container.media_type


async def refused(hub, id_):
    """The message of the error, which says nothing of where the file is."""
    with pytest.raises(MediaNotFound) as error:
        await sent(hub, id_)
    assert "music" not in error.value.sentence
    return error.value.message


async def test_each_format_is_sent_as_what_it_is(hub, music):
    paths = {format_: music.write(format_, format_) for format_ in EXTENSIONS}
    ids = await music.scan()
    for format_, path in paths.items():
        assert await sent(hub, ids[format_]) == (path.read_bytes(), _MEDIA_TYPES[format_])


async def test_what_begins_with_a_tag_is_known_by_what_the_scan_found_behind_it(hub, music):
    plain = music.write("tagged")
    plain.write_bytes(b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + plain.read_bytes())
    assert (await sent(hub, (await music.scan())["tagged"]))[1] == "audio/flac"


async def test_a_file_that_is_gone_is_said_to_be(hub, music):
    path = music.write("a")
    [id_] = (await music.scan()).values()
    path.unlink()
    assert await refused(hub, id_) == "The file of this track is not there now."
    music.write("b")  # else the folder would be taken for one that is not mounted
    await music.scan()
    assert await refused(hub, id_) == "The file of this track is not there now."


async def test_an_id_of_nothing_names_no_file(hub, music):
    assert await refused(hub, "trk_" + "0" * 16) == MediaNotFound.default_message


async def test_a_file_that_was_tagged_anew_is_sent_before_the_next_scan(hub, music):
    path = music.write("a")
    [id_] = (await music.scan()).values()
    path.write_bytes(path.read_bytes() + bytes(100))
    assert (await sent(hub, id_))[0] == path.read_bytes()


@pytest.mark.parametrize("as_what", ["link", "folder_link", "dangling", "loop"])
async def test_a_link_that_took_a_files_place_leads_nowhere_outside(hub, music, tmp_path, as_what):
    path = music.write("album/a")
    [id_] = (await music.scan()).values()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / path.name).write_bytes(b"secret")
    path.unlink()
    if as_what == "folder_link":
        path.parent.rmdir()
        path.parent.symlink_to(outside)
    else:
        target = {"link": outside / path.name, "dangling": tmp_path / "nothing", "loop": path}[as_what]
        path.symlink_to(target)
    assert await refused(hub, id_) == "The file of this track is not there now."


async def test_a_link_that_the_scan_followed_leads_where_it_did(hub, music, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    kept = music.write("kept").rename(tmp_path / "kept.flac")
    (music.folder / "linked.flac").symlink_to(kept)
    music.write("deep").rename((elsewhere.mkdir(), elsewhere / "deep.flac")[1])
    (music.folder / "folder").symlink_to(elsewhere)
    ids = await music.scan()
    assert (await sent(hub, ids["kept"]))[0] == kept.read_bytes()
    assert (await sent(hub, ids["deep"]))[0] == (elsewhere / "deep.flac").read_bytes()
    kept.write_bytes(b"something else")  # of which nobody knows whether it may be heard
    assert await refused(hub, ids["kept"])


async def test_neither_pipe_nor_folder_is_waited_for_or_sent(hub, music):
    path = music.write("a")
    [id_] = (await music.scan()).values()
    path.unlink()
    os.mkfifo(path)
    with anyio.fail_after(5):
        assert await refused(hub, id_)
    path.unlink()
    path.mkdir()
    assert await refused(hub, id_)


async def test_what_has_left_the_library_is_not_sent(hub, music):
    music.write("a")
    [id_] = (await music.scan()).values()
    await call(hub, REMOVE_ROOT, folder=str(music.folder))
    assert await refused(hub, id_)


async def test_names_may_be_any_bytes_and_paths_of_any_length(hub, music):
    music.write("a").rename(os.fsdecode(os.fsencode(music.folder) + b"/\xff\xfe.flac"))
    folder = os.open(music.folder, os.O_RDONLY)
    for _ in range(30):  # deeper than one system call can name
        os.mkdir("d" * 200, dir_fd=folder)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    music.write("b").rename(f"/proc/self/fd/{folder}/b.flac")
    os.close(folder)
    ids = await music.scan()
    assert [(await sent(hub, ids[title]))[1] for title in ("a", "b")] == ["audio/flac"] * 2
