"""What can be shared, for how long, and what a link opens to people who know nothing else of the hub."""

import json

import pytest

from backends.local.hub.user_schema import USER_LAYOUT
from contract.errors import InvalidRequest
from contract.hub.errors import Conflict, LibraryTrackNotFound, PlaylistNotFound, ShareNotFound
from contract.hub.ids import Kind
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS, REMOVE_PLAYLIST_ENTRIES
from contract.hub.playlists import DELETE_PLAYLIST, GET_PLAYLIST
from contract.hub.share_sessions import MOST_SHARED_TRACKS
from contract.hub.shares import DELETE_SHARE, LIST_SHARES, MOST_SHARES
from tests.checked import call
from tests.hub.library import Song, put, rows, track_id
from tests.hub.sharing.conftest import OPEN

KINDS = ("playlist", "artist", "album", "track")


async def listed(hub, **arguments):
    return (await call(hub, LIST_SHARES, **arguments))["shares"]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_thing_can_be_shared_opened_listed_and_unshared(hub, sharing, each_kind, kind):
    share = await sharing.share(each_kind[kind], note="For\u202e Anna")
    assert (share["kind"], share["itemId"], share["note"]) == (kind, each_kind[kind], "For Anna")
    assert share["expiresAt"] == "2026-12-21T12:00:00.000Z"
    opened = await sharing.open(share)
    assert (opened["item"]["kind"], opened["item"]["id"]) == (kind, each_kind[kind])
    assert opened["item"]["title"] == share["name"]
    [shown] = await listed(hub)
    assert shown == {**share, "path": None, "url": None, "listeners": 1}
    deleted = (await call(hub, DELETE_SHARE, id=share["id"]))["deleted"]
    assert deleted["id"] == share["id"]
    assert not await sharing.is_open(share)
    assert await listed(hub) == []


async def test_what_is_opened_holds_nothing_of_the_library_but_what_is_shared(sharing, library, each_kind):
    put(library.folder, [Song("Jóga", "Björk", "Homogenic", plays=987_654, saved=True, lyrics="No", has_cover=True)])
    allowed = {
        "playlist": {library.track("Jóga"), library.track("Hurt")},
        "artist": {library.track(key) for key in ("Bohemian Rhapsody", "Killer Queen", "Under Pressure")},
        "album": {library.track("Jóga"), library.track("Bachelorette")},
        "track": {library.track("T.N.T.")},
    }
    for kind, id_ in each_kind.items():
        opened = await sharing.open(await sharing.share(id_, note="Secret words"))
        item = opened["item"]
        assert set(opened) == {"item", "shareSessionId", "mediaToken", "expiresAt", "heartbeatSeconds"}
        assert set(item) == {
            *("kind", "id", "title", "artist"),
            *("coverUrl", "trackCount", "durationMs", "tracks"),
        }
        assert {track["id"] for track in item["tracks"]} == allowed[kind]
        for track in item["tracks"]:
            assert set(track) == {"id", "title", "artist", "durationMs", "url", "coverUrl"}
        text = json.dumps(opened, ensure_ascii=False)
        ids = {word for word in text.replace("/", '"').split('"') if word[:4] in {"alb_", "art_", "pls_", "shr_"}}
        assert ids <= {id_}
        assert not [word for word in ("/music", ".flac", "987654", "Secret") if word in text]


async def test_tracks_come_in_their_order_and_those_whose_files_are_gone_stay_out(sharing, each_kind):
    playlist = (await sharing.open(await sharing.share(each_kind["playlist"])))["item"]
    assert [track["title"] for track in playlist["tracks"]] == ["Jóga", "Hurt"]
    assert (playlist["trackCount"], playlist["durationMs"]) == (2, 400_000)
    artist = (await sharing.open(await sharing.share(each_kind["artist"])))["item"]
    assert [track["title"] for track in artist["tracks"]] == ["Under Pressure", "Bohemian Rhapsody", "Killer Queen"]


async def test_a_long_playlist_shows_its_first_tracks_and_says_how_many_there_are(hub, sharing, data_dir):
    songs = [Song(f"Song {number}", "A", "B") for number in range(MOST_SHARED_TRACKS + 3)]
    put(data_dir, songs)
    id_ = await sharing.playlist(*(track_id(song.key) for song in songs))
    item = (await sharing.open(await sharing.share(id_)))["item"]
    assert len(item["tracks"]) == MOST_SHARED_TRACKS
    assert item["trackCount"] == MOST_SHARED_TRACKS + 3


async def test_what_was_not_shared_has_another_key_or_is_no_id_is_not_found_in_the_same_words(sharing, each_kind):
    share = await sharing.share(each_kind["album"])
    other = await sharing.share(each_kind["track"])
    bodies = []
    for kind, arguments in (
        ("album", {"id": each_kind["album"]}),
        ("album", {"id": each_kind["album"], "key": other["path"].partition("=")[2]}),
        ("album", {"id": each_kind["album"], "key": "\ud800"}),
        ("album", {"id": "alb_0000000000000000"}),
        ("playlist", {"id": each_kind["playlist"]}),
        ("playlist", {"id": each_kind["album"], "key": share["path"].partition("=")[2]}),
        ("artist", {"id": "../../etc/passwd"}),
        ("track", {"id": "", "key": ""}),
        ("track", {"id": "trk_" + "0" * 5000}),
    ):
        with pytest.raises(ShareNotFound) as caught:
            await call(sharing.hub, OPEN[kind], **arguments)
        bodies.append(caught.value.body())
    assert bodies == bodies[:1] * len(bodies)
    assert await sharing.is_open(share)


async def test_a_link_opens_nothing_once_its_days_are_over(hub, sharing, each_kind, clock):
    share = await sharing.share(each_kind["album"], days=2)
    assert share["expiresAt"] == "2026-11-23T12:00:00.000Z"
    clock.advance(days=2, ms=-1)
    assert await sharing.is_open(share)
    clock.advance(ms=1)
    assert not await sharing.is_open(share)
    assert await listed(hub) == []


async def test_a_share_without_days_is_there_until_it_is_unshared(sharing, each_kind, clock):
    share = await sharing.share(each_kind["album"], days=None)
    assert share["expiresAt"] is None
    clock.advance(days=4000)
    assert await sharing.is_open(share)


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
async def test_days_are_bounded(sharing, each_kind, days):
    with pytest.raises(InvalidRequest):
        await sharing.share(each_kind["album"], days=days)


async def test_a_share_without_a_key_opens_by_the_id_alone_and_its_link_is_shown_again(hub, sharing, each_kind):
    share = await sharing.share(each_kind["album"], keyed=False)
    assert share["path"] == f"/share/album/{each_kind['album']}"
    assert (await call(hub, OPEN["album"], id=each_kind["album"]))["item"]["title"] == "Homogenic"
    assert [shown["path"] for shown in await listed(hub)] == [share["path"]]


async def test_two_shares_of_one_thing_are_two_links_of_which_one_can_be_ended(hub, sharing, each_kind):
    first, second = await sharing.share(each_kind["album"]), await sharing.share(each_kind["album"])
    assert first["path"] != second["path"]
    assert len(await listed(hub, itemId=each_kind["album"])) == 2
    assert await listed(hub, itemId=each_kind["track"]) == []
    await call(hub, DELETE_SHARE, id=first["id"])
    assert not await sharing.is_open(first)
    assert await sharing.is_open(second)


async def test_what_is_shared_anew_does_not_open_by_an_old_link(hub, sharing, each_kind):
    old = await sharing.share(each_kind["album"])
    await call(hub, DELETE_SHARE, id=old["id"])
    await sharing.share(each_kind["album"])
    assert not await sharing.is_open(old)


async def test_a_playlist_is_shared_as_it_is_at_the_moment(hub, sharing, library, each_kind):
    id_ = each_kind["playlist"]
    share = await sharing.share(id_)
    entries = (await call(hub, GET_PLAYLIST, id=id_))["entries"]
    await call(hub, REMOVE_PLAYLIST_ENTRIES, id=id_, entryIds=[entries[0]["id"]])
    await call(hub, ADD_PLAYLIST_TRACKS, id=id_, trackIds=[library.track("Maiden")])
    opened = await sharing.open(share)
    assert [track["title"] for track in opened["item"]["tracks"]] == ["Hurt", "Maiden"]


async def test_a_playlist_that_was_deleted_is_not_open_and_is_listed_as_missing(hub, sharing, each_kind):
    share = await sharing.share(each_kind["playlist"])
    opened = await sharing.open(share)
    await call(hub, DELETE_PLAYLIST, id=each_kind["playlist"])
    assert not await sharing.is_open(share)
    assert not await sharing.reads(opened, each_kind["playlist"])
    [shown] = await listed(hub)
    assert (shown["name"], shown["missing"]) == ("Summer", True)


async def test_what_there_is_not_can_not_be_shared(sharing, library):
    with pytest.raises(LibraryTrackNotFound):
        await sharing.share(Kind.TRACK.example)
    with pytest.raises(PlaylistNotFound):
        await sharing.share(Kind.PLAYLIST.example)
    with pytest.raises(InvalidRequest):
        await sharing.share(Kind.SHARE.example)


async def test_unsharing_what_is_not_shared_says_so(hub, library):
    with pytest.raises(ShareNotFound, match="No share has that id"):
        await call(hub, DELETE_SHARE, id=Kind.SHARE.example)


async def test_there_are_never_more_shares_than_can_be_listed_and_those_that_expired_make_room(
    hub, sharing, each_kind, clock
):
    await sharing.share(each_kind["album"], days=1)
    async with hub.hub.user.transaction() as connection:
        await connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO shares SELECT 'shr_' || i, 'album', ?, '', NULL, NULL, 0, NULL FROM n",
            (MOST_SHARES, each_kind["album"]),
        )
    with pytest.raises(Conflict):
        await sharing.share(each_kind["album"])
    clock.advance(days=1)
    await sharing.share(each_kind["album"])


async def test_neither_keys_nor_sessions_nor_tokens_are_stored(sharing, data_dir, each_kind):
    share = await sharing.share(each_kind["album"])
    opened = await sharing.open(share)
    secrets = (share["path"].partition("=")[2], opened["shareSessionId"], opened["mediaToken"])
    assert all(len(secret) >= 43 for secret in secrets)
    stored = b"".join(file.read_bytes() for file in data_dir.glob("hub.db*"))
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret.split("_", 2)[2].encode() not in stored
    assert each_kind["album"].encode() in stored


async def test_the_feed_tells_of_shares_that_come_and_go_and_not_of_those_who_open_them(
    hub, sharing, data_dir, each_kind
):
    share = await sharing.share(each_kind["album"])
    await sharing.open(share)
    await call(hub, DELETE_SHARE, id=share["id"])
    feed = rows(data_dir, USER_LAYOUT, "SELECT kind, id FROM changes WHERE kind = 'shares'")
    assert feed == [("shares", share["id"])] * 2
