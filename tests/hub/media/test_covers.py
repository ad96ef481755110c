"""Covers: whose picture is shown, in what size, and what is kept of it."""

import os
import stat

import anyio
from mutagen.id3 import APIC, ID3

from backends.local.hub.media import picture_cache
from backends.local.hub.media.covers import cover_of
from contract.hub.errors import MediaNotFound
from contract.hub.media import COVER_SIZES
from contract.hub.playlists import CREATE_PLAYLIST, DELETE_PLAYLIST
from tests.checked import call
from tests.hub.audio_files import EXTENSIONS
from tests.hub.media.pictures import BLUE, HOSTILE, RED, colour, opened, plain

GREEN = (0, 255, 0)


async def shown(hub, id_, size=64):
    """The colour of the cover; None without one."""
    try:
        return colour((await cover_of(hub.hub, id_, size, webp=False)).content)
    except MediaNotFound:
        return None


def kept(data_dir):
    return sorted(path.name for path in (data_dir / "covers").iterdir())


async def test_each_format_has_its_picture_in_its_tags(hub, music):
    for format_ in EXTENSIONS:
        music.write(f"{format_}/{format_}", format_, cover=plain(RED))
    ids = await music.scan()
    assert {format_: await shown(hub, ids[format_]) for format_ in EXTENSIONS} == dict.fromkeys(EXTENSIONS, RED)


async def test_a_folders_picture_is_that_of_its_tracks_without_one(hub, music):
    music.write("album/a", cover=plain(RED))
    music.write("album/b")
    music.write("other/c")
    music.put("album/folder.jpg", plain(BLUE, form="JPEG"))
    ids = await music.scan()
    assert [await shown(hub, ids[title]) for title in "abc"] == [RED, BLUE, None]


async def test_an_album_an_artist_and_a_playlist_have_the_picture_of_what_is_in_them(hub, music):
    music.write("new/a", cover=plain(RED), releaseDate="2020")
    music.write("old/b", cover=plain(BLUE), releaseDate="1990")
    music.write("old/c", releaseDate="1990")
    ids = await music.scan()
    mix = (await call(hub, CREATE_PLAYLIST, name="Mix", trackIds=[ids["c"], ids["b"], ids["a"]]))["playlist"]["id"]
    bare = (await call(hub, CREATE_PLAYLIST, name="Bare", trackIds=[ids["c"]]))["playlist"]["id"]
    assert [await shown(hub, music.album(title)) for title in ("new", "old")] == [RED, BLUE]
    assert await shown(hub, music.artist("Someone")) == RED  # of the newest album, while nothing was played
    assert [await shown(hub, id_) for id_ in (mix, bare)] == [BLUE, None]
    await call(hub, DELETE_PLAYLIST, id=mix)
    assert await shown(hub, mix) is None


async def test_an_artist_without_albums_has_the_picture_of_a_track(hub, music):
    music.write("mix/a", artist="Guest", albumArtist="Host", cover=plain(GREEN))
    await music.scan()
    assert await shown(hub, music.artist("Guest")) == GREEN


async def test_there_is_no_cover_of_what_there_is_not(hub):
    for prefix in ("trk", "alb", "art", "pls"):
        assert await shown(hub, f"{prefix}_{'0' * 16}") is None


async def test_sizes_are_few(hub, music):
    music.write("a", cover=plain(size=(2000, 1000)))
    [id_] = (await music.scan()).values()
    for asked, given in [(1, 64), (64, 64), (65, 128), (300, 512), (1024, 1024), (4096, 1024)]:
        assert opened((await cover_of(hub.hub, id_, asked, webp=True)).content).size == (given, given // 2)


async def test_the_front_is_shown_of_several_pictures(hub, music):
    path = music.write("a", "mp3")
    tag = ID3(path)
    for kind, data in ((1, plain(GREEN)), (4, plain(BLUE)), (3, plain(RED))):
        tag.add(APIC(encoding=3, mime="image/png", type=kind, desc=str(kind), data=data))
    tag.save()
    [id_] = (await music.scan()).values()
    assert await shown(hub, id_) == RED


async def test_a_harmful_picture_is_as_none_and_the_next_one_is_taken(hub, music):
    pictures = {name: data for name, data in HOSTILE.items() if data}
    for name, data in pictures.items():
        music.write(f"album/{name}", cover=data)
        music.write(f"bare/{name} alone", cover=data)
    music.put("album/cover.png", plain(BLUE))
    ids = await music.scan()
    assert {name: await shown(hub, ids[name]) for name in pictures} == dict.fromkeys(pictures, BLUE)
    assert {name: await shown(hub, ids[f"{name} alone"]) for name in pictures} == dict.fromkeys(pictures)


async def test_a_picture_is_made_once_and_kept_for_its_owner_alone(hub, music, data_dir):
    cover = plain(RED)
    music.write("one/a", cover=cover)
    music.write("one/b", cover=cover)
    ids = await music.scan()
    first = await cover_of(hub.hub, ids["a"], 64, webp=False)
    assert await cover_of(hub.hub, ids["b"], 64, webp=False) == first
    [name] = kept(data_dir)
    path = data_dir / "covers" / name
    assert [stat.S_IMODE(there.stat().st_mode) for there in (path.parent, path)] == [0o700, 0o600]
    made = path.stat().st_mtime_ns
    assert await cover_of(hub.hub, ids["a"], 60, webp=False) == first
    assert path.stat().st_mtime_ns == made
    assert (await cover_of(hub.hub, ids["a"], 128, webp=False)).etag != first.etag
    assert len(kept(data_dir)) == 2


async def test_a_picture_that_changes_is_shown_as_it_is_now(hub, music):
    music.write("a")
    path = music.put("cover.png", plain(RED))
    [id_] = (await music.scan()).values()
    before = await cover_of(hub.hub, id_, 64, webp=False)
    path.write_bytes(plain(BLUE, size=(301, 201)))
    after = await cover_of(hub.hub, id_, 64, webp=False)
    assert (colour(before.content), colour(after.content)) == (RED, BLUE)
    assert before.etag != after.etag


async def test_tags_that_no_scan_has_read_are_not_read_for_their_picture(hub, music):
    path = music.write("a", cover=plain(RED))
    [id_] = (await music.scan()).values()
    path.write_bytes(path.read_bytes() + bytes(10))
    assert await shown(hub, id_) is None
    await music.scan()
    assert await shown(hub, id_) == RED


async def test_a_folders_picture_that_became_a_link_leads_nowhere_outside(hub, music, tmp_path):
    music.write("a")
    path = music.put("cover.png", plain(RED))
    [id_] = (await music.scan()).values()
    outside = tmp_path / "private.png"
    outside.write_bytes(plain(BLUE, size=(99, 99)))
    path.unlink()
    path.symlink_to(outside)
    assert await shown(hub, id_) is None


async def test_a_pipe_that_is_called_like_a_picture_is_none(hub, music):
    music.write("a")
    path = music.put("cover.png", plain(RED))
    [id_] = (await music.scan()).values()
    path.unlink()
    os.mkfifo(path)
    with anyio.fail_after(5):
        assert await shown(hub, id_) is None


async def test_a_kept_picture_that_is_not_whole_is_made_again(hub, music, data_dir):
    music.write("a", cover=plain(RED))
    [id_] = (await music.scan()).values()
    for webp, form in ((False, "jpeg"), (True, "webp")):
        whole = await cover_of(hub.hub, id_, 512, webp=webp)
        [path] = (data_dir / "covers").glob(f"*.{form}")
        for left in (0, 2, 100, len(whole.content) - 1):
            os.truncate(path, left)
            assert await cover_of(hub.hub, id_, 512, webp=webp) == whole
            assert path.read_bytes() == whole.content


async def test_what_can_not_be_kept_is_made_each_time(hub, music, data_dir):
    music.write("a", cover=plain(RED))
    [id_] = (await music.scan()).values()
    (data_dir / "covers").write_bytes(b"")  # no folder can be where a file is
    assert [await shown(hub, id_), await shown(hub, id_)] == [RED, RED]


def test_the_oldest_pictures_go_when_there_are_too_many(tmp_path):
    cache = picture_cache.PictureCache(tmp_path, most_bytes=10_000)
    for number in range(30):
        cache.put(f"{number:02}.jpeg", bytes([number + 1]) * 1000)
        os.utime(cache.folder / f"{number:02}.jpeg", (1000 + number, 1000 + number))
        if number == 9:
            assert cache.get("00.jpeg") == bytes([1]) * 1000  # which makes it the newest
    names = sorted(path.name for path in cache.folder.iterdir())
    assert "29.jpeg" in names
    assert names[0] == "00.jpeg"
    assert names[1:] == [f"{number:02}.jpeg" for number in range(30 - len(names) + 1, 30)]
    assert sum(path.stat().st_size for path in cache.folder.iterdir()) <= 10_000


async def test_many_may_ask_for_one_cover_at_once(hub, music, data_dir):
    music.write("a", cover=plain(RED, size=(2000, 2000)))
    [id_] = (await music.scan()).values()
    covers = []

    async def ask(size):
        covers.append(await cover_of(hub.hub, id_, size, webp=False))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(ask, COVER_SIZES[number % 2])
    assert len(covers) == 20
    assert len(set(covers)) == 2
    assert hub.hub.media.pictures.borrowed_tokens == 0
    assert not [name for name in kept(data_dir) if name.startswith(".")]
