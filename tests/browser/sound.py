"""What the tests of sound do, step by step, so that it can be shown: `python -m tests.browser.sound [TIMES]`.

The first table is a tone that a person plays in a tab: the time, where the audio element is, and where the session says
that the track is. The second is how long it takes from an agent's call over stdio, which is another process, until the
tab that is open elsewhere sounds; TIMES says how often that is measured (by default 20).
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.chromium import chromium
from tests.browser.listening import MAY_SOUND, Tab, opened, serve_tones, session_of
from tests.mcp.hub_clients import connected

__all__ = ["Step", "play_by_an_agent", "play_in_a_tab"]


@dataclass(frozen=True)
class Step:
    """One look: seconds since play was pressed, and where the sound and the session were then."""

    what: str
    seconds: float
    heard: float
    session_ms: int
    state: str


async def play_in_a_tab(tab: Tab) -> list[Step]:
    """Find a tone of three seconds, play more than half of it, and pause; all by keyboard."""
    page, steps = tab.page, list[Step]()
    await page.keyboard.press("/")
    await page.keyboard.type("three")
    row = page.get_by_role("button", name="Play Three by Tester, 0 minutes 3 seconds")
    await row.wait_for()
    await page.keyboard.press("ArrowDown")
    began = time.monotonic()

    async def look(what: str) -> None:
        heard = await tab.sound()
        session = await asyncio.to_thread(session_of, tab.service)
        steps.append(Step(what, time.monotonic() - began, heard["time"], session["positionNowMs"], session["state"]))

    await page.keyboard.press("Enter")
    for beyond in (0.0, 0.4, 0.8, 1.2, 1.6):
        await tab.sounds(beyond=beyond)
        await look("sounds")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Space")
    await tab.until("audio.paused")
    while (await asyncio.to_thread(session_of, tab.service))["state"] != "paused":
        pass  # the tab's report is on its way
    await look("paused")
    return steps


_HEARD_AT = """() => {
    const { audio } = window.listened;
    window.heard = new Promise((resolve) => {
        audio.addEventListener("playing", () => resolve(performance.timeOrigin + performance.now()), { once: true });
    });
}"""


async def play_by_an_agent(tab: Tab, agent: Any, *, times: int) -> list[float]:
    """Let an agent play one tone and the other by turns; return how many seconds each took to be heard."""
    latencies = list[float]()
    for number in range(times):
        title = ("Long", "Other")[number % 2]
        await tab.page.evaluate(_HEARD_AT)
        called = time.time()
        answer = await agent.call_tool("hub_play", {"what": title})
        assert not answer.is_error, answer
        latencies.append(await tab.page.evaluate("window.heard") / 1000 - called)
        await tab.page.locator(".bar .title", has_text=title).wait_for()
    return latencies


async def main(times: int) -> None:
    """Both tables."""
    with tempfile.TemporaryDirectory() as folder, serve_tones(Path(folder)) as service:
        async with chromium(MAY_SOUND) as browser, opened(browser, service) as tab:
            print("A tone of three seconds, played in a tab by keyboard:\n")
            print("   time  audio.currentTime  session  state")
            for step in await play_in_a_tab(tab):
                print(f"{step.seconds:6.2f}s {step.heard:16.3f}s {step.session_ms / 1000:7.3f}s  {step.state}")
            plays = service.get("/api/playback/history").json()["plays"]
            for play in plays:
                print(f"counted as played: {play['track']['title']}, heard for {play['listenedMs']} ms")
            async with connected(service.folder, "stdio", "2026-07-28") as agent:
                latencies = await play_by_an_agent(tab, agent, times=times + 1)
    first, *latencies = latencies
    print(f"\nAn agent's play over stdio until it is heard in the open tab, {times} times:")
    print(f"the first call, for which the agent's program loads the hub's tools: {1000 * first:.0f} ms; then")
    latencies.sort()
    quantiles = statistics.quantiles(latencies, n=20, method="inclusive")
    named = {"least": latencies[0], "p50": quantiles[9], "p95": quantiles[18], "most": latencies[-1]}
    print("   ".join(f"{name} {1000 * value:.0f} ms" for name, value in named.items()))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
