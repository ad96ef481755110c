"""A track is the same after its file was moved, renamed, tagged anew, swapped, deleted and restored."""

import os
import shutil
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from contract.hub.library import LIST_ALBUMS, LIST_ARTISTS
from contract.hub.metadata import SET_METADATA_OVERRIDES
from contract.hub.saved import SAVE_ITEMS
from tests.checked import call


@pytest.fixture
async def three(music):
    """Three songs with audio of their own, in a playlist."""
    for number, title in enumerate("ABC", start=1):
        music.write(f"Artist/Album/{title}", distinct=number)
    music.ids = await music.begin()
    return music


async def test_a_moved_file_is_the_same_track(three):
    three.move("Artist/Album/B.flac", "Elsewhere/Deep/B.flac")
    assert await three.scan() == {"moved": 1, "unchanged": 2}
    assert (await three.tracks())["Elsewhere/Deep/B.flac"] == three.ids["Artist/Album/B.flac"]
    assert await three.listed() == ["A", "B", "C"]


async def test_a_renamed_folder_keeps_all_its_tracks(three):
    three.move("Artist", "Künstler")
    assert await three.scan() == {"moved": 3}
    assert list((await three.tracks()).values()) == list(three.ids.values())
    assert await three.listed() == ["A", "B", "C"]


async def test_a_file_copied_elsewhere_and_deleted_here_was_moved(three):
    three.copy("Artist/Album/B.flac", "Copy/X.flac")
    three.delete("Artist/Album/B.flac")
    assert await three.scan() == {"moved": 1, "unchanged": 2}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_file_copied_elsewhere_and_deleted_here_after_a_scan_was_moved_too(three):
    await call(three.hub, SET_METADATA_OVERRIDES, id=three.ids["Artist/Album/B.flac"], values={"title": "Bee"})
    for title in "ABC":
        three.copy(f"Artist/Album/{title}.flac", f"Copy/{title}.flac")
    assert await three.scan() == {"new": 3, "unchanged": 3}
    for title in "AB":
        three.delete(f"Artist/Album/{title}.flac")
    assert await three.scan() == {"missing": 2, "unchanged": 4}
    tracks = await three.tracks()
    assert tracks["Copy/A.flac"] == three.ids["Artist/Album/A.flac"]
    assert tracks["Artist/Album/C.flac"] == three.ids["Artist/Album/C.flac"]
    assert await three.listed() == ["A", "Bee", "C"]
    three.copy("Copy/A.flac", "Artist/Album/A.flac")
    assert await three.scan() == {"returned": 1, "unchanged": 4}
    assert (await three.tracks())["Copy/A.flac"] == three.ids["Artist/Album/A.flac"]


async def test_a_deleted_file_is_missing_though_another_track_that_somebody_saved_has_its_audio(three):
    three.copy("Artist/Album/B.flac", "Copy/B.flac")
    await three.scan()
    copy = (await three.tracks())["Copy/B.flac"]
    await call(three.hub, SAVE_ITEMS, ids=[copy])
    three.delete("Artist/Album/B.flac")
    await three.scan()
    assert await three.listed() == ["A", "(B)", "C"]
    assert (await three.tracks())["Copy/B.flac"] == copy


async def test_a_deleted_file_is_missing_though_its_audio_is_on_another_album(three):
    three.write("Best/B", distinct=2, title="B", album="Best")
    await three.scan()
    three.delete("Artist/Album/B.flac")
    await three.scan()
    assert await three.listed() == ["A", "(B)", "C"]


async def test_a_copy_beside_the_original_is_a_track_of_its_own(three):
    three.copy("Artist/Album/B.flac", "Copy/B.flac")
    assert await three.scan() == {"new": 1, "unchanged": 3}
    tracks = await three.tracks()
    assert len(set(tracks.values())) == 4
    assert tracks["Artist/Album/B.flac"] == three.ids["Artist/Album/B.flac"]


async def test_tags_written_anew_are_shown_for_the_same_track(three):
    three.retag("Artist/Album/B.flac", title="Bee")
    assert await three.scan() == {"changed": 1, "unchanged": 2}
    assert await three.listed() == ["A", "Bee", "C"]


async def test_a_file_moved_and_tagged_anew_at_once_is_the_same_track(three):
    three.retag("Artist/Album/B.flac", title="Bee", album="Another")
    three.move("Artist/Album/B.flac", "Another/01 Bee.flac")
    assert await three.scan() == {"moved": 1, "unchanged": 2}
    assert await three.listed() == ["A", "Bee", "C"]


async def test_a_deleted_file_is_missing_and_comes_back(three):
    kept = (three.folder / "Artist/Album/B.flac").read_bytes()
    three.delete("Artist/Album/B.flac")
    assert await three.scan() == {"missing": 1, "unchanged": 2}
    assert await three.listed() == ["A", "(B)", "C"]
    assert await three.scan() == {"unchanged": 2}
    (three.folder / "Artist/Album/B.flac").write_bytes(kept)
    assert await three.scan() == {"returned": 1, "unchanged": 2}
    assert await three.listed() == ["A", "B", "C"]
    assert await three.tracks() == three.ids


async def test_a_deleted_file_may_come_back_elsewhere(three):
    kept = (three.folder / "Artist/Album/B.flac").read_bytes()
    three.delete("Artist/Album/B.flac")
    await three.scan()
    (three.folder / "restored.flac").write_bytes(kept)
    assert await three.scan() == {"moved": 1, "unchanged": 2}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_file_put_back_as_it_was_is_not_even_read(three):
    three.move("Artist/Album/B.flac", "../aside.flac")
    await three.scan()
    three.move("../aside.flac", "Artist/Album/B.flac")
    ended = await three.ended()
    assert ended.report.counts()["returned"] == 1
    assert ended.report.read == 0
    assert await three.listed() == ["A", "B", "C"]


async def test_swapped_files_keep_their_tracks(three):
    three.move("Artist/Album/A.flac", "x")
    three.move("Artist/Album/B.flac", "Artist/Album/A.flac")
    three.move("x", "Artist/Album/B.flac")
    assert await three.scan() == {"moved": 2, "unchanged": 1}
    assert await three.listed() == ["A", "B", "C"]
    assert (await three.tracks())["Artist/Album/A.flac"] == three.ids["Artist/Album/B.flac"]


async def test_files_swapped_by_copying_keep_their_tracks(three):
    first, second = three.folder / "Artist/Album/A.flac", three.folder / "Artist/Album/B.flac"
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    for path in (first, second):
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 5_000_000_000))
    assert await three.scan() == {"moved": 2, "unchanged": 1}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_file_moved_over_another_leaves_that_one_missing(three):
    kept = (three.folder / "Artist/Album/A.flac").read_bytes()
    three.move("Artist/Album/B.flac", "Artist/Album/A.flac")
    assert await three.scan() == {"moved": 1, "missing": 1, "unchanged": 1}
    assert await three.listed() == ["(A)", "B", "C"]
    (three.folder / "again.flac").write_bytes(kept)
    assert await three.scan() == {"moved": 1, "unchanged": 2}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_better_rip_at_the_same_path_is_the_same_track(three):
    three.write("Artist/Album/B", distinct=99)
    assert await three.scan() == {"changed": 1, "unchanged": 2}
    assert await three.tracks() == three.ids
    assert await three.listed() == ["A", "B", "C"]


@pytest.mark.parametrize("at_once", [True, False], ids=["between two scans", "with a scan between"])
async def test_another_song_at_the_path_of_one_that_is_gone_is_not_taken_for_it(three, at_once):
    kept = (three.folder / "Artist/Album/B.flac").read_bytes()
    three.delete("Artist/Album/B.flac")
    if not at_once:
        await three.scan()
    three.write("Artist/Album/B", distinct=99, title="Else", artist="Nobody")
    await three.scan()
    assert await three.listed() == ["A", "(B)", "C"]
    (three.folder / "again.flac").write_bytes(kept)
    assert await three.scan() == {"moved": 1, "unchanged": 3}
    assert await three.listed() == ["A", "B", "C"]


@pytest.mark.parametrize("at_once", [True, False], ids=["between two scans", "with a scan between"])
async def test_letters_of_a_name_in_another_case_change_nothing(three, at_once):
    three.move("Artist/Album/A.flac", "Artist/Album/a.flac")
    if not at_once:
        await three.scan()
    three.move("Artist/Album", "Artist/ALBUM")
    await three.scan()
    assert sorted(await three.tracks()) == ["Artist/ALBUM/B.flac", "Artist/ALBUM/C.flac", "Artist/ALBUM/a.flac"]
    assert await three.tracks(missing=True) == {}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_folder_may_be_an_entirely_different_one_by_now(three):
    """All that was there is missing, and nothing that is there now is taken for it."""
    shutil.rmtree(three.folder / "Artist")
    for number, title in enumerate("XYZ", start=11):
        three.write(f"Other/Work/{title}", distinct=number)
    assert await three.scan() == {"new": 3, "missing": 3}
    assert await three.listed() == ["(A)", "(B)", "(C)"]


async def test_many_files_of_the_same_audio_are_told_by_what_else_they_are(music):
    """Copies of one tone that only their tags tell apart, all moved at once, by copying, under other names."""
    for number in range(300):
        music.write(f"Old/{number // 20}/Song {number:03d}", kind="mp3", title=f"Title {number}", track=number % 20 + 1)
    before = await music.begin()
    listed = await music.listed()
    for number in range(300):
        music.copy(f"Old/{number // 20}/Song {number:03d}.mp3", f"New/{number // 30}/{299 - number:03d}.mp3")
    shutil.rmtree(music.folder / "Old")
    assert await music.scan() == {"moved": 300}
    after = await music.tracks()
    for number in range(300):
        old, new = f"Old/{number // 20}/Song {number:03d}.mp3", f"New/{number // 30}/{299 - number:03d}.mp3"
        assert after[new] == before[old]
    assert await music.listed() == listed


async def test_renamed_files_of_the_same_audio_and_tags_are_told_by_their_place_on_the_disk(music):
    for number in range(20):
        music.write(f"A/{number:02d}", title="Same", track=1)
    before = await music.begin()
    for number in range(20):
        music.move(f"A/{number:02d}.flac", f"A/tmp{number}.flac")
    for number in range(20):
        music.move(f"A/tmp{number}.flac", f"A/{(number + 7) % 20:02d}.flac")
    assert await music.scan() == {"moved": 20}
    after = await music.tracks()
    assert all(after[f"A/{(number + 7) % 20:02d}.flac"] == before[f"A/{number:02d}.flac"] for number in range(20))


async def test_a_new_file_is_not_taken_for_a_deleted_one_because_both_share_their_audio_with_others(music):
    """As silence, or a tone, is shared."""
    for title in ("A", "B", "C"):
        music.write(f"Album/{title}")
    await music.begin()
    music.delete("Album/B.flac")
    music.write("New/Z", album="Other", artist="Else")
    assert await music.scan() == {"new": 1, "missing": 1, "unchanged": 2}
    assert await music.listed() == ["A", "(B)", "C"]


async def test_a_new_index_gives_the_same_ids(three, data_dir):
    three.move("Artist/Album/B.flac", "Moved/B.flac")
    three.copy("Artist/Album/C.flac", "Second/C.flac")
    await three.scan()
    before = await three.tracks()
    await three.hub.hub.index.aclose()
    for end in ("", "-wal", "-shm"):
        (data_dir / f"{INDEX_LAYOUT.name}{end}").unlink(missing_ok=True)
    three.hub.hub.index._migrated = False
    assert await three.scan() == {"new": 4}
    assert await three.tracks() == before
    assert await three.listed() == ["A", "B", "C"]


async def test_a_saved_album_and_artist_that_were_tagged_anew_are_saved_in_a_new_index_too(three, data_dir):
    [album] = (await call(three.hub, LIST_ALBUMS))["albums"]
    [artist] = (await call(three.hub, LIST_ARTISTS))["artists"]
    await call(three.hub, SAVE_ITEMS, ids=[album["id"], artist["id"]])
    for path in three.ids:
        three.retag(path, album="Another Name", artist="Somebody", albumArtist="Somebody")
    await three.scan()
    for file in data_dir.glob(f"{INDEX_LAYOUT.name}*"):
        file.unlink()
    async with aclosing(LocalHub(data_dir)) as hub:
        await hub.hub.scans.run()
        [again] = (await call(hub, LIST_ALBUMS))["albums"]
        assert (again["id"], again["title"], again["saved"]) == (album["id"], "Another Name", True)
        [again] = (await call(hub, LIST_ARTISTS))["artists"]
        assert (again["id"], again["name"], again["saved"]) == (artist["id"], "Somebody", True)


async def test_tracks_that_are_mentioned_are_known_again_though_they_moved_while_the_index_was_lost(three, data_dir):
    three.retag("Artist/Album/A.flac", title="Ah")
    await three.scan()
    await three.hub.hub.index.aclose()
    for end in ("", "-wal", "-shm"):
        (data_dir / f"{INDEX_LAYOUT.name}{end}").unlink(missing_ok=True)
    three.hub.hub.index._migrated = False
    three.move("Artist/Album/A.flac", "Else/1.flac")
    three.move("Artist/Album/B.flac", "Else/2.flac")
    await three.scan()
    assert await three.listed() == ["Ah", "B", "C"]


async def test_the_original_moved_and_a_copy_in_its_place_are_two(three):
    three.move("Artist/Album/A.flac", "Moved/A.flac")
    await three.scan()
    three.copy("Moved/A.flac", "Artist/Album/A.flac")
    assert await three.scan() == {"new": 1, "unchanged": 3}
    tracks = await three.tracks()
    assert tracks["Moved/A.flac"] == three.ids["Artist/Album/A.flac"] != tracks["Artist/Album/A.flac"]


async def test_a_file_moved_between_two_roots_is_the_same_track(three, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    three.write(other / "Z", distinct=50)
    await three.scan(other)
    three.move("Artist/Album/A.flac", other / "A.flac")
    assert await three.scan() == {"moved": 1, "unchanged": 3}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_file_moved_between_two_roots_is_the_same_track_though_only_the_second_is_scanned(three, tmp_path):
    other = tmp_path / "other"
    three.write(other / "Z", distinct=50)
    await three.scan(other)
    three.copy("Artist/Album/A.flac", other / "A.flac")
    three.delete("Artist/Album/A.flac")
    assert await three.scan(other) == {"moved": 1, "unchanged": 1}
    three.copy("Artist/Album/B.flac", other / "B.flac")
    assert await three.scan(other) == {"new": 1, "unchanged": 2}
    assert await three.listed() == ["A", "B", "C"]
    assert await three.scan() == {"unchanged": 5}


async def test_a_folder_moved_into_another_root_keeps_its_tracks_though_only_that_root_is_scanned(three, tmp_path):
    other = tmp_path / "other"
    three.write("Someone/Else/Z", distinct=50)
    three.write(other / "Y", distinct=51)
    await three.scan()
    await three.scan(other)
    three.move("Artist", other / "Artist")
    assert await three.scan(other) == {"moved": 3, "unchanged": 1}
    assert await three.listed() == ["A", "B", "C"]


async def test_a_copy_of_a_file_in_a_root_that_is_not_mounted_is_a_track_of_its_own(three, tmp_path):
    other = tmp_path / "other"
    three.copy("Artist/Album/A.flac", other / "A.flac")
    three.folder.rename(tmp_path / "away")
    assert await three.scan(other) == {"new": 1}
    (tmp_path / "away").rename(three.folder)
    assert await three.scan() == {"unchanged": 4}
    assert (await three.tracks()).items() > three.ids.items()


async def test_a_file_renamed_and_tagged_anew_is_the_same_track_among_others_of_the_same_audio(music):
    for number, title in enumerate("ABC", start=1):
        music.write(f"Album/{number} {title}", title=title, track=number)
    await music.begin()
    music.retag("Album/2 B.flac", title="Bee")
    music.move("Album/2 B.flac", "Album/2 Bee.flac")
    assert await music.scan() == {"moved": 1, "unchanged": 2}
    assert await music.listed() == ["A", "Bee", "C"]
