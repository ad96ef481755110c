"""The two themes: each is chosen as the reader wants it, and each can be read."""

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.contrast import CONTRASTS, LUMINANCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "plain"])
async def test_the_theme_is_the_one_that_the_system_prefers(visit: Open, scripted: bool) -> None:
    light = await visit(color_scheme="light", java_script_enabled=scripted)
    dark = await visit(color_scheme="dark", java_script_enabled=scripted)
    assert await _luminance(light.page) > 0.9
    assert await _luminance(dark.page) < 0.05
    await light.page.emulate_media(color_scheme="dark")
    assert await light.page.evaluate(BACKGROUND) == await dark.page.evaluate(BACKGROUND)


@pytest.mark.parametrize("preferred", ["light", "dark"])
async def test_the_button_changes_the_theme_and_the_choice_is_remembered(visit: Open, preferred: Any) -> None:
    here = await visit(color_scheme=preferred)
    before = await here.page.evaluate(BACKGROUND)
    other, same = ("Dark", "Light") if preferred == "light" else ("Light", "Dark")
    await here.page.get_by_role("button", name=other, exact=True).click()
    changed = await here.page.evaluate(BACKGROUND)
    assert changed != before
    await here.page.reload()
    assert await here.page.evaluate(BACKGROUND) == changed
    await here.page.get_by_role("button", name=same, exact=True).click()
    assert await here.page.evaluate(BACKGROUND) == before
    assert here.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_every_text_stands_out_from_what_is_behind_it(visit: Open, theme: Any, width: int) -> None:
    here = await visit("error.track_not_found", color_scheme=theme, width=width)
    await here.page.locator("details").evaluate_all("all => all.forEach((details) => (details.open = true))")
    measured = await here.page.evaluate(CONTRASTS, "noscript")
    seen = {kind for kind, _, _ in measured}
    assert {"p", "a", "b.method get", "b.method post", "b.status s4", "b.status s5", "button", "th"} <= seen
    assert {"span.k", "span.s", "span.n", "span.w", "span.type", "span.required", "label", "code", "summary"} <= seen
    assert [found for found in measured if found[1] < 4.5] == []


async def _luminance(page: Any) -> float:
    return await page.evaluate(f"{LUMINANCE} luminance(getComputedStyle(document.body).backgroundColor)")
