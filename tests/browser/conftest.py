"""The reference and the player in a real browser. Without one, this folder is not collected, and pytest says so."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.chromium import chromium, find_chromium
from tests.browser.serving import serve_reference

collect_ignore_glob = [] if find_chromium() else ["test_*.py"]


def pytest_report_collectionfinish() -> list[str]:
    """Say it where it is seen: a conftest of a subfolder is loaded too late for the header itself."""
    found = find_chromium()
    missing = "no Chromium found, so tests/browser is left out: install one, or set MUSICENGINE_BROWSER"
    return [f"browser: {found or missing}"]


@dataclass
class Visit:
    """A page, and everything that happened which the reference's must not."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Open = Callable[..., Awaitable[Visit]]


@pytest.fixture(scope="session")
def reference_url() -> Iterator[str]:
    """The reference, served over HTTP under its policy."""
    with serve_reference() as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, reference_url: str) -> AsyncIterator[Open]:
    """Open the reference, at an anchor, in a window of its own: `await visit("list_tracks", width=360)`.

    The text `first` is a script that runs before the page's own.
    """
    contexts: list[Any] = []

    async def opened(
        anchor: str = "", *, width: int = 1280, height: int = 900, first: str = "", **options: Any
    ) -> Visit:
        options = {"reduced_motion": "reduce", **options}  # so that a colour is what it is to be at once
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        await context.add_init_script(first)
        visit = Visit(await context.new_page())
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        await visit.page.goto(f"{reference_url}#{anchor}" if anchor else reference_url)
        return visit

    yield opened
    for context in contexts:
        await context.close()
