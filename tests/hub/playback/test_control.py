"""The verbs of a player: what each does, and when it is refused."""

import pytest

from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound, NotAllowedNow, NothingToPlay
from contract.hub.ids import Kind
from tests.hub.library import Song, put, track_id
from tests.hub.playback.players import LONG, songs, titles

ALWAYS = {"setVolume", "setRepeat", "setShuffle", "setDevice"}


def now(session):
    return session["current"] and session["current"]["track"]["title"]


async def test_a_new_session_is_stopped_and_empty_and_says_what_it_allows(player):
    session = await player.session()
    assert (session["state"], session["current"], session["queue"], session["revision"]) == ("stopped", None, [], 1)
    assert set(session["allowedActions"]) == ALWAYS
    assert (session["positionAt"], session["updatedAt"], session["durationMs"]) == (None, None, None)


@pytest.mark.parametrize("verb", ["play", "toggle", "next", "previous"])
async def test_an_empty_queue_has_nothing_to_play(player, verb):
    with pytest.raises(NothingToPlay):
        await player.do(verb)


@pytest.mark.parametrize(("verb", "more"), [("pause", {}), ("stop", {}), ("seek", {"positionMs": 0})])
async def test_what_makes_no_sense_while_stopped_is_refused_and_changes_nothing(player, verb, more):
    before = await player.session()
    with pytest.raises(NotAllowedNow):
        await player.do(verb, **more)
    assert await player.session() == before


async def test_play_starts_the_first_entry_and_the_position_is_extrapolated_up_to_the_end(player, clock):
    await player.add(0, 1)
    session = await player.do("play")
    assert (now(session), session["state"], session["positionNowMs"]) == ("Song 0", "playing", 0)
    clock.advance(seconds=61)
    session = await player.session()
    assert (session["positionMs"], session["positionNowMs"], session["durationMs"]) == (0, 61_000, LONG)
    clock.advance(days=3)
    session = await player.session()
    assert (now(session), session["positionNowMs"], session["state"]) == ("Song 0", LONG, "playing")


async def test_pause_keeps_the_position_and_play_goes_on_from_there(player, clock):
    await player.add(0)
    await player.do("play")
    clock.advance(seconds=10)
    assert (await player.do("pause"))["positionMs"] == 10_000
    clock.advance(seconds=50)
    assert (await player.session())["positionNowMs"] == 10_000
    await player.do("toggle")
    clock.advance(seconds=5)
    session = await player.do("toggle")
    assert (session["state"], session["positionMs"]) == ("paused", 15_000)


async def test_stop_goes_to_the_start_of_the_current_entry(player, clock):
    await player.add(0, 1)
    await player.do("play")
    clock.advance(seconds=10)
    session = await player.do("stop")
    assert (session["state"], now(session), session["positionMs"]) == ("stopped", "Song 0", 0)


async def test_next_ends_at_the_last_entry_unless_all_is_repeated(player):
    await player.add(0, 1)
    await player.do("play")
    session = await player.do("next")
    assert now(session) == "Song 1"
    assert "next" not in session["allowedActions"]
    with pytest.raises(NotAllowedNow, match="last entry"):
        await player.do("next")
    session = await player.do("setRepeat", repeat="all")
    assert "next" in session["allowedActions"]
    assert now(await player.do("next")) == "Song 0"


async def test_previous_starts_again_after_three_seconds_and_else_goes_back_in_the_queue(player, clock):
    await player.add(0, 1)
    await player.do("play")
    await player.do("next")
    clock.advance(ms=3_001)
    session = await player.do("previous")
    assert (now(session), session["positionMs"]) == ("Song 1", 0)
    clock.advance(ms=3_000)
    assert now(await player.do("previous")) == "Song 0"
    clock.advance(ms=2_000)
    session = await player.do("previous")
    assert (now(session), session["positionMs"]) == ("Song 0", 0)
    await player.do("setRepeat", repeat="all")
    assert now(await player.do("previous")) == "Song 1"


async def test_play_with_an_entry_starts_that_entry(player):
    session = await player.add(0, 1, 2)
    third = session["queue"][2]["entryId"]
    session = await player.do("play", entryId=third)
    assert (now(session), session["current"]["index"], session["current"]["entryId"]) == ("Song 2", 2, third)
    with pytest.raises(EntryNotFound):
        await player.do("play", entryId=f"{Kind.QUEUE_ENTRY.prefix}_{99:016x}")


async def test_seek_stays_within_the_track(player, clock):
    await player.add(0)
    await player.do("play")
    assert (await player.do("seek", positionMs=150_000))["positionNowMs"] == 150_000
    clock.advance(seconds=1)
    assert (await player.session())["positionNowMs"] == 151_000
    with pytest.raises(InvalidRequest, match="from 0 to 200000"):
        await player.do("seek", positionMs=LONG + 1)
    with pytest.raises(InvalidRequest, match="positionMs"):
        await player.do("seek", positionMs=-1)


async def test_play_at_the_end_of_the_track_begins_it_again(player, clock):
    await player.add(0)
    await player.do("play")
    clock.advance(seconds=500)
    assert (await player.do("play"))["positionMs"] == 0


async def test_settings_are_kept_and_checked(player):
    await player.do("setVolume", volume=30)
    await player.do("setRepeat", repeat="one")
    session = await player.do("setDevice", deviceId="kitchen\u202e", deviceName="  Kitchen\x00 ")
    assert (session["volume"], session["repeat"]) == (30, "one")
    assert session["device"] == {"id": "kitchen", "name": "Kitchen"}
    assert (await player.do("setDevice"))["device"] is None
    for verb, more, says in [
        ("setVolume", {"volume": 101}, "volume must be 100 or less"),
        ("setVolume", {}, "needs volume"),
        ("setRepeat", {"repeat": "twice"}, "repeat must be 'off', 'one' or 'all'"),
        ("setShuffle", {}, "needs shuffle"),
        ("play", {"volume": 3}, "volume goes with action=setVolume"),
        ("setDevice", {"deviceName": "x"}, "needs deviceId"),
        ("dance", {}, "action must be 'play'"),
    ]:
        with pytest.raises(InvalidRequest, match=says):
            await player.do(verb, **more)


@pytest.mark.parametrize("prepare", ["empty", "queued", "playing", "paused", "stopped", "last", "repeating"])
async def test_a_verb_is_allowed_exactly_when_the_session_says_so(player, prepare):
    needs = {
        "seek": {"positionMs": 1},
        "setVolume": {"volume": 1},
        "setRepeat": {"repeat": "off"},
        "setShuffle": {"shuffle": True},
    }
    verbs = ["play", "pause", "toggle", "stop", "next", "previous", "seek", *ALWAYS]

    async def session():
        await player.edit(clear="all")
        await player.do("setRepeat", repeat="all" if prepare == "repeating" else "off")
        if prepare != "empty":
            await player.add(0, 1)
        if prepare not in {"empty", "queued"}:
            await player.do("play")
        if prepare in {"last", "repeating"}:
            await player.do("next")
        if prepare in {"paused", "stopped"}:
            await player.do("pause" if prepare == "paused" else "stop")
        return await player.session()

    for verb in verbs:
        allowed = verb in (await session())["allowedActions"]
        try:
            await player.do(verb, **needs.get(verb, {}))
        except (NotAllowedNow, NothingToPlay):
            assert not allowed, verb
        else:
            assert allowed, verb


async def test_next_and_previous_pass_over_files_that_are_not_there(player, data_dir):
    await player.add(0, 1, 2)
    await player.do("play")
    put(data_dir, [songs(2, missing=True)[1]])
    session = await player.session()
    assert [entry["track"]["missing"] for entry in session["queue"]] == [False, True, False]
    assert now(await player.do("next")) == "Song 2"
    assert now(await player.do("previous")) == "Song 0"


async def test_a_queue_whose_files_are_all_gone_has_nothing_to_play(player, data_dir):
    await player.add(0, 1)
    put(data_dir, songs(2, missing=True))
    with pytest.raises(NothingToPlay):
        await player.do("play")
    assert titles(await player.session()) == ["Song 0", "Song 1"]


async def test_a_track_without_a_known_length_plays_without_end(player, data_dir, clock):
    put(data_dir, [Song("Endless", "Artist", duration_ms=0)])
    await player.put(queue=[{"trackId": track_id("Endless")}], state="playing")
    clock.advance(seconds=1_000)
    assert (await player.session())["positionNowMs"] == 1_000_000
