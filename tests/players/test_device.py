"""The session is heard: mpv plays what it says, and it says what mpv plays."""

import anyio

from server.players.here import mpv_device
from server.players.source import Streams
from tests.players.listening import NOWHERE, SECONDS, listening, until
from tests.serving import served


async def test_a_queue_is_played_to_its_end_and_counted(listener):
    async with listening(listener):
        await listener.play("Counted", "Counted too")
        await listener.hears("Counted", beyond=0.5)
        assert 300 < (await listener.session())["positionNowMs"] < 2400
        await listener.hears("Counted too")
        await until(lambda: _current(listener, "Counted too"))
        session = await listener.has(state="stopped")
        assert session["current"]["track"]["title"] == "Counted too"
        assert await listener.mpv("idle-active")
    assert await listener.plays() == ["Counted", "Counted too"]
    for play in await listener.counted():
        assert play["device"] == listener.device
        assert 1500 <= play["listenedMs"] <= 2400


async def test_pause_seek_volume_and_speed_reach_mpv(listener):
    async with listening(listener):
        await listener.play("Long")
        await listener.hears("Long")
        await listener.do("setVolume", volume=40)
        await listener.put(rate=1.5)
        await until(lambda: _is(listener, "speed", 1.5))
        assert await listener.mpv("volume") == 40
        await listener.do("seek", positionMs=30_000)
        assert 30 <= await listener.hears("Long", beyond=29.9) < 31.5
        assert 29_500 <= (await listener.session())["positionNowMs"] <= 33_000
        await listener.do("pause")
        await until(lambda: _is(listener, "pause", True))
        stood_at = await listener.mpv("time-pos")
        await listener.do("play")
        await until(lambda: _is(listener, "pause", False))
        assert await listener.hears("Long", beyond=stood_at) < stood_at + 2
        await listener.do("stop")
        await until(lambda: _is(listener, "idle-active", True))


async def test_the_sound_begins_at_the_beginning_however_long_mpv_takes_to_start(listener):
    async with listening(listener, insists=False):
        await listener.play("Long")
        assert await listener.hears("Long") < 1
        await until(lambda: _says_what_is_heard(listener))


async def test_what_follows_is_opened_before_the_end_and_as_the_queue_is_by_then(listener):
    async with listening(listener):
        queued = await listener.play("Long", "B", "C")
        await until(lambda: _goes_on_with(listener, "B.wav"))
        await listener.edit(remove=[queued["queue"][1]["entryId"]])
        await until(lambda: _goes_on_with(listener, "C.wav"))
        await listener.do("seek", positionMs=59_500)
        await listener.hears("C")
        await until(lambda: _current(listener, "C"))
    assert listener.events.count("file-loaded") == 2


async def test_what_is_taken_out_of_the_queue_does_not_follow(listener):
    async with listening(listener):
        await listener.play("Long", "B")
        await until(lambda: _goes_on_with(listener, "B.wav"))
        await listener.edit(clear="upcoming")
        await until(lambda: _is(listener, "playlist-count", 1))
        await listener.do("seek", positionMs=59_500)
        await listener.has(state="stopped")
    assert listener.events.count("file-loaded") == 1


async def test_what_is_queued_while_the_last_entry_plays_follows_it(listener):
    async with listening(listener):
        await listener.play("A")
        await listener.hears("A")
        await listener.play("B", when="last")
        await listener.hears("B")


async def test_next_and_previous_go_there_at_once(listener):
    async with listening(listener):
        await listener.play("Long", "Longer")
        await listener.hears("Long")
        await listener.do("next")
        await listener.hears("Longer")
        await listener.do("previous")
        await listener.hears("Long")


async def test_one_track_round_and_round_counts_each_time(listener):
    async with listening(listener):
        await listener.play("Counted", "B")
        await listener.do("setRepeat", repeat="one")
        await until(lambda: _has_played(listener, ["Counted", "Counted"]))
        await listener.do("setRepeat", repeat="off")
        await listener.hears("B")


async def test_the_queue_goes_round_where_that_is_wished(listener):
    async with listening(listener):
        await listener.play("A", "B")
        await listener.do("setRepeat", repeat="all")
        for title in ("A", "B", "A"):
            await listener.hears(title)
            await until(lambda: _current(listener, title))  # noqa: B023  (it is awaited here)


async def test_others_may_write_the_session_at_any_moment(listener):
    async with listening(listener):
        await listener.play("A", "B")
        volume = 0
        while (await listener.session())["state"] == "playing":
            volume = volume % 100 + 1
            await listener.do("setVolume", volume=volume)
            await until(lambda: _has_taken(listener, volume))  # noqa: B023  (it is awaited here)
        session = await listener.session()
    assert (session["volume"], session["current"]["track"]["title"]) == (volume, "B")
    assert listener.events.count("file-loaded") == 2
    assert listener.said == []


async def test_the_tracks_of_a_hub_elsewhere_are_heard_by_their_addresses(listener, data_dir):
    with served(data_dir) as service:
        async with listening(listener, source=Streams(listener.tones.hub, service.url)):
            await listener.play("A", "Long")
            assert (await until(lambda: listener.mpv("path"))).startswith(f"{service.url}/api/media/tracks/trk_")
            await listener.hears("A")
            await listener.hears("Long")
            await listener.do("seek", positionMs=50_000)
            await listener.hears("Long", beyond=49.9)
    assert listener.said == []


async def test_a_server_is_a_device_for_as_long_as_it_serves(listener):
    with anyio.fail_after(SECONDS):
        async with mpv_device(listener.tones.hub, audio_device=NOWHERE):
            session = await until(lambda: _has_device(listener))
            assert session["device"]["name"].startswith("mpv on ")
            await listener.play("Long")
            await until(lambda: _stands_beyond(listener, 300))
        session = await listener.session()
    assert (session["state"], session["device"]) == ("paused", None)


async def test_a_file_is_a_file_whatever_its_name(listener):
    names = ["--script=x", "new\nline", "edl:__x", "%20 #1?&=", '"\\u0041"', "bad\udcff", "edl:/x/y", "-", "~"]
    titles = [f"Odd {number}" for number in range(len(names))]
    for title, name in zip(titles, names, strict=True):
        listener.tones.write(title, 0.3, name=f"{name}.wav")
    await listener.tones.scan()
    async with listening(listener):
        await listener.play(*titles)
        await listener.has(state="stopped")
    assert listener.events.count("file-loaded") == listener.events.count("playback-restart") == len(names)
    assert listener.said == []


async def _is(listener, name, value):
    return await listener.mpv(name) == value


async def _says_what_is_heard(listener):
    heard = await listener.mpv("time-pos")
    return abs((await listener.session())["positionNowMs"] - heard * 1000) < 200


async def _has_device(listener):
    session = await listener.session()
    return session if session["device"] else None


async def _stands_beyond(listener, milliseconds):
    return (await listener.session())["positionNowMs"] > milliseconds


async def _has_taken(listener, volume):
    return await listener.mpv("volume") == volume or (await listener.session())["state"] == "stopped"


async def _goes_on_with(listener, name):
    """Whether this file is the one that follows what mpv plays."""
    playlist = await listener.mpv("playlist") or []
    return len(playlist) == 2 and playlist[0].get("current") and playlist[1]["filename"].endswith(f"/{name}")


async def _current(listener, title):
    return (await listener.session())["current"]["track"]["title"] == title


async def _has_played(listener, titles):
    return (await listener.plays())[: len(titles)] == titles
