"""The way back: to what was current before, however it came to change."""

import pytest

from contract.hub.errors import NotAllowedNow
from tests.hub.library import put
from tests.hub.playback.players import songs, titles


def now(session):
    return session["current"] and session["current"]["track"]["title"]


async def test_without_anything_before_there_is_no_way_back(player):
    await player.add(0, when="now")
    assert "goBack" not in (await player.session())["allowedActions"]
    with pytest.raises(NotAllowedNow):
        await player.back()


async def test_it_leads_back_step_by_step_and_not_to_and_fro(player):
    session = await player.add(0, 1, 2, when="now")
    third = session["queue"][2]["entryId"]
    await player.do("play", entryId=third)
    await player.do("previous")
    assert [now(await player.back()) for _ in range(2)] == ["Song 2", "Song 0"]
    with pytest.raises(NotAllowedNow):
        await player.back()
    assert titles(await player.session()) == ["Song 0", "Song 1", "Song 2"]


async def test_under_shuffle_it_leads_to_what_was_heard(player, library):
    await player.add_all(library.album("Album", "Artist"), when="now", replace=True, shuffle=True)
    heard = [now(await player.session()), *[now(await player.do("next")) for _ in range(4)]]
    assert [now(await player.back()) for _ in range(4)] == heard[-2::-1]


async def test_past_the_start_of_the_queue_the_track_is_put_in_again_before_the_current_one(player, clock):
    await player.add(0, 1, when="now")
    await player.do("next")
    await player.add(5, 6, when="now", replace=True)
    clock.advance(seconds=9)
    session = await player.back()
    assert (titles(session), now(session), session["positionMs"]) == (["Song 1", "Song 5", "Song 6"], "Song 1", 0)
    assert session["state"] == "playing"
    session = await player.back()
    assert (titles(session)[:2], now(session)) == (["Song 0", "Song 1"], "Song 0")
    assert now(await player.do("next")) == "Song 1"


async def test_from_an_empty_queue_it_leads_back_to_the_track(player):
    await player.add(0, when="now")
    await player.edit(clear="all")
    session = await player.back()
    assert (titles(session), now(session), session["state"]) == (["Song 0"], "Song 0", "stopped")


async def test_tracks_whose_files_are_gone_are_passed_over(player, data_dir):
    await player.add(0, 1, 2, when="now")
    await player.do("next")
    await player.do("next")
    put(data_dir, [songs(2, missing=True)[1]])
    assert now(await player.back()) == "Song 0"


async def test_the_trail_is_long_and_not_endless(player):
    await player.add(0, 1, when="now")
    await player.do("setRepeat", repeat="all")
    async with player.hub.hub.user.transaction() as connection:
        rows = [(1, "trk_0000000000000000", number) for number in range(3_000)]
        await connection.executemany("INSERT INTO playback_trail (entry, track_id, left_at) VALUES (?, ?, ?)", rows)
    await player.do("next")
    [(kept,)] = await player.hub.hub.user.read("SELECT count(*) FROM playback_trail")
    assert kept == 1000
