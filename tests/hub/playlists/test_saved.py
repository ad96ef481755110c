"""What people saved: put in, listed, taken out, and shown when it is gone."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound, PlaylistNotFound
from contract.hub.ids import Kind
from contract.hub.playlists import CREATE_PLAYLIST, DELETE_PLAYLIST, GET_PLAYLIST
from contract.hub.saved import LIST_SAVED, SAVE_ITEMS, UNSAVE_ITEMS
from tests.checked import call
from tests.hub.library import Library, Song, put


@pytest.fixture
def album(data_dir, tracks):
    return Library(data_dir).album("Album", "Artist")


@pytest.fixture
def artist(data_dir, tracks):
    return Library(data_dir).artist("Artist")


@pytest.fixture
async def playlist(hub, tracks):
    return (await call(hub, CREATE_PLAYLIST, name="Party", trackIds=tracks[:1]))["playlist"]["id"]


async def saved(hub, **arguments):
    return (await call(hub, LIST_SAVED, **arguments))["items"]


async def test_items_of_each_kind_are_listed_the_last_first_with_their_summaries(
    hub, tracks, album, artist, playlist, clock
):
    for id_ in (tracks[2], album, artist, playlist):
        clock.advance(seconds=1)
        assert await call(hub, SAVE_ITEMS, ids=[id_]) == {"saved": 1, "alreadySaved": 0}
    items = await saved(hub)
    assert [(item["kind"], item["id"], item["name"], item["missing"]) for item in items] == [
        ("playlist", playlist, "Party", False),
        ("artist", artist, "Artist", False),
        ("album", album, "Album", False),
        ("track", tracks[2], "Song 2", False),
    ]
    assert all(item[item["kind"]]["id"] == item["id"] and item[item["kind"]]["saved"] for item in items)
    assert all(len(item) == 6 for item in items)
    assert items[0]["savedAt"] == "2026-11-21T12:00:04.000Z"
    for item in items:
        page = await call(hub, LIST_SAVED, kind=item["kind"])
        assert (page["items"], page["total"]) == ([item], 1)


async def test_a_saved_playlist_says_so_itself(hub, playlist):
    await call(hub, SAVE_ITEMS, ids=[playlist])
    assert (await call(hub, GET_PLAYLIST, id=playlist))["playlist"]["saved"] is True


async def test_what_another_process_saved_this_moment_says_so_before_the_index_does(hub, tracks):
    assert await saved(hub) == []
    async with hub.hub.user.transaction() as connection:
        await connection.execute(
            "INSERT INTO saved (id, kind, name, saved_at) VALUES (?, 'track', 'Song 0', 1)", (tracks[0],)
        )
    assert [item["track"]["saved"] for item in await saved(hub)] == [True]


async def test_saving_again_keeps_the_moment_and_says_so(hub, tracks, clock):
    await call(hub, SAVE_ITEMS, ids=tracks[:1])
    before = await saved(hub)
    clock.advance(seconds=60)
    answer = await call(hub, SAVE_ITEMS, ids=[tracks[0], tracks[1], tracks[1]])
    assert answer == {"saved": 1, "alreadySaved": 1}
    assert (await saved(hub))[1:] == before


async def test_unsaving_is_possible_for_what_was_never_saved_and_says_so(hub, tracks):
    await call(hub, SAVE_ITEMS, ids=tracks[:2])
    ids = [tracks[0], tracks[5], Kind.ALBUM.example, tracks[0]]
    assert await call(hub, UNSAVE_ITEMS, ids=ids) == {"removed": 1, "notSaved": 2}
    assert [item["id"] for item in await saved(hub)] == [tracks[1]]


@pytest.mark.parametrize(
    ("unknown", "error"),
    [
        (Kind.TRACK.example, LibraryTrackNotFound),
        (Kind.ALBUM.example, AlbumNotFound),
        (Kind.ARTIST.example, ArtistNotFound),
        (Kind.PLAYLIST.example, PlaylistNotFound),
    ],
)
async def test_one_unknown_id_is_named_by_its_place_and_nothing_is_saved(hub, tracks, unknown, error):
    with pytest.raises(error) as caught:
        await call(hub, SAVE_ITEMS, ids=[tracks[0], unknown])
    assert caught.value.field == "ids.1"
    assert unknown not in caught.value.sentence
    assert await saved(hub) == []


async def test_a_deleted_playlist_is_no_longer_saved_and_can_not_be_saved_again(hub, playlist):
    await call(hub, SAVE_ITEMS, ids=[playlist])
    await call(hub, DELETE_PLAYLIST, id=playlist)
    assert await saved(hub) == []
    with pytest.raises(PlaylistNotFound, match=r"ids\.0: That playlist was deleted at"):
        await call(hub, SAVE_ITEMS, ids=[playlist])


async def test_an_entry_of_a_playlist_is_nothing_to_save(hub):
    with pytest.raises(InvalidRequest, match=r"ids\.0 must be the id of a track, album, artist or playlist"):
        await call(hub, SAVE_ITEMS, ids=[Kind.PLAYLIST_ENTRY.example])


@pytest.mark.parametrize("operation", [SAVE_ITEMS, UNSAVE_ITEMS])
@pytest.mark.parametrize("count", [0, 201])
async def test_a_call_takes_one_to_two_hundred_ids(hub, tracks, operation, count):
    with pytest.raises(InvalidRequest):
        await call(hub, operation, ids=tracks[:1] * count)


async def test_what_is_gone_is_listed_by_its_remembered_name_as_missing(hub, tracks, album, artist, without_index):
    await call(hub, SAVE_ITEMS, ids=[tracks[0], album, artist])
    async with without_index(hub) as again:
        items = {item["kind"]: item for item in await saved(again)}
        assert {kind: (item["name"], item["missing"]) for kind, item in items.items()} == {
            "track": ("Song 0", True),
            "album": ("Album", True),
            "artist": ("Artist", True),
        }
        assert "album" not in items["album"]
        assert await call(again, UNSAVE_ITEMS, ids=[album]) == {"removed": 1, "notSaved": 0}


async def test_an_album_whose_files_are_all_gone_is_missing(hub, data_dir, album):
    await call(hub, SAVE_ITEMS, ids=[album])
    put(data_dir, [Song(f"Song {number}", "Artist", "Album", missing=True) for number in range(10)])
    assert [(item["name"], item["missing"]) for item in await saved(hub)] == [("Album", True)]


@pytest.mark.parametrize("kind", [{}, {"kind": "track"}])
async def test_pages_hold_while_more_is_saved_even_at_one_moment(hub, clock, tracks, album, kind):
    await call(hub, SAVE_ITEMS, ids=[*tracks[:4], album, *tracks[4:8]])
    seen, cursor = [], None
    while True:
        page = await call(hub, LIST_SAVED, limit=3, cursor=cursor, **kind)
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        if len(seen) == 3:
            hub.hub.clock.advance(seconds=1)
            await call(hub, SAVE_ITEMS, ids=[tracks[9]])
    assert sorted(seen) == sorted([*tracks[:8], *([] if kind else [album])])


async def test_each_item_appears_in_the_feed(hub, tracks):
    await call(hub, SAVE_ITEMS, ids=tracks[:2])
    await call(hub, SAVE_ITEMS, ids=tracks[:2])
    await call(hub, UNSAVE_ITEMS, ids=tracks[1:3])
    feed = [tuple(row) for row in await hub.hub.user.read("SELECT kind, id FROM changes ORDER BY seq")]
    assert feed == [("saved", tracks[0]), ("saved", tracks[1]), ("saved", tracks[1])]
