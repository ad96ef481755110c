"""The Chromium of this machine: any browser of its family will do, and none is downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

__all__ = ["chromium", "find_chromium"]

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    *(
        f"{folder}/{program}"
        for folder in (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))
        if folder
        for program in ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
    ),
)


def find_chromium() -> str | None:
    """The program that MUSICENGINE_BROWSER names, else one in a usual place, else None."""
    if named := os.environ.get("MUSICENGINE_BROWSER"):
        return named
    found = (shutil.which(command) for command in _COMMANDS)
    return next(filter(None, (*found, *(place for place in _PLACES if Path(place).is_file()))), None)


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """A headless browser, started with these arguments."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(arguments))
        yield browser
        await browser.close()
