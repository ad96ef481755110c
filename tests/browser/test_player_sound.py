"""Sound, for real: a browser plays tones, and the hub's session and other programs hear of it, and it of them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import chromium
from tests.browser.listening import (
    MAY_SOUND,
    MUST_ASK,
    SECONDS,
    eventually,
    opened,
    serve_tones,
    session_of,
    tab_in,
    track_ids,
)
from tests.browser.records import write_tone
from tests.browser.sound import play_by_an_agent, play_in_a_tab
from tests.hub.audio_files import EXTENSIONS, write_file
from tests.mcp.hub_clients import connected
from tests.serving import Service

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve_tones(tmp_path_factory.mktemp("tones")) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def loud() -> AsyncIterator[Browser]:
    """A browser in which pages may sound before anybody has touched them."""
    async with chromium(MAY_SOUND) as browser:
        yield browser


@pytest.fixture(autouse=True)
def silence(tones: Service) -> None:
    """Each test begins with an empty queue, and no device."""
    clean = {"queue": [], "device": None, "volume": 100, "repeat": "off", "shuffle": False}
    status = 409
    while status == 409:  # the tab of the test before may have a last word
        wanted = {"revision": session_of(tones)["revision"], **clean}
        status = tones.ask("PUT", "/api/playback/session", json=wanted).status_code
    assert status == 200


async def test_a_tone_plays_the_session_moves_and_the_play_counts_at_its_half(loud: Browser, tones: Service) -> None:
    with anyio.fail_after(30):
        async with opened(loud, tones) as tab:
            steps = await play_in_a_tab(tab)
    assert [step.heard for step in steps] == sorted(step.heard for step in steps)
    assert steps[-1].heard > 1.5
    assert steps[-1].session_ms > steps[0].session_ms + 1000
    assert abs(steps[-1].heard * 1000 - steps[-1].session_ms) < 50
    plays = tones.get("/api/playback/history", params={"trackId": track_ids(tones)["Three"]}).json()["plays"]
    assert plays[0]["device"]["name"].startswith("Browser")
    assert plays[0]["listenedMs"] >= 1500
    assert tab.complaints == []
    assert tab.strangers == []


async def test_an_agents_play_over_stdio_is_heard_in_the_open_tab_that_nobody_touches(
    loud: Browser, tones: Service
) -> None:
    with anyio.fail_after(40):
        async with (
            opened(loud, tones) as tab,
            connected(tones.folder, "stdio", "2026-07-28") as agent,
        ):
            latencies = await play_by_an_agent(tab, agent, times=2)
            heard = await tab.sounds(beyond=0.3)
            session = session_of(tones)
            assert session["device"]["name"].startswith("Browser")
            assert abs(session["positionNowMs"] - heard["time"] * 1000) < 1000
            await tell(agent, action="volume", volume=30)
            await tab.until("audio.volume === 0.3")
            await tell(agent, action="pause")
            await tab.until("audio.paused")
    assert latencies[-1] < 3  # for the first one the agent's program loads its tools
    assert tab.complaints == []


async def tell(agent: Any, **control: Any) -> None:
    """Call the tool that controls playback."""
    answer = await agent.call_tool("hub_control", control)
    assert not answer.is_error, answer


async def test_one_track_follows_the_other_and_the_last_one_ends_in_silence(loud: Browser, tones: Service) -> None:
    ids = track_ids(tones)
    async with opened(loud, tones) as tab:
        queue = {"trackIds": [ids["First"], ids["Second"]], "when": "now"}
        tones.post("/api/playback/queue", json=queue).raise_for_status()
        await eventually(lambda: session_of(tones)["current"]["track"]["title"], lambda title: title == "Second")
        end = await eventually(lambda: session_of(tones), lambda session: session["state"] == "paused")
        assert end["positionMs"] == end["durationMs"]
        plays = tones.get("/api/playback/history").json()["plays"]
        assert list(dict.fromkeys(play["track"]["title"] for play in plays))[:2] == ["Second", "First"]
        assert (await tab.sound())["paused"]


async def test_a_track_that_is_repeated_begins_again_and_counts_again(loud: Browser, tones: Service) -> None:
    first = track_ids(tones)["First"]
    async with opened(loud, tones):
        before = tones.get("/api/track/" + first).json()["track"]["playCount"]
        tones.post("/api/playback/control", json={"action": "setRepeat", "repeat": "one"}).raise_for_status()
        tones.post("/api/playback/queue", json={"trackIds": [first], "when": "now"}).raise_for_status()
        await eventually(
            lambda: tones.get("/api/track/" + first).json()["track"]["playCount"], lambda n: n >= before + 2
        )


async def test_seeking_by_key_and_by_another_program_moves_the_sound(loud: Browser, tones: Service) -> None:
    async with opened(loud, tones) as tab:
        tones.post("/api/playback/queue", json={"trackIds": [track_ids(tones)["Long"]], "when": "now"})
        await tab.sounds(beyond=0.1)
        await tab.page.keyboard.press("ArrowRight")
        assert (await tab.sounds(beyond=5))["time"] < 8
        await eventually(lambda: session_of(tones)["positionNowMs"], lambda ms: 5000 < ms < 8000)
        tones.post("/api/playback/control", json={"action": "seek", "positionMs": 12_000}).raise_for_status()
        assert (await tab.sounds(beyond=12))["time"] < 15


async def test_of_two_tabs_the_one_in_which_play_was_pressed_sounds(loud: Browser, tones: Service) -> None:
    async with opened(loud, tones) as one:
        tones.post("/api/playback/queue", json={"trackIds": [track_ids(tones)["Long"]], "when": "now"})
        await one.sounds()
        other = await tab_in(one.page.context, tones)
        await other.page.get_by_role("button", name="Listen here").click()
        await other.sounds()
        await one.until("audio.paused")
        assert (await one.sound())["here"] is False
        assert not [url for url in other.asked if "/api/library/events" in url]  # one stream serves both
        await other.page.close(run_before_unload=True)
        left = await eventually(lambda: session_of(tones), lambda session: session["device"] is None)
        assert left["state"] == "paused"


async def test_a_device_that_is_gone_leaves_the_sound_to_the_open_tab(loud: Browser, tones: Service) -> None:
    ghost = {"action": "setDevice", "deviceId": "ghost", "deviceName": "Ghost"}
    async with opened(loud, tones) as tab:
        tones.post("/api/playback/control", json=ghost).raise_for_status()
        tones.post("/api/playback/queue", json={"trackIds": [track_ids(tones)["Long"]], "when": "now"})
        await tab.page.get_by_text("Playing on Ghost").wait_for()
        await tab.sounds()  # once nobody else has taken it up for four seconds
        assert session_of(tones)["device"]["name"].startswith("Browser")


async def test_where_the_browser_forbids_sound_a_click_begins_it(tones: Service) -> None:
    async with chromium(MUST_ASK) as browser:
        page = await browser.new_page()
        # What Playwright looks at counts as touched. The protocol itself can look without touching.
        protocol = await page.context.new_cdp_session(page)
        await page.goto(tones.url)
        tones.post("/api/playback/queue", json={"trackIds": [track_ids(tones)["Long"]], "when": "now"})
        shown = {"expression": "document.querySelector('.bar .notice').textContent", "returnByValue": True}
        notice = ""
        with anyio.fail_after(SECONDS):
            while notice != "Click to listen here":
                notice = (await protocol.send("Runtime.evaluate", shown))["result"].get("value")
        assert session_of(tones)["device"] is None
        await page.get_by_role("button", name="Click to listen here").click()
        await eventually(lambda: session_of(tones)["device"], lambda device: device is not None)
        await page.get_by_role("button", name="Pause").wait_for()
        assert await page.get_by_role("button", name="Click to listen here").count() == 0


async def test_what_the_browser_can_not_play_is_transcoded_for_it(loud: Browser, tones: Service) -> None:
    music = tones.folder.parent / "music"
    strange = ["aiff", "alac", "wavpack"]
    for number, format_ in enumerate(strange):
        write_file(music / "strange" / f"{number}{EXTENSIONS[format_]}", format_, title=format_)
    tones.post("/api/scan", json={"folders": [str(music)]}).raise_for_status()
    await eventually(lambda: tones.get("/api/scan").json()["scan"]["state"], lambda state: state == "completed")
    ids = track_ids(tones)
    async with opened(loud, tones) as tab:
        queue = {"trackIds": [ids[title] for title in strange], "when": "now"}
        tones.post("/api/playback/queue", json=queue).raise_for_status()
        await eventually(lambda: session_of(tones)["state"], lambda state: state == "paused")
        plays = tones.get("/api/playback/history").json()["plays"]
        assert list(dict.fromkeys(play["track"]["title"] for play in plays))[:3] == strange[::-1]
        assert len([url for url in tab.asked if "format=" in url]) == 3
        assert tab.complaints == []


async def test_files_that_nobody_can_play_are_passed_over_but_not_for_ever(loud: Browser, tones: Service) -> None:
    music = tones.folder.parent / "music"
    titles = [f"Broken {number}" for number in range(8)]
    for number, title in enumerate(titles):
        write_tone(music / "broken" / f"{title}.wav", 0.5, hertz=300 + number, title=title, codec=0x1234)
    tones.post("/api/scan", json={"folders": [str(music)]}).raise_for_status()
    await eventually(lambda: tones.get("/api/scan").json()["scan"]["state"], lambda state: state == "completed")
    ids = track_ids(tones)
    async with opened(loud, tones) as tab:
        queue = {"trackIds": [ids[title] for title in titles], "when": "now"}
        tones.post("/api/playback/queue", json=queue).raise_for_status()
        await tab.page.get_by_text("it stopped").first.wait_for()
        session = await eventually(lambda: session_of(tones), lambda session: session["state"] == "paused")
        assert session["current"]["track"]["title"] == "Broken 4"
