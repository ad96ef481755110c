"""The player in a browser that may sound: what it plays, and what the hub's session says of it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.records import write_tone
from tests.programs import ROOT
from tests.serving import Service, served

__all__ = ["MAY_SOUND", "MUST_ASK", "SECONDS", "Tab", "eventually", "opened", "scanned", "serve_tones"]

MAY_SOUND = "--autoplay-policy=no-user-gesture-required"
MUST_ASK = "--autoplay-policy=document-user-activation-required"

SECONDS = 20

TONES = {"Long": 20.0, "Other": 12.0, "Three": 3.0, "First": 0.8, "Second": 0.8}
"""Titles and seconds."""

# The page's own module, where what waits for a condition can look at it without waiting for anything else.
_LISTEN = "async () => { window.listened = await import('/player/sound.js'); }"

_SOUND = """() => {
    const { audio, isHere } = window.listened;
    return { time: audio.currentTime, paused: audio.paused, here: isHere() };
}"""


@dataclass
class Tab:
    """A tab with the player in it, and everything that happened which must not."""

    page: Page
    service: Service
    origin: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def sound(self) -> dict[str, Any]:
        """What its audio element does."""
        return await self.page.evaluate(_SOUND)

    async def sounds(self, *, beyond: float = 0) -> dict[str, Any]:
        """What it does once it has sounded beyond so many seconds of the track."""
        await self.until("!audio.paused && audio.currentTime > beyond", beyond)
        return await self.sound()

    async def until(self, holds: str, beyond: float = 0) -> None:
        """Wait until that holds of the audio element."""
        await self.page.wait_for_function(
            f"(beyond) => {{ const {{ audio }} = window.listened; return {holds}; }}", arg=beyond
        )

    @property
    def strangers(self) -> list[str]:
        """What it asked of anybody but the hub."""
        return [url for url in self.asked if not url.startswith((self.origin, "blob:", "data:"))]


@asynccontextmanager
async def opened(
    browser: Browser, service: Service, place: str = "", *, origin: str | None = None, **options: Any
) -> AsyncGenerator[Tab]:
    """A tab in a browser profile of its own, at a place of the player."""
    options = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 860}, **options}
    context = await browser.new_context(**options)
    context.set_default_timeout(SECONDS * 1000)
    try:
        yield await tab_in(context, service, place, origin or service.url)
    finally:
        await context.close()


async def tab_in(context: Any, service: Service, place: str = "", origin: str = "") -> Tab:
    """Another tab of the same browser profile."""
    tab = Tab(await context.new_page(), service, origin or service.url)
    tab.page.on("request", lambda request: tab.asked.append(request.url))
    # A conflict is how the hub says that somebody else was faster: part of the game.
    tab.page.on("console", lambda message: "(Conflict)" in message.text or tab.complaints.append(message.text))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    await tab.page.goto(f"{tab.origin}/{place}")
    await tab.page.locator("main h1").first.wait_for()
    await tab.page.evaluate(_LISTEN)
    return tab


async def eventually(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """What is answered once it is as it is to be; asked again and again, since nobody tells of it."""
    end = time.monotonic() + SECONDS
    while not holds(answer := await asyncio.to_thread(ask)):
        assert time.monotonic() < end, f"it never came to be so: {answer}"
        await asyncio.sleep(0.02)
    return answer


@contextmanager
def serve_tones(folder: Path) -> Iterator[Service]:
    """A hub with TONES in its library."""
    music = folder / "music"
    for place, (title, seconds) in enumerate(TONES.items()):
        write_tone(music / f"{title}.wav", seconds, hertz=220 * (place + 2), title=title)
    with served(scanned(folder / "data", music)) as service:
        yield service


def scanned(data: Path, music: Path) -> Path:
    """The data folder, once the program has scanned the music into it."""
    command = [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(data), "scan", str(music)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return data


def track_ids(service: Service) -> dict[str, str]:
    """By title."""
    return {track["title"]: track["id"] for track in service.get("/api/tracks", params={"limit": 200}).json()["tracks"]}


def session_of(service: Service) -> dict[str, Any]:
    """The session as it stands."""
    return service.get("/api/playback/session").json()
