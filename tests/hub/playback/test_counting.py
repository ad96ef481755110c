"""What counts as played: half a track or four minutes of playing, once for each entry, whoever writes the session."""

import asyncio
import tempfile
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.local.hub.hub import LocalHub
from backends.local.hub.session import Session, threshold_ms
from tests.hub.conftest import Clock
from tests.hub.library import Song, put, track_id
from tests.hub.playback.players import LONG, Player, songs

HALF = LONG // 2


async def counted(player):
    """How often each song was played, by what the library says and what the list of plays says."""
    plays = [play["track"]["title"] for play in (await player.plays())["plays"]]
    return {title: plays.count(title) for title in plays}


@pytest.mark.parametrize(("ms", "times"), [(HALF - 1, 0), (HALF, 1), (LONG, 1), (100 * LONG, 1)])
async def test_a_track_counts_once_half_of_it_was_played(player, clock, ms, times):
    await player.add(0, 1, when="now")
    clock.advance(ms=ms)
    session = await player.do("pause")
    assert session["current"]["track"]["playCount"] == 0, "the answer is of the moment of the change"
    assert await counted(player) == ({"Song 0": 1} if times else {})
    assert (await player.session())["current"]["track"]["playCount"] == times


@pytest.mark.parametrize(("ms", "times"), [(239_999, 0), (240_000, 1)])
async def test_of_a_long_track_four_minutes_are_enough(player, data_dir, clock, ms, times):
    put(data_dir, [Song("Long", "Artist", duration_ms=3_600_000)])
    await player.add_all(track_id("Long"), when="now")
    clock.advance(ms=ms)
    await player.do("pause")
    assert len((await player.plays())["plays"]) == times


@pytest.mark.parametrize(
    "deed",
    [
        lambda player: player.do("next"),
        lambda player: player.do("pause"),
        lambda player: player.do("stop"),
        lambda player: player.do("seek", positionMs=0),
        lambda player: player.do("setVolume", volume=1),
        lambda player: player.put(positionMs=HALF),
        lambda player: player.add(5),
        lambda player: player.add(5, when="now", replace=True),
        lambda player: player.edit(clear="all"),
    ],
    ids=["next", "pause", "stop", "seek", "volume", "put", "add", "replace", "clear"],
)
async def test_whatever_is_written_settles_what_was_played_before(player, clock, deed):
    await player.add(0, 1, when="now")
    clock.advance(ms=HALF)
    await deed(player)
    assert await counted(player) == {"Song 0": 1}


async def test_seeking_is_not_playing(player, clock):
    await player.add(0, when="now")
    clock.advance(seconds=50)
    await player.do("seek", positionMs=190_000)
    clock.advance(seconds=60)
    await player.do("pause")
    assert await counted(player) == {}, "50 seconds, and the last ten"
    await player.do("seek", positionMs=100_000)
    await player.do("play")
    clock.advance(seconds=40)
    await player.do("pause")
    assert await counted(player) == {"Song 0": 1}


async def test_a_pause_is_not_playing(player, clock):
    await player.add(0, when="now")
    clock.advance(seconds=60)
    await player.do("pause")
    clock.advance(seconds=600)
    await player.do("play")
    clock.advance(seconds=39)
    await player.do("pause")
    assert await counted(player) == {}


async def test_a_clock_that_is_put_back_takes_nothing_away(player, clock):
    await player.add(0, when="now")
    clock.advance(seconds=60)
    await player.do("setVolume", volume=1)
    clock.advance(seconds=-600)
    assert (await player.session())["positionNowMs"] == 60_000
    await player.do("setVolume", volume=2)
    clock.advance(seconds=40)
    await player.do("pause")
    assert await counted(player) == {"Song 0": 1}


async def test_the_regular_reports_of_a_player_count_once_with_all_that_was_listened_to(player, clock):
    await player.add(0, 1, when="now")
    for second in range(10, 200, 10):
        clock.advance(seconds=10)
        await player.put(positionMs=1_000 * second, state="playing")
    [play] = (await player.plays())["plays"]
    assert play["listenedMs"] == 190_000
    assert play["playedAt"] == "2026-11-21T12:01:40.000Z", "when half of it had been played"


async def test_an_entry_that_comes_round_again_counts_again(player, clock):
    await player.add(0, when="now")
    await player.do("setRepeat", repeat="all")
    for _ in range(3):
        clock.advance(seconds=200)
        await player.do("next")
    assert await counted(player) == {"Song 0": 3}


async def test_a_track_that_a_player_repeats_counts_each_time_it_begins_again_after_its_end(player, clock):
    await player.add(0, when="now")
    await player.do("setRepeat", repeat="one")
    for _ in range(3):
        clock.advance(ms=LONG - 300)
        await player.put(positionMs=0)
    assert await counted(player) == {"Song 0": 3}
    clock.advance(seconds=150)
    await player.put(positionMs=0)
    clock.advance(seconds=150)
    await player.put(positionMs=0)
    assert await counted(player) == {"Song 0": 4}, "going back within a track is no new play"


async def test_the_library_and_the_list_of_plays_say_the_same(player, clock, library):
    await player.do("setDevice", deviceId="attic", deviceName="Attic")
    await player.add_all(library.album("Album", "Artist"), when="now", replace=True)
    for _ in range(3):
        clock.advance(seconds=150)
        await player.do("next")
    page = await player.plays(limit=2)
    assert [play["track"]["title"] for play in page["plays"]] == ["Song 2", "Song 1"]
    assert page["plays"][0]["context"]["name"] == "Album"
    assert page["plays"][0]["device"] == {"id": "attic", "name": "Attic"}
    assert page["plays"][0]["playedAt"] == "2026-11-21T12:06:40.000Z"
    rest = await player.plays(limit=2, cursor=page["nextCursor"])
    assert [play["track"]["title"] for play in rest["plays"]] == ["Song 0"]
    assert rest["nextCursor"] is None
    assert len((await player.plays(trackId=track_id("Song 1")))["plays"]) == 1
    track = (await player.session())["queue"][2]["track"]
    assert (track["playCount"], track["lastPlayedAt"]) == (1, page["plays"][0]["playedAt"])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 130_000)),
        st.tuples(st.just("seek"), st.integers(0, LONG)),
        st.tuples(st.just("report"), st.integers(0, LONG)),
        st.tuples(st.sampled_from(["play", "pause", "next", "previous", "stop", "setVolume"]), st.just(0)),
    ),
    max_size=25,
)


class Listener:
    """Somebody who listens along with a stopwatch, and counts by the rule in its plainest form."""

    def __init__(self, titles):
        self.titles = titles
        self.at, self.place, self.heard, self.done, self.playing = 0, 0, 0, False, True
        self.plays = []

    def wait(self, ms):
        if self.playing:
            ms = min(ms, LONG - self.place)
            self.place += ms
            self.heard += ms
            if self.heard >= HALF and not self.done:
                self.done = True
                self.plays.append(self.titles[self.at])

    def go(self, place):
        if self.place >= LONG - 1_000 and place <= 3_000:
            self.heard, self.done = 0, False
        self.place = place

    def turn(self, by):
        self.at, self.place, self.heard, self.done = (self.at + by) % 3, 0, 0, False

    def press(self, verb, place):
        if verb == "next" or (verb == "previous" and self.place <= 3_000):
            self.turn(1 if verb == "next" else -1)
        elif verb in {"previous", "stop"} or (verb == "play" and self.place >= LONG):
            self.go(0)
        elif verb == "seek":
            self.go(place)
        self.playing = verb == "play" or (self.playing and verb not in {"pause", "stop"})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_what_counts_is_what_a_listener_with_a_stopwatch_counts(steps):
    asyncio.run(_listen_along(steps))


async def _listen_along(steps):
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), songs(3))
        async with aclosing(LocalHub(Path(folder), clock=clock)) as hub:
            player = Player(hub)
            await player.add(0, 1, 2, when="now")
            await player.do("setRepeat", repeat="all")
            listener = Listener(["Song 0", "Song 1", "Song 2"])
            for deed, number in steps:
                await _step(player, listener, clock, deed, number)
            await player.do("setVolume", volume=0)
            plays = [play["track"]["title"] for play in (await player.plays(limit=200))["plays"]]
            assert plays[::-1] == listener.plays
            session = await player.session()
            assert session["positionNowMs"] == listener.place
            assert session["current"]["index"] == listener.at


async def _step(player, listener, clock, deed, number):
    allowed = (await player.session())["allowedActions"]
    if deed == "wait":
        clock.advance(ms=number)
        listener.wait(number)
    elif deed == "report":
        await player.put(positionMs=number)
        listener.go(number)
    elif deed in allowed:
        needs = {"seek": {"positionMs": number}, "setVolume": {"volume": 7}}
        await player.do(deed, **needs.get(deed, {}))
        listener.press(deed, number)


@given(
    duration=st.integers(0, 1_000_000),
    rate=st.floats(0.25, 4),
    pieces=st.lists(st.integers(0, 400_000), min_size=1, max_size=8),
)
def test_it_counts_at_the_same_moment_however_often_it_is_settled(duration, rate, pieces):
    moments, at = [], 0
    session = Session(state="playing", entry=1, rate=rate)
    for piece in pieces:
        at += piece
        moment = session.settle(at, duration)
        if moment is not None:
            session.play_id = 1
            moments.append(moment)
    total = int(sum(pieces) * rate)
    whole = min(total, duration) if duration else total
    assert whole - len(pieces) <= session.position_ms <= whole, "less than a millisecond is lost each time"
    assert session.listened_ms == session.position_ms
    assert len(moments) == (session.listened_ms >= threshold_ms(duration))
    if moments:
        assert abs(moments[0] - threshold_ms(duration) / rate) <= 1 + len(pieces) / rate


async def test_a_report_that_lags_in_a_track_of_a_second_or_two_counts_no_second_play(player, data_dir, clock):
    put(data_dir, [Song("Short", "Artist", duration_ms=1_500)])
    await player.add_all(track_id("Short"), when="now")
    clock.advance(ms=1_000)
    await player.put(positionMs=700)
    clock.advance(ms=800)
    await player.do("pause")
    assert await counted(player) == {"Short": 1}
