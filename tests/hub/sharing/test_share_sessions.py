"""Sessions of share pages: how long they live, what their media tokens read, and how many there can be."""

import sqlite3
from contextlib import closing

import pytest

from backends.local.hub.sharing.addresses import LinkAddress, note_link_address
from backends.local.hub.sharing.contents import share_covers
from backends.local.hub.sharing.sessions import MOST_OF_A_SHARE, MOST_SESSIONS
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.errors import ShareSessionNotFound
from contract.hub.playlist_entries import REMOVE_PLAYLIST_ENTRIES
from contract.hub.playlists import GET_PLAYLIST
from contract.hub.share_sessions import KEEP_SHARE_SESSION
from contract.hub.shares import DELETE_SHARE, LIST_SHARES
from tests.checked import call
from tests.hub.library import rows

MINUTE = 60


async def test_a_media_token_reads_what_is_shared_and_nothing_else(sharing, library, each_kind):
    inside = {
        "playlist": ["Jóga", "Hurt"],
        "artist": ["Bohemian Rhapsody", "Under Pressure"],
        "album": ["Jóga", "Bachelorette"],
        "track": ["T.N.T."],
    }
    outside = {"playlist": "Bachelorette", "artist": "Waterloo", "album": "Hurt", "track": "High Voltage"}
    for kind, id_ in each_kind.items():
        opened = await sharing.open(await sharing.share(id_))
        assert await sharing.reads(opened, id_)
        for title in inside[kind]:
            assert await sharing.reads(opened, library.track(title))
        assert not await sharing.reads(opened, library.track(outside[kind]))
        assert not [other for other in each_kind.values() if other != id_ and await sharing.reads(opened, other)]
        assert not await sharing.reads(opened, library.album("Hot Space", "Queen"))
        assert not await sharing.reads(opened, "nonsense")


async def test_a_track_taken_out_of_a_shared_playlist_can_be_read_no_longer(hub, sharing, library, each_kind):
    opened = await sharing.open(await sharing.share(each_kind["playlist"]))
    assert await sharing.reads(opened, library.track("Jóga"))
    entries = (await call(hub, GET_PLAYLIST, id=each_kind["playlist"]))["entries"]
    await call(hub, REMOVE_PLAYLIST_ENTRIES, id=each_kind["playlist"], entryIds=[entries[0]["id"]])
    assert not await sharing.reads(opened, library.track("Jóga"))
    assert await sharing.reads(opened, library.track("Hurt"))


async def test_a_session_that_is_not_kept_ends_after_a_quarter_of_an_hour(sharing, each_kind, clock):
    opened = await sharing.open(await sharing.share(each_kind["track"]))
    assert opened["expiresAt"] == "2026-11-21T12:15:00.000Z"
    clock.advance(seconds=15 * MINUTE, ms=-1)
    assert await sharing.reads(opened, each_kind["track"])
    clock.advance(ms=1)
    assert not await sharing.reads(opened, each_kind["track"])
    with pytest.raises(ShareSessionNotFound):
        await sharing.keep(opened)


async def test_a_session_that_is_kept_lives_on_with_its_media_token_for_half_a_day(sharing, each_kind, clock):
    opened = await sharing.open(await sharing.share(each_kind["track"]))
    for _ in range(12 * 6 - 1):
        clock.advance(seconds=10 * MINUTE)
        kept = await sharing.keep(opened)
        assert await sharing.reads(opened, each_kind["track"])
    assert kept["expiresAt"] == "2026-11-22T00:00:00.000Z"
    clock.advance(seconds=10 * MINUTE)
    assert not await sharing.reads(opened, each_kind["track"])
    with pytest.raises(ShareSessionNotFound):
        await sharing.keep(opened)


async def test_no_session_outlives_its_share(hub, sharing, each_kind, clock):
    share = await sharing.share(each_kind["track"], days=1)
    clock.advance(days=1, seconds=-5 * MINUTE)
    opened = await sharing.open(share)
    assert opened["expiresAt"] == share["expiresAt"]
    clock.advance(seconds=MINUTE)
    assert (await sharing.keep(opened))["expiresAt"] == share["expiresAt"]
    clock.advance(seconds=4 * MINUTE)
    assert not await sharing.reads(opened, each_kind["track"])


async def test_a_share_covers_nothing_once_its_days_are_over_whatever_tokens_there_are(hub, sharing, each_kind, clock):
    share = await sharing.share(each_kind["track"], days=1)
    assert await share_covers(hub.hub, share["id"], each_kind["track"])
    clock.advance(days=1)
    assert not await share_covers(hub.hub, share["id"], each_kind["track"])


async def test_unsharing_ends_every_session_of_that_share_and_of_no_other(hub, sharing, each_kind, data_dir):
    first, second = await sharing.share(each_kind["track"]), await sharing.share(each_kind["track"])
    ended, going_on = await sharing.open(first), await sharing.open(second)
    await call(hub, DELETE_SHARE, id=first["id"])
    assert not await sharing.reads(ended, each_kind["track"])
    assert await sharing.reads(going_on, each_kind["track"])
    assert rows(data_dir, USER_LAYOUT, "SELECT share_id FROM media_sessions") == [(second["id"],)]
    with pytest.raises(ShareSessionNotFound):
        await sharing.keep(ended)
    await sharing.keep(going_on)


async def test_what_is_no_session_is_not_found_in_the_same_words_as_one_that_ended(hub, sharing, each_kind):
    share = await sharing.share(each_kind["track"])
    opened = await sharing.open(share)
    await call(hub, DELETE_SHARE, id=share["id"])
    bodies = []
    for id_ in (opened["shareSessionId"], opened["mediaToken"], share["id"], "", "\ud800", "x" * 10_000):
        with pytest.raises(ShareSessionNotFound) as caught:
            await call(hub, KEEP_SHARE_SESSION, shareSessionId=id_)
        bodies.append(caught.value.body())
    assert bodies == bodies[:1] * len(bodies)


async def test_heartbeats_in_a_row_are_written_once(sharing, each_kind, clock, data_dir):
    opened = await sharing.open(await sharing.share(each_kind["track"]))
    clock.advance(seconds=20)
    first = await sharing.keep(opened)
    clock.advance(seconds=5)
    assert await sharing.keep(opened) == first
    clock.advance(seconds=5)
    assert await sharing.keep(opened) != first


async def test_somebody_who_opens_a_share_again_and_again_leaves_few_rows_and_pushes_no_listener_out(
    sharing, each_kind, clock, data_dir
):
    share = await sharing.share(each_kind["track"])
    listening = await sharing.open(share)
    clock.advance(seconds=MINUTE)
    await sharing.keep(listening)
    first = await sharing.open(share)
    for _ in range(MOST_OF_A_SHARE + 5):
        clock.advance(ms=1)
        last = await sharing.open(share)
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM share_sessions") == [(MOST_OF_A_SHARE,)]
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM media_sessions") == [(MOST_OF_A_SHARE,)]
    assert not await sharing.reads(first, each_kind["track"])
    assert await sharing.reads(last, each_kind["track"])
    assert await sharing.reads(listening, each_kind["track"])


async def test_sessions_are_bounded_over_all_shares(sharing, hub, each_kind, data_dir):
    share = await sharing.share(each_kind["album"])
    async with hub.hub.user.transaction() as connection:
        await connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO share_sessions "
            "SELECT CAST('h' || i AS BLOB), ?, CAST('m' || i AS BLOB), 1, NULL, 9e15 FROM n",
            (MOST_SESSIONS + 20, share["id"]),
        )
    other = await sharing.share(each_kind["track"])
    opened = await sharing.open(other)
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM share_sessions") == [(MOST_SESSIONS,)]
    assert await sharing.reads(opened, each_kind["track"])


async def test_strangers_without_a_link_write_nothing(sharing, each_kind, data_dir):
    share = await sharing.share(each_kind["track"])
    with closing(sqlite3.connect(data_dir / USER_LAYOUT.name)) as watching:  # its number changes with each commit
        before = watching.execute("PRAGMA data_version").fetchone()
        for number in range(20):
            assert not await sharing.is_open({**share, "path": f"/share?key=mhub_link_{number}"})
        assert watching.execute("PRAGMA data_version").fetchone() == before
        assert await sharing.is_open(share)
        assert watching.execute("PRAGMA data_version").fetchone() != before


async def test_listeners_are_counted_by_the_sessions_that_live(sharing, hub, each_kind, clock):
    share = await sharing.share(each_kind["track"])
    for _ in range(3):
        await sharing.open(share)
    [shown] = (await call(hub, LIST_SHARES))["shares"]
    assert shown["listeners"] == 3
    clock.advance(seconds=15 * MINUTE)
    [shown] = (await call(hub, LIST_SHARES))["shares"]
    assert shown["listeners"] == 0


async def test_a_link_has_the_address_at_which_the_hub_was_served_last(sharing, hub, each_kind):
    share = await sharing.share(each_kind["track"])
    assert (share["url"], share["reach"]) == (None, None)
    await note_link_address(hub.hub, LinkAddress("http://127.0.0.1:38472", "machine"))
    await note_link_address(hub.hub, LinkAddress("https://hub.example", "anywhere"))
    share = await sharing.share(each_kind["track"])
    assert share["url"] == f"https://hub.example{share['path']}"
    assert share["reach"] == "anywhere"
