"""The queue filled and edited."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.errors import (
    AlbumNotFound,
    ArtistNotFound,
    EntryNotFound,
    LibraryTrackNotFound,
    NothingToPlay,
    PlaylistNotFound,
)
from contract.hub.ids import Kind
from contract.hub.playlists import CREATE_PLAYLIST, DELETE_PLAYLIST
from contract.hub.queue import ADD_TO_QUEUE
from tests.checked import call
from tests.hub.library import Song, put, track_id
from tests.hub.playback.players import songs, titles

ALL = [f"Song {number}" for number in range(10)]


def now(session):
    return session["current"] and session["current"]["track"]["title"]


def numbers(session):
    return [int(title.removeprefix("Song ")) for title in titles(session)]


async def test_last_next_and_now_put_tracks_where_they_say_and_only_now_starts(player):
    await player.add(0, 1)
    session = await player.add(2, when="last")
    assert (numbers(session), session["state"], session["added"]) == ([0, 1, 2], "stopped", 1)
    await player.do("play")
    assert numbers(await player.add(3, 4, when="next")) == [0, 3, 4, 1, 2]
    session = await player.add(5, 6, when="now")
    assert numbers(session) == [0, 5, 6, 3, 4, 1, 2]
    assert (now(session), session["state"]) == ("Song 5", "playing")


async def test_the_same_track_may_be_queued_twice_and_each_entry_has_its_own_id(player):
    session = await player.add(0, 0, 1)
    assert numbers(session) == [0, 0, 1]
    assert len({entry["entryId"] for entry in session["queue"]}) == 3


async def test_an_album_is_played_in_its_order_in_place_of_what_was_there(player, library):
    await player.add(9, when="now")
    album = library.album("Album", "Artist")
    session = await player.add_all(album, when="now", replace=True)
    assert (titles(session), now(session), session["state"]) == (ALL, "Song 0", "playing")
    assert session["context"] == {"kind": "album", "id": album, "name": "Album"}


async def test_an_album_can_start_anywhere(player, library):
    session = await player.add_all(library.album("Album", "Artist"), when="now", replace=True, startIndex=4)
    assert (titles(session), now(session)) == (ALL, "Song 4")
    with pytest.raises(InvalidRequest, match="startIndex must be a whole number from 0 to 9"):
        await player.add_all(library.album("Album", "Artist"), when="now", startIndex=10)
    with pytest.raises(InvalidRequest, match="startIndex goes with when=now"):
        await player.add_all(library.album("Album", "Artist"), when="next", startIndex=1)


async def test_replacing_what_comes_keeps_what_plays(player, clock):
    await player.add(0, 1, 2)
    await player.do("play")
    clock.advance(seconds=5)
    session = await player.add(7, 8, when="next", replace=True)
    assert (numbers(session), now(session), session["positionMs"]) == ([0, 7, 8], "Song 0", 5_000)


async def test_artists_and_playlists_and_single_tracks_can_be_queued_by_their_id(player, hub, library, data_dir):
    put(data_dir, [Song("Early", "Artist", "First", tags={"track": 1, "releaseDate": "1990"})])
    session = await player.add_all(library.artist("Artist"), when="now", replace=True)
    assert titles(session) == ["Early", *ALL], "album by album, as they came out"
    assert session["context"]["kind"] == "artist"
    made = await call(hub, CREATE_PLAYLIST, name="Mine", trackIds=[track_id("Song 3"), track_id("Song 1")])
    playlist = made["playlist"]["id"]
    session = await player.add_all(playlist, when="now", replace=True)
    assert (numbers(session), session["context"]["name"]) == ([3, 1], "Mine")
    session = await player.add_all(track_id("Song 9"), when="next")
    assert (numbers(session), session["context"]["name"]) == ([3, 9, 1], "Mine")
    await call(hub, DELETE_PLAYLIST, id=playlist)
    with pytest.raises(PlaylistNotFound) as caught:
        await player.add_all(playlist)
    assert caught.value.field == "contextId"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.TRACK, LibraryTrackNotFound),
        (Kind.ALBUM, AlbumNotFound),
        (Kind.ARTIST, ArtistNotFound),
        (Kind.PLAYLIST, PlaylistNotFound),
    ],
)
async def test_what_is_not_there_is_named_and_nothing_is_changed(player, kind, error):
    before = await player.session()
    with pytest.raises(error) as caught:
        await player.add_all(kind.example)
    assert caught.value.field == "contextId"
    assert await player.session() == before


async def test_an_unknown_track_is_named_by_its_place(player):
    with pytest.raises(LibraryTrackNotFound) as caught:
        await player.add(0, 77)
    assert caught.value.field == "trackIds.1"
    assert (await player.session())["queueTotal"] == 0


async def test_either_tracks_or_a_context_must_be_given(player, library):
    both = {"trackIds": [track_id("Song 0")], "contextId": library.artist("Artist")}
    for what in ({}, both):
        with pytest.raises(InvalidRequest, match="Either trackIds or contextId"):
            await call(player.hub, ADD_TO_QUEUE, when="now", **what)
    with pytest.raises(InvalidRequest, match="contextId must be the id of a track, album, artist or playlist"):
        await player.add_all(Kind.QUEUE_ENTRY.example)


async def test_missing_tracks_are_left_out_and_said(player, library, data_dir):
    put(data_dir, songs(2, missing=True))
    session = await player.add(0, 5, 1, when="now")
    assert (numbers(session), session["added"], session["skipped"]) == ([5], 1, 2)
    assert session["skippedIds"] == [track_id("Song 0"), track_id("Song 1")]
    session = await player.add(0, 5, 6, when="now", replace=True, startIndex=0)
    assert now(session) == "Song 5"
    session = await player.add_all(library.album("Album", "Artist"), when="now", replace=True, startIndex=1)
    assert (session["added"], session["skipped"], now(session)) == (8, 2, "Song 3"), "places are those of the list"
    before = await player.session()
    with pytest.raises(NothingToPlay):
        await player.add(0, 1, when="now", replace=True)
    assert await player.session() == before


async def test_shuffle_keeps_what_plays_first_and_off_restores_the_order_with_what_was_added(player, library):
    session = await player.add_all(library.album("Album", "Artist"), when="now", replace=True, startIndex=3)
    orders = set()
    for _ in range(5):
        session = await player.do("setShuffle", shuffle=True)
        assert (session["shuffle"], numbers(session)[0], sorted(numbers(session))) == (True, 3, list(range(10)))
        orders.add(tuple(numbers(session)))
        session = await player.do("setShuffle", shuffle=False)
        assert (session["shuffle"], numbers(session), session["current"]["index"]) == (False, list(range(10)), 3)
    assert len(orders) > 1, "in another order each time"
    await player.do("setShuffle", shuffle=True)
    assert numbers(await player.add(0, when="next"))[:2] == [3, 0]
    assert numbers(await player.add(1, when="last"))[-1] == 1
    session = await player.do("setShuffle", shuffle=False)
    assert numbers(session) == [0, 1, 2, 3, 0, 4, 5, 6, 7, 8, 9, 1]


async def test_what_is_played_shuffled_starts_with_any_track_or_with_the_one_that_is_asked_for(player, library):
    album = library.album("Album", "Artist")
    first = {now(await player.add_all(album, when="now", replace=True, shuffle=True)) for _ in range(12)}
    assert len(first) > 1
    session = await player.add_all(album, when="now", replace=True, startIndex=6)
    assert (session["shuffle"], numbers(session)[0], now(session)) == (True, 6, "Song 6")
    assert numbers(session) != [6, *(number for number in range(10) if number != 6)]
    session = await player.add_all(album, when="now", replace=True, shuffle=False)
    assert (titles(session), now(session)) == (ALL, "Song 0")


async def test_entries_are_removed_and_moved_by_their_ids(player):
    session = await player.add(0, 1, 2, 3, 4)
    ids = [entry["entryId"] for entry in session["queue"]]
    assert numbers(await player.edit(remove=[ids[1], ids[3]])) == [0, 2, 4]
    assert numbers(await player.edit(move=[ids[4], ids[0]], position=0)) == [4, 0, 2]
    assert numbers(await player.edit(move=[ids[4]], position=2)) == [0, 2, 4]
    assert numbers(await player.edit(remove=[ids[0]], move=[ids[4]], position=0)) == [4, 2]


@pytest.mark.parametrize(
    ("what", "error", "says"),
    [
        ({}, InvalidRequest, "nothing to do"),
        ({"remove": ["gone"]}, EntryNotFound, "no entry with that id"),
        ({"remove": ["first", "gone"]}, EntryNotFound, "no entry with that id"),
        ({"move": ["first", "first"], "position": 0}, InvalidRequest, r"move\.1 names an entry that was named before"),
        ({"move": ["first"]}, InvalidRequest, "move needs position"),
        ({"position": 0}, InvalidRequest, "position needs move"),
        ({"move": ["first"], "position": -1}, InvalidRequest, "position must be a whole number from 0"),
        ({"move": ["first"], "position": 2}, InvalidRequest, "position must be a whole number from 0 to 1"),
        ({"clear": "some"}, InvalidRequest, "clear must be 'all' or 'upcoming'"),
        ({"remove": []}, InvalidRequest, "remove must have at least 1"),
    ],
)
async def test_an_edit_that_can_not_be_is_refused_as_a_whole(player, what, error, says):
    session = await player.add(0, 1)
    gone = (await player.add(2))["queue"][2]["entryId"]
    await player.edit(remove=[gone])
    ids = {"first": session["queue"][0]["entryId"], "gone": gone}
    what = {name: [ids[each] for each in value] if isinstance(value, list) else value for name, value in what.items()}
    before = await player.session()
    with pytest.raises(error, match=says):
        await player.edit(**what)
    assert await player.session() == before


async def test_when_the_current_entry_is_removed_what_follows_takes_its_place(player, clock):
    session = await player.add(0, 1, 2)
    ids = [entry["entryId"] for entry in session["queue"]]
    await player.do("play", entryId=ids[1])
    clock.advance(seconds=5)
    session = await player.edit(remove=[ids[1]])
    assert (now(session), session["state"], session["positionMs"]) == ("Song 2", "playing", 0)
    session = await player.edit(remove=[ids[2]])
    assert (now(session), session["state"], numbers(session)) == (None, "stopped", [0])


async def test_clearing_takes_all_or_what_comes(player):
    await player.add(0, 1, 2)
    await player.do("play")
    await player.do("next")
    session = await player.edit(clear="upcoming")
    assert (numbers(session), now(session), session["state"]) == ([0, 1], "Song 1", "playing")
    session = await player.edit(clear="all")
    assert (numbers(session), now(session), session["state"], session["context"]) == ([], None, "stopped", None)
