"""Pictures of the reference: `python -m tests.browser.screenshots OUT_DIR`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from tests.browser.chromium import chromium
from tests.browser.serving import serve_reference

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PLACES = {
    "top": "",
    "map": "published-surface-coverage",
    "operation": "list_tracks",
    "write": "import_browser_profile",
    "errors": "standard-errors",
}


async def take(folder: Path) -> None:
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m tests.browser.screenshots OUT_DIR")
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(take(Path(sys.argv[1])))
