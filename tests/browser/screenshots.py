"""Pictures of the pages: `python -m tests.browser.screenshots OUT_DIR [reference | player | share]`."""

import asyncio
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from backends.local.hub.hub import LocalHub
from contract.hub.library import LIST_LIBRARY_TRACKS
from contract.hub.playlists import CREATE_PLAYLIST
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK
from contract.hub.saved import SAVE_ITEMS
from tests.browser.chromium import chromium
from tests.browser.listening import MAY_SOUND, scanned
from tests.browser.records import write_collection
from tests.browser.serving import serve_reference
from tests.checked import call
from tests.serving import Service, served
from tests.wire.shared_hub import serve_shared

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PLACES = {
    "top": "",
    "map": "published-surface-coverage",
    "operation": "list_tracks",
    "write": "import_browser_profile",
    "errors": "standard-errors",
}

# By picture: the window, the theme, the album whose page is shown (or none: the first page), and what is opened.
PLAYER = {
    "player-desktop": (DESKTOP, "light", None, None),
    "player-dark": (DESKTOP, "dark", "Glass Orchard", "Queue"),
    "player-phone": (PHONE, "light", None, "Show what is playing"),
}

PLAYED = {"Low Water": 3, "Patio": 5, "Kite Season": 2, "Room I. Andante": 4, "Filament": 1, "Marginalia": 2}
PLAYLISTS = {
    "Sunday Morning": ["Barley Moon", "Ink Weather", "Snöglob", "Patio", "Pale Hours"],
    "Night drive": ["Exit 9", "Heat Index", "Afterglow Protocol"],
    "For Ilse": ["Room III. Largo", "Small Weather"],
}
SAVED = ("Night Ferry", "Patio", "Small Weather")

# By picture: the window, and the theme.
SHARE = {"share-phone": (PHONE, "light"), "share-desktop": (DESKTOP, "light"), "share-dark": (PHONE, "dark")}

SHARED = (
    "Low Water",
    "Night Ferry",
    "Half a Winter",
    "Letters from the Coast",
    "Fog, Lifting",
    "Seven Miles Out",
    "Postcards from Nowhere",
    "Minuit bleu",
    "Bright Side of the Bus",
    "Filament",
)


async def take_reference(folder: Path) -> None:
    """Each place at each width and in each theme."""
    with serve_reference() as address:
        async with chromium() as browser:
            for device, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
                for theme in ("light", "dark"):
                    page: Any = await browser.new_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
                    for place, anchor in PLACES.items():
                        await page.goto(f"{address}#{anchor}")
                        if anchor:
                            await page.wait_for_selector(f"nav [aria-current][href='#{anchor}']", state="attached")
                        await page.screenshot(path=folder / f"{device}-{theme}-{place}.png")
                    await page.close()


async def take_player(folder: Path) -> None:
    """The player over a collection that has been listened to."""
    with tempfile.TemporaryDirectory() as name:
        music = Path(name) / "music"
        write_collection(music)
        data = scanned(Path(name) / "data", music)
        await _live_in(data)
        with served(data) as service:
            async with chromium(MAY_SOUND) as browser:
                for picture in PLAYER:
                    await _take(browser, service, picture, folder)


async def take_share(folder: Path) -> None:
    """The page of a playlist that is shared, while it plays."""
    with tempfile.TemporaryDirectory() as name, serve_shared(Path(name), write_music=write_collection) as hub:
        share = hub.share(hub.playlist("Slow trains north", *SHARED))
        async with chromium(MAY_SOUND) as browser:
            for picture, (viewport, theme) in SHARE.items():
                page: Any = await browser.new_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
                await page.goto(str(hub.stranger.base_url.join(share["path"])))
                await page.get_by_role("button", name=SHARED[1]).click()
                await page.locator(".main[aria-label=Pause]").wait_for()
                await page.get_by_role("slider", name="Position").fill("97")
                await page.locator(".elapsed", has_text="1:37").wait_for()
                await page.get_by_role("heading", level=1).click()  # so that nothing is focused or pointed at
                await page.screenshot(path=folder / f"{picture}.png")
                await page.close()


async def _live_in(data: Path) -> None:
    """Plays, playlists and saved tracks, as they come together in a while; its clock goes faster."""
    now = time.time_ns() // 1_000_000 - 5 * 86_400_000

    async with aclosing(LocalHub(data, clock=lambda: now)) as hub:
        tracks = (await call(hub, LIST_LIBRARY_TRACKS, limit=200))["tracks"]
        ids = {track["title"]: track["id"] for track in tracks}
        for title, times in PLAYED.items():
            for _ in range(times):
                await call(hub, ADD_TO_QUEUE, trackIds=[ids[title]], when="now", replace=True)
                now += 3_600_000
        await call(hub, CONTROL_PLAYBACK, action="stop")
        for title, listed in PLAYLISTS.items():
            await call(hub, CREATE_PLAYLIST, name=title, trackIds=[ids[track] for track in listed])
        await call(hub, SAVE_ITEMS, ids=[ids[title] for title in SAVED])


def _write(service: Service, method: str, what: str, **values: Any) -> None:
    if method == "PUT":
        values["revision"] = service.get("/api/playback/session").json()["revision"]
    service.ask(method, f"/api/playback/{what}", json=values).raise_for_status()


async def _take(browser: Browser, service: Service, picture: str, folder: Path) -> None:
    viewport, theme, album, opens = PLAYER[picture]
    ids = {each["title"]: each["id"] for each in service.get("/api/albums").json()["albums"]}
    _write(service, "POST", "queue", contextId=ids["Glass Orchard"], when="now", replace=True, startIndex=1)
    _write(service, "POST", "queue", contextId=ids["Tidal Maps"], when="last")
    _write(service, "PUT", "session", rate=1.0, positionMs=87_000, device=None)
    page: Any = await browser.new_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    await page.goto(f"{service.url}/#/album/{ids[album]}" if album else service.url)
    await page.get_by_role("button", name="Pause").wait_for()
    if opens:
        await page.get_by_role("button", name=opens).first.click()
    await page.wait_for_function(_COVERS_ARE_THERE)
    await page.mouse.move(640, 4)
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=folder / f"{picture}.png")
    await page.close()


# Those that are in sight: others are fetched when they come near.
_COVERS_ARE_THERE = """() => [...document.querySelectorAll(".cover img")].every((image) => {
    const { top, left } = image.getBoundingClientRect();
    return top > innerHeight || left > innerWidth || (image.complete && image.classList.contains("there"));
})"""


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        raise SystemExit("Usage: python -m tests.browser.screenshots OUT_DIR [reference | player | share]")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    takes = {"reference": take_reference, "player": take_player, "share": take_share}
    for take in [takes[sys.argv[2]]] if len(sys.argv) == 3 else takes.values():
        asyncio.run(take(out))
