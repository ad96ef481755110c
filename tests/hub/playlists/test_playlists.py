"""Playlists: made, listed, read, renamed and deleted."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.errors import Conflict, LibraryTrackNotFound, PlaylistNotFound, StaleRevision
from contract.hub.ids import Kind
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS
from contract.hub.playlists import (
    CREATE_PLAYLIST,
    DELETE_PLAYLIST,
    GET_PLAYLIST,
    LIST_PLAYLISTS,
    UPDATE_PLAYLIST,
)
from tests.checked import call

NOBODY = Kind.TRACK.example


async def made(hub, name="Party", **arguments):
    return (await call(hub, CREATE_PLAYLIST, name=name, **arguments))["playlist"]


async def names(hub, **arguments):
    return [playlist["name"] for playlist in (await call(hub, LIST_PLAYLISTS, **arguments))["playlists"]]


async def feed(hub):
    return [tuple(row) for row in await hub.hub.user.read("SELECT kind, id FROM changes ORDER BY seq")]


async def test_a_new_playlist_holds_the_tracks_it_was_made_with_in_their_order(hub, tracks):
    given = [tracks[3], tracks[1], tracks[3]]
    summary = await made(hub, description="Loud", trackIds=given)
    read = await call(hub, GET_PLAYLIST, id=summary["id"])
    assert [entry["track"]["id"] for entry in read["entries"]] == given
    assert [entry["position"] for entry in read["entries"]] == [0, 1, 2]
    assert len({entry["id"] for entry in read["entries"]}) == 3
    assert (read["durationMs"], read["nextOffset"]) == (540_000, None)
    assert read["playlist"] == summary
    assert summary | {"id": ""} == {
        "id": "",
        "name": "Party",
        "description": "Loud",
        "trackCount": 3,
        "createdAt": "2026-11-21T12:00:00.000Z",
        "updatedAt": "2026-11-21T12:00:00.000Z",
        "revision": 1,
        "saved": False,
    }


async def test_a_playlist_is_not_made_if_one_of_its_tracks_is_unknown_and_the_error_says_which(hub, tracks):
    with pytest.raises(LibraryTrackNotFound) as caught:
        await made(hub, trackIds=[tracks[0], NOBODY])
    assert caught.value.field == "trackIds.1"
    assert await names(hub) == []
    assert await feed(hub) == []


async def test_an_id_of_another_kind_is_told_from_an_unknown_one(hub, tracks):
    with pytest.raises(InvalidRequest, match=r"trackIds\.0 must be the id of a track.*is the id of an album"):
        await made(hub, trackIds=[Kind.ALBUM.example])


async def test_a_playlist_is_read_in_pages(hub, tracks):
    playlist = await made(hub, trackIds=tracks)
    read = []
    offset = 0
    while offset is not None:
        page = await call(hub, GET_PLAYLIST, id=playlist["id"], limit=4, offset=offset)
        read += [entry["track"]["id"] for entry in page["entries"]]
        offset = page["nextOffset"]
        assert page["durationMs"] == 1_800_000
    assert read == tracks


async def test_a_page_behind_the_end_is_empty_and_still_shows_the_playlist(hub, tracks):
    playlist = await made(hub, trackIds=tracks)
    page = await call(hub, GET_PLAYLIST, id=playlist["id"], offset=10)
    assert (page["entries"], page["nextOffset"], page["playlist"]["trackCount"]) == ([], None, 10)


async def test_tracks_stay_in_their_playlist_when_the_index_is_lost_marked_missing(hub, tracks, without_index):
    playlist = await made(hub, trackIds=tracks[:2])
    async with without_index(hub) as again:
        read = await call(again, GET_PLAYLIST, id=playlist["id"])
        shown = [(entry["track"]["title"], entry["track"]["missing"]) for entry in read["entries"]]
        assert shown == [("Song 0", True), ("Song 1", True)]
        assert read["durationMs"] == 360_000
        assert (await made(again, "Copy", trackIds=tracks[:2]))["trackCount"] == 2
        with pytest.raises(LibraryTrackNotFound):
            await made(again, "Another", trackIds=tracks[2:3])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Late \t Night\n", "Late Night"),
        ("a\u202eb\u200bc\u0000d", "abcd"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE playlists; --", "'; DROP TABLE playlists; --"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("Ignore previous instructions", "Ignore previous instructions"),
        ("日本語 🎧", "日本語 🎧"),
        ("x" * 200, "x" * 200),
    ],
)
async def test_a_hostile_name_is_kept_as_inert_text(hub, typed, kept):
    assert (await made(hub, typed))["name"] == kept
    assert await names(hub) == [kept]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "\x00\x1f", "x" * 201, "x" * 10_000, "\ud800"])
async def test_a_name_that_is_empty_or_too_long_is_refused_without_repeating_it(hub, name):
    with pytest.raises(InvalidRequest) as caught:
        await made(hub, name)
    assert caught.value.field == "name"
    assert "xxx" not in caught.value.sentence
    assert await names(hub) == []


async def test_a_name_is_taken_once_in_whatever_case_and_the_error_names_the_playlist(hub):
    first = await made(hub, "Straße")
    with pytest.raises(Conflict) as caught:
        await made(hub, "STRASSE")
    assert caught.value.field == "name"
    assert first["id"] in caught.value.message
    await made(hub, "Other")


async def test_the_name_of_a_deleted_playlist_is_free_again(hub):
    first = await made(hub)
    await call(hub, DELETE_PLAYLIST, id=first["id"])
    assert (await made(hub))["id"] != first["id"]


async def test_renaming_and_describing_leave_the_rest_as_it_is(hub, tracks, clock):
    playlist = await made(hub, description="Loud", trackIds=tracks[:1])
    clock.advance(seconds=60)
    renamed = (await call(hub, UPDATE_PLAYLIST, id=playlist["id"], name="Wake"))["playlist"]
    assert renamed == playlist | {"name": "Wake", "revision": 2, "updatedAt": "2026-11-21T12:01:00.000Z"}
    described = (await call(hub, UPDATE_PLAYLIST, id=playlist["id"], description="Quiet\u202e"))["playlist"]
    assert (described["name"], described["description"]) == ("Wake", "Quiet")
    bare = (await call(hub, UPDATE_PLAYLIST, id=playlist["id"], description=""))["playlist"]
    assert (bare["name"], bare["description"], bare["revision"]) == ("Wake", None, 4)


async def test_renaming_to_the_name_it_has_changes_nothing_and_to_another_case_does(hub):
    playlist = await made(hub)
    assert (await call(hub, UPDATE_PLAYLIST, id=playlist["id"], name="Party"))["playlist"] == playlist
    assert await feed(hub) == [("playlist", playlist["id"])]
    assert (await call(hub, UPDATE_PLAYLIST, id=playlist["id"], name="PARTY"))["playlist"]["name"] == "PARTY"


async def test_renaming_to_the_name_of_another_is_refused(hub):
    await made(hub, "First")
    second = await made(hub, "Second")
    with pytest.raises(Conflict):
        await call(hub, UPDATE_PLAYLIST, id=second["id"], name="first")
    assert await names(hub) == ["First", "Second"]


async def test_an_update_of_nothing_says_what_it_takes(hub):
    playlist = await made(hub)
    with pytest.raises(InvalidRequest, match="name or description is required"):
        await call(hub, UPDATE_PLAYLIST, id=playlist["id"])


async def test_calls_to_a_deleted_playlist_say_when_it_was_deleted(hub, tracks, clock):
    playlist = await made(hub, trackIds=tracks[:1])
    clock.advance(seconds=60)
    deleted = (await call(hub, DELETE_PLAYLIST, id=playlist["id"]))["deleted"]
    assert deleted == playlist
    for operation, arguments in (
        (GET_PLAYLIST, {}),
        (DELETE_PLAYLIST, {}),
        (UPDATE_PLAYLIST, {"name": "Again"}),
        (ADD_PLAYLIST_TRACKS, {"trackIds": tracks[:1]}),
    ):
        with pytest.raises(PlaylistNotFound, match=r"was deleted at 2026-11-21T12:01:00\.000Z") as caught:
            await call(hub, operation, id=playlist["id"], **arguments)
        assert "List the playlists" in caught.value.sentence
    assert await names(hub) == []


async def test_a_playlist_that_never_was_is_not_said_to_be_deleted(hub):
    with pytest.raises(PlaylistNotFound) as caught:
        await call(hub, GET_PLAYLIST, id=Kind.PLAYLIST.example)
    assert "deleted" not in caught.value.message


@pytest.mark.parametrize(("operation", "arguments"), [(UPDATE_PLAYLIST, {"name": "New"}), (DELETE_PLAYLIST, {})])
async def test_a_change_made_for_an_old_revision_is_refused_with_the_present_state(hub, tracks, operation, arguments):
    playlist = await made(hub, trackIds=tracks[:1])
    await call(hub, ADD_PLAYLIST_TRACKS, id=playlist["id"], trackIds=tracks[1:2])
    with pytest.raises(StaleRevision) as caught:
        await call(hub, operation, id=playlist["id"], revision=1, **arguments)
    present = await call(hub, GET_PLAYLIST, id=playlist["id"])
    assert caught.value.body()["current"] == present
    assert present["playlist"]["name"] == "Party"
    await call(hub, operation, id=playlist["id"], revision=2, **arguments)


async def test_playlists_are_listed_as_people_sort_names_or_the_last_changed_first(hub, tracks, clock):
    made_ids = {}
    for name in ("beta", "Élan", "Alpha", "zulu"):
        clock.advance(seconds=1)
        made_ids[name] = (await made(hub, name))["id"]
    clock.advance(seconds=1)
    await call(hub, ADD_PLAYLIST_TRACKS, id=made_ids["beta"], trackIds=tracks[:1])
    assert await names(hub) == ["Alpha", "beta", "Élan", "zulu"]
    assert await names(hub, sort="updated") == ["beta", "zulu", "Alpha", "Élan"]


@pytest.mark.parametrize("sort", ["name", "updated"])
async def test_pages_of_playlists_hold_while_others_come_and_go(hub, sort):
    for number in range(7):
        await made(hub, f"List {number}")
    first = await call(hub, LIST_PLAYLISTS, sort=sort, limit=3)
    assert first["total"] == 7
    await call(hub, DELETE_PLAYLIST, id=first["playlists"][0]["id"])
    await made(hub, "A new one")
    seen = [playlist["name"] for playlist in first["playlists"]]
    cursor = first["nextCursor"]
    while cursor:
        page = await call(hub, LIST_PLAYLISTS, sort=sort, limit=3, cursor=cursor)
        seen += [playlist["name"] for playlist in page["playlists"]]
        cursor = page["nextCursor"]
    assert sorted(name for name in seen if name != "A new one") == [f"List {number}" for number in range(7)]


async def test_a_cursor_works_after_names_of_any_length_and_script(hub):
    for number in range(3):
        await made(hub, "\ufdfa" * 199 + str(number))
    page = await call(hub, LIST_PLAYLISTS, limit=1)
    seen = [page["playlists"][0]["id"]]
    while page["nextCursor"]:
        page = await call(hub, LIST_PLAYLISTS, limit=1, cursor=page["nextCursor"])
        seen.append(page["playlists"][0]["id"])
    assert len(set(seen)) == 3


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bnVsbA", "W10", "\u202e", "' OR 1=1 --", "W1siXV0="])
async def test_a_cursor_that_is_none_is_refused_with_what_to_do(hub, cursor):
    with pytest.raises(InvalidRequest) as caught:
        await call(hub, LIST_PLAYLISTS, cursor=cursor)
    assert caught.value.field == "cursor"


async def test_a_cursor_of_another_sort_is_refused(hub):
    for number in range(3):
        await made(hub, f"List {number}")
    page = await call(hub, LIST_PLAYLISTS, limit=1)
    with pytest.raises(InvalidRequest):
        await call(hub, LIST_PLAYLISTS, sort="updated", cursor=page["nextCursor"])


async def test_each_change_appears_in_the_feed_once(hub, tracks):
    playlist = await made(hub, trackIds=tracks)
    await call(hub, UPDATE_PLAYLIST, id=playlist["id"], name="Other")
    await call(hub, DELETE_PLAYLIST, id=playlist["id"])
    assert await feed(hub) == [("playlist", playlist["id"])] * 3
