"""What goes wrong while the session is heard: files, mpv, the hub; and who else is there to be heard."""

import os
import signal

import anyio
import pytest

from contract.errors import InternalError, StorageBusy
from server.players import mpv_process
from tests.players.listening import Listener, listening, until


async def test_files_that_are_no_sound_are_left_out_and_lead_nowhere(listener, tmp_path):
    aside = tmp_path / "aside.wav"
    bait = listener.tones.write("Bait", 1, name=str(aside))
    frauds = {
        "Playlist": f"#EXTM3U\n{bait}\n",
        "Edit list": f"# mpv EDL v0\n{bait}\n",
        "Manifest": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{bait}\n#EXT-X-ENDLIST\n",
        "Script": f"ffconcat version 1.0\nfile {bait}\n",
    }
    for title in frauds:
        listener.tones.write(title, 1)
    await listener.tones.scan()
    for title, text in frauds.items():
        (listener.tones.folder / f"{title}.wav").write_text(text)
    async with listening(listener):
        await listener.play(*frauds, "A")
        await listener.hears("A")
    assert listener.events.count("file-loaded") == 1
    assert listener.said == [f"Left out: {title} (unrecognized file format)" for title in frauds]


async def test_a_file_that_is_gone_is_left_out(listener):
    listener.tones.write("Going", 1)
    await listener.tones.scan()
    async with listening(listener):
        (listener.tones.folder / "Going.wav").unlink()
        await listener.play("Going", "A", "Going", "B")
        await listener.hears("A")
        await listener.hears("B")
    assert {sentence.partition(" (")[0] for sentence in listener.said} == {"Left out: Going"}


@pytest.mark.parametrize("repeat", ["one", "all"])
async def test_nothing_that_can_be_played_is_not_tried_for_ever(listener, repeat):
    titles = [f"Broken {number}" for number in range(7)]
    for title in titles:
        listener.tones.write(title, 1)
    await listener.tones.scan()
    for title in titles:
        (listener.tones.folder / f"{title}.wav").write_bytes(bytes(3000))
    async with listening(listener):
        await listener.do("setRepeat", repeat=repeat)
        await listener.play(*titles)
        session = await listener.has(state="stopped")
    assert session["current"]["track"]["title"] == ("Broken 0" if repeat == "one" else "Broken 4")
    assert listener.said[-1].startswith("5 tracks in a row can't be played")
    assert len(listener.said) == 5


async def test_mpv_that_dies_is_started_again_where_it_was(listener):
    async with listening(listener):
        await listener.play("Long")
        await listener.do("seek", positionMs=20_000)
        await listener.hears("Long", beyond=20)
        os.kill(await listener.mpv("pid"), signal.SIGKILL)
        await until(lambda: _is_started(listener, 2))
        assert await listener.hears("Long") > 19
    assert listener.said == ["mpv ended unexpectedly, and is started again."]


async def test_mpv_that_dies_again_and_again_is_told_and_the_session_pauses(listener):
    async def kill_each():
        async with listening(listener):
            await listener.play("Long")
            for times in (1, 2):
                await until(lambda: _is_started(listener, times))  # noqa: B023  (it is awaited here)
                await listener.hears("Long")
                os.kill(await listener.mpv("pid"), signal.SIGKILL)
            await anyio.sleep_forever()

    with pytest.raises(ExceptionGroup) as raised:
        await kill_each()
    assert raised.group_contains(InternalError, match="mpv ended again")
    session = await listener.session()
    assert (session["state"], session["device"]) == ("paused", None)


async def test_the_end_pauses_the_session_gives_it_back_and_leaves_no_process(listener):
    async with listening(listener):
        await listener.play("Long")
        await listener.hears("Long", beyond=0.5)
        pid = await listener.mpv("pid")
        assert (await listener.session())["device"] == listener.device
    session = await listener.session()
    assert (session["state"], session["device"]) == ("paused", None)
    assert 400 < session["positionNowMs"] < 5000
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_only_one_of_two_is_heard_and_the_other_takes_over(listener):
    other = Listener(listener.tones)
    async with listening(listener, name="one"):
        await listener.play("Long")
        await listener.hears("Long")
        async with listening(other, name="two"):
            await other.hears("Long")
            await until(lambda: _is_idle(listener))
            assert (await listener.session())["device"]["id"] == "two"
        session = await listener.has(device={"id": "one", "name": "one"})
        assert session["state"] == "paused"
        await listener.do("play")
        await listener.hears("Long")
    assert listener.said == ["The sound comes from two now."]


async def test_one_that_does_not_insist_leaves_the_sound_where_it_is(listener):
    await listener.put(device={"id": "web-1", "name": "This browser"})
    async with listening(listener, insists=False):
        await listener.do("setVolume", volume=50)
        await listener.has(device={"id": "web-1", "name": "This browser"}, volume=50)
        assert listener.started == []
        await listener.put(device=None)
        await listener.has(device=listener.device)


async def test_what_a_device_that_is_gone_does_not_take_up_is_heard_here(listener):
    await listener.put(device={"id": "web-1", "name": "This browser"})
    async with listening(listener, insists=False):
        await listener.play("Long")
        await listener.hears("Long")
        assert (await listener.session())["device"] == listener.device


async def test_what_ran_out_with_nobody_to_hear_it_is_not_begun_by_a_device_that_comes(listener):
    await listener.play("A", "B")
    await until(lambda: _has_run_out(listener))
    async with listening(listener, insists=False):
        session = await listener.has(device=listener.device)
        assert session["state"] == "stopped"
    assert listener.started == []


async def test_a_hub_that_cannot_answer_for_a_while_is_told_of_once_and_the_sound_goes_on(listener):
    hub = _Moody(listener.tones.hub)
    async with listening(listener, hub=hub):
        await listener.play("A", "B", "Long")
        await listener.hears("A")
        hub.is_well = False
        await until(lambda: _says_something(listener))
        hub.is_well = True
        await listener.hears("Long")
        session = await listener.session()
        assert session["current"]["track"]["title"] == "Long"
    assert listener.said == [StorageBusy().sentence]


def test_without_mpv_one_sentence_says_so_and_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InternalError) as raised:
        mpv_process.find_mpv()
    assert "not installed" in raised.value.sentence
    assert "musicengine-mcp serve" in raised.value.sentence


class _Moody:
    """A hub that can't be read or written at times."""

    def __init__(self, hub):
        self.hub = hub
        self.is_well = True

    async def call(self, operation, request, **options):
        if not self.is_well:
            raise StorageBusy
        return await self.hub.call(operation, request, **options)

    def changes(self):
        return self.hub.changes()

    async def aclose(self):
        pass


async def _is_started(listener, times):
    return len(listener.started) == times


async def _is_idle(listener):
    return await listener.mpv("idle-active")


async def _says_something(listener):
    return listener.said


async def _has_run_out(listener):
    session = await listener.session()
    return session["positionNowMs"] == session["durationMs"]
