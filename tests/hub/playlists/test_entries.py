"""Entries of playlists: tracks put in, taken out and moved, by one writer and by several."""

import multiprocessing
import threading
from contextlib import aclosing

import anyio
import pytest

from backends.local.hub.hub import LocalHub
from contract.errors import InvalidRequest
from contract.hub.errors import Conflict, EntryNotFound, LibraryTrackNotFound, StaleRevision
from contract.hub.ids import Kind
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS, MOVE_PLAYLIST_ENTRIES, REMOVE_PLAYLIST_ENTRIES
from contract.hub.playlists import CREATE_PLAYLIST, GET_PLAYLIST, LARGEST_PLAYLIST
from tests.checked import call
from tests.hub.library import Song, put, track_id


@pytest.fixture
async def playlist(hub, tracks):
    """The id of a playlist of Song 0 to Song 4."""
    return (await call(hub, CREATE_PLAYLIST, name="Party", trackIds=tracks[:5]))["playlist"]["id"]


async def entries(hub, playlist):
    read = await call(hub, GET_PLAYLIST, id=playlist)
    assert [entry["position"] for entry in read["entries"]] == list(range(len(read["entries"])))
    assert read["playlist"]["trackCount"] == len(read["entries"])
    return read["entries"]


async def songs(hub, playlist):
    return [int(entry["track"]["title"].removeprefix("Song ")) for entry in await entries(hub, playlist)]


async def revision(hub, playlist):
    return (await call(hub, GET_PLAYLIST, id=playlist))["playlist"]["revision"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ({}, [0, 1, 2, 3, 4, 7, 6]),
        ({"position": 0}, [7, 6, 0, 1, 2, 3, 4]),
        ({"position": 2}, [0, 1, 7, 6, 2, 3, 4]),
        ({"position": 5}, [0, 1, 2, 3, 4, 7, 6]),
    ],
)
async def test_tracks_are_added_at_the_end_or_where_they_are_wanted(hub, tracks, playlist, position, expected):
    answer = await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[tracks[7], tracks[6]], **position)
    assert (answer["added"], answer["alreadyThere"], answer["playlist"]["revision"]) == (2, 0, 2)
    assert await songs(hub, playlist) == expected
    new = [entry["id"] for entry in await entries(hub, playlist) if entry["track"]["id"] in {tracks[7], tracks[6]}]
    assert answer["entryIds"] == new


@pytest.mark.parametrize("position", [-1, 6, 10**6, 2**63, -(2**70)])
async def test_a_position_outside_the_playlist_is_refused_with_the_positions_there_are(hub, tracks, playlist, position):
    with pytest.raises(InvalidRequest, match="position must be a whole number from 0 to 5") as caught:
        await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=tracks[5:6], position=position)
    assert caught.value.field == "position"
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4]
    assert await revision(hub, playlist) == 1


async def test_adding_a_track_twice_says_that_it_is_there_and_changes_nothing(hub, tracks, playlist):
    answer = await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[tracks[0]])
    assert (answer["added"], answer["alreadyThere"], answer["entryIds"]) == (0, 1, [])
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4]
    assert await revision(hub, playlist) == 1


async def test_of_several_tracks_only_those_that_are_new_are_added_each_once(hub, tracks, playlist):
    wanted = [tracks[9], tracks[0], tracks[9], tracks[8]]
    answer = await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=wanted, position=0)
    assert (answer["added"], answer["alreadyThere"]) == (2, 2)
    assert await songs(hub, playlist) == [9, 8, 0, 1, 2, 3, 4]


async def test_who_allows_duplicates_gets_them(hub, tracks, playlist):
    wanted = [tracks[0], tracks[0]]
    answer = await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=wanted, duplicates="allow")
    assert (answer["added"], answer["alreadyThere"]) == (2, 0)
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4, 0, 0]


async def test_one_unknown_track_among_many_is_named_by_its_place_and_nothing_is_added(hub, tracks, playlist):
    with pytest.raises(LibraryTrackNotFound) as caught:
        await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[tracks[0], tracks[9], Kind.TRACK.example])
    assert caught.value.field == "trackIds.2"
    assert Kind.TRACK.example not in caught.value.sentence
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [0, 1001])
async def test_a_call_adds_one_to_a_thousand_tracks(hub, tracks, playlist, count):
    with pytest.raises(InvalidRequest) as caught:
        await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=tracks[:1] * count)
    assert caught.value.field == "trackIds"


async def test_a_playlist_has_an_end(hub, tracks, playlist):
    async with hub.hub.user.transaction() as connection:
        await connection.executemany(
            "INSERT INTO playlist_entries (id, playlist_id, position, track_id, added_at) VALUES (?, ?, ?, ?, 1)",
            [(f"ple_{number:016x}", playlist, number, tracks[0]) for number in range(5, LARGEST_PLAYLIST)],
        )
    with pytest.raises(Conflict, match="at most 50,000 entries"):
        await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=tracks[5:6])


async def test_entries_are_removed_by_their_own_ids_so_that_one_of_two_equal_tracks_stays(hub, tracks, playlist):
    await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[tracks[2]], duplicates="allow")
    before = await entries(hub, playlist)
    gone = [before[5]["id"], before[0]["id"], before[5]["id"]]
    answer = await call(hub, REMOVE_PLAYLIST_ENTRIES, id=playlist, entryIds=gone)
    assert (answer["removed"], answer["playlist"]["trackCount"]) == (2, 4)
    assert await songs(hub, playlist) == [1, 2, 3, 4]
    assert [entry["id"] for entry in await entries(hub, playlist)] == [entry["id"] for entry in before[1:5]]


async def test_an_entry_of_another_playlist_is_named_by_its_place_and_nothing_is_removed(hub, tracks, playlist):
    other = (await call(hub, CREATE_PLAYLIST, name="Other", trackIds=tracks[:1]))["playlist"]["id"]
    [theirs], [mine, *_] = await entries(hub, other), await entries(hub, playlist)
    for operation, more in ((REMOVE_PLAYLIST_ENTRIES, {}), (MOVE_PLAYLIST_ENTRIES, {"position": 0})):
        with pytest.raises(EntryNotFound) as caught:
            await call(hub, operation, id=playlist, entryIds=[mine["id"], theirs["id"]], **more)
        assert caught.value.field == "entryIds.1"
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4]
    assert await songs(hub, other) == [0]


@pytest.mark.parametrize(
    ("moved", "position", "expected"),
    [
        ([0], 4, [1, 2, 3, 4, 0]),
        ([4], 0, [4, 0, 1, 2, 3]),
        ([3, 1], 1, [0, 3, 1, 2, 4]),
        ([0, 4], 2, [1, 2, 0, 4, 3]),
        ([2], 2, [0, 1, 2, 3, 4]),
        ([4, 3, 2, 1, 0], 0, [4, 3, 2, 1, 0]),
        ([1, 1], 0, [1, 0, 2, 3, 4]),
    ],
)
async def test_entries_move_together_so_that_the_first_stands_at_the_position(hub, playlist, moved, position, expected):
    before = await entries(hub, playlist)
    ids = [before[index]["id"] for index in moved]
    await call(hub, MOVE_PLAYLIST_ENTRIES, id=playlist, entryIds=ids, position=position)
    assert await songs(hub, playlist) == expected
    after = await entries(hub, playlist)
    assert {entry["id"]: entry["track"]["id"] for entry in after} == {
        entry["id"]: entry["track"]["id"] for entry in before
    }
    assert await revision(hub, playlist) == (1 if expected == [0, 1, 2, 3, 4] else 2)


@pytest.mark.parametrize("position", [-1, 4, 2**64])
async def test_a_move_to_where_there_is_no_place_is_refused_with_the_places_there_are(hub, playlist, position):
    ids = [entry["id"] for entry in (await entries(hub, playlist))[:2]]
    with pytest.raises(InvalidRequest, match="from 0 to 3"):
        await call(hub, MOVE_PLAYLIST_ENTRIES, id=playlist, entryIds=ids, position=position)
    assert await songs(hub, playlist) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("stale", [0, 2, -1, 2**70])
async def test_a_change_made_for_another_revision_is_refused_with_the_present_state(hub, tracks, playlist, stale):
    present = await call(hub, GET_PLAYLIST, id=playlist)
    first = present["entries"][0]["id"]
    for operation, arguments in (
        (ADD_PLAYLIST_TRACKS, {"trackIds": tracks[5:6]}),
        (REMOVE_PLAYLIST_ENTRIES, {"entryIds": [first]}),
        (MOVE_PLAYLIST_ENTRIES, {"entryIds": [first], "position": 3}),
    ):
        with pytest.raises(StaleRevision) as caught:
            await call(hub, operation, id=playlist, revision=stale, **arguments)
        assert caught.value.current == present
    assert await call(hub, GET_PLAYLIST, id=playlist) == present


async def test_of_two_changes_for_one_revision_one_is_made_and_the_other_learns_of_it(hub, tracks, playlist):
    outcomes = []

    async def add(track):
        try:
            await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[track], revision=1)
            outcomes.append("added")
        except StaleRevision as error:
            outcomes.append(error.current["playlist"]["revision"])

    async with anyio.create_task_group() as group:
        for track in tracks[5:7]:
            group.start_soon(add, track)
    assert sorted(outcomes, key=str) == [2, "added"]
    assert len(await songs(hub, playlist)) == 6


def _adding(folder, playlist, track_ids):
    """In a thread or a process of its own: add each track in a call of its own, at the front."""

    async def add():
        async with aclosing(LocalHub(folder)) as hub:
            for track_id in track_ids:
                await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=[track_id], position=0)

    anyio.run(add)


@pytest.mark.parametrize("kind", [threading.Thread, multiprocessing.get_context("spawn").Process])
async def test_two_writers_at_once_lose_nothing_and_leave_no_gap(hub, data_dir, tracks, kind):
    playlist = (await call(hub, CREATE_PLAYLIST, name="Shared"))["playlist"]["id"]
    writers = [kind(target=_adding, args=(data_dir, playlist, half)) for half in (tracks[:5], tracks[5:])]
    for writer in writers:
        writer.start()
    for writer in writers:
        await anyio.to_thread.run_sync(writer.join, 60)
        assert not writer.is_alive()
    added = await songs(hub, playlist)
    assert sorted(added) == list(range(10))
    assert [song for song in added if song < 5] == [4, 3, 2, 1, 0]
    assert [song for song in added if song >= 5] == [9, 8, 7, 6, 5]
    assert await revision(hub, playlist) == 11


async def test_a_thousand_tracks_are_added_in_one_change(hub, data_dir, playlist):
    put(data_dir, [Song(f"Long {number}", "Artist", "Long") for number in range(1000)])
    wanted = [track_id(f"Long {number}") for number in range(1000)]
    answer = await call(hub, ADD_PLAYLIST_TRACKS, id=playlist, trackIds=wanted, position=2)
    assert (answer["added"], answer["playlist"]["trackCount"], answer["playlist"]["revision"]) == (1000, 1005, 2)
    read = await call(hub, GET_PLAYLIST, id=playlist, limit=2, offset=1001)
    assert read["entries"][0]["track"]["id"] == wanted[-1]
