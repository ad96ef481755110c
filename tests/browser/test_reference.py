"""What a person does with the reference, in a real browser and under the policy that it is served with."""

from typing import Any

import pytest

from contract.errors import family
from contract.musicengine import BASE_URL
from contract.musicengine.about import MUSICENGINE
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.publish.html import html_security_policy
from contract.publish.snippets import snippets
from contract.systems import OPERATIONS, system_of
from tests.browser.conftest import Open

pytestmark = pytest.mark.asyncio(loop_scope="session")

PUBLISHED = [operation for operation in OPERATIONS if operation.route]
WIDTHS = (360, 390, 768, 1024, 1280, 1920)


async def test_it_is_sent_under_its_policy_and_asks_for_nothing_but_itself(visit: Open, reference_url: str) -> None:
    here = await visit()
    answer = await here.page.request.get(reference_url)
    assert answer.headers["content-security-policy"] == html_security_policy()
    await here.page.get_by_role("button", name="Copy").first.click()
    await here.page.emulate_media(media="print")
    assert here.asked == [reference_url]
    assert here.complaints == []


async def test_the_policy_is_in_force_so_that_another_script_does_not_run(visit: Open) -> None:
    here = await visit()
    await here.page.evaluate(
        """() => {
            const other = document.createElement("script");
            other.textContent = "document.title = 'owned'";
            document.body.append(other);
        }"""
    )
    assert await here.page.title() == "MusicEngine developer API"
    assert any("Content Security Policy" in complaint for complaint in here.complaints)


@pytest.mark.parametrize("language", range(3))
async def test_the_copy_button_takes_the_shown_snippet_to_the_last_character(
    visit: Open, reference_url: str, language: int
) -> None:
    operation = IMPORT_BROWSER_PROFILE
    here = await visit(operation.name, permissions=["clipboard-read", "clipboard-write"])
    snippet = snippets(operation, MUSICENGINE, reference_url.removesuffix("/docs/api"))[language]
    code = here.page.get_by_role("group", name=f"Code of {operation.name}", exact=True)
    await code.get_by_text(snippet.label, exact=True).click()
    await code.get_by_role("button", name="Copy").click()
    await code.get_by_role("button", name="Copied").wait_for()
    assert await here.page.evaluate("navigator.clipboard.readText()") == snippet.text
    await code.get_by_role("button", name="Copy", exact=True).wait_for()


async def test_where_the_api_itself_serves_the_page_it_names_that_server_and_no_other(
    visit: Open, reference_url: str
) -> None:
    here = await visit()
    shown = await here.page.locator("code").all_text_contents()
    assert not [text for text in shown if BASE_URL in text]
    assert [text for text in shown if reference_url.removesuffix("/docs/api") in text]
    links = await here.page.locator("a[href^=http]").evaluate_all("links => links.map(link => link.href)")
    assert not [link for link in links if link.startswith(f"{BASE_URL}/")]


async def test_every_block_that_is_shown_has_a_copy_button(visit: Open) -> None:
    here = await visit()
    assert await here.page.locator(".code").count() > 40
    assert await here.page.locator(".code > button").count() == await here.page.locator(".code").count()


async def test_where_the_clipboard_is_refused_the_code_is_selected_instead(visit: Open) -> None:
    here = await visit()
    await here.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('refused')))")
    await here.page.locator("figure.code button").first.click()
    await here.page.get_by_role("button", name="Selected").wait_for()
    assert await here.page.evaluate("getSelection().toString()") == "Authorization: Bearer isrc_live_..."


async def test_where_there_is_no_clipboard_there_is_no_button_for_it(visit: Open) -> None:
    here = await visit(first="Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })")
    assert await here.page.get_by_role("button").all_inner_texts() == ["Dark"]
    assert here.complaints == []


async def test_a_language_chosen_once_is_chosen_everywhere_and_remembered(visit: Open) -> None:
    here = await visit("get_track")
    await here.page.get_by_role("group", name="Code of get_track", exact=True).get_by_text("Python", exact=True).click()
    chosen = here.page.locator(".choice input:checked")
    expected = ["python"] * len(PUBLISHED)
    assert await chosen.evaluate_all("inputs => inputs.map((input) => input.value)") == expected
    await here.page.reload()
    assert await chosen.evaluate_all("inputs => inputs.map((input) => input.value)") == expected
    assert here.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "anchor", ["standard-errors", "get_streams", "import_browser_profile.body.cookies.domain", "error.track_not_found"]
)
async def test_a_deep_link_shows_its_target_and_marks_it(visit: Open, anchor: str, width: int) -> None:
    here = await visit(anchor, width=width)
    target = here.page.locator(f"[id='{anchor}']")
    bar = here.page.locator(".side")
    box, side = await target.bounding_box(), await bar.bounding_box()
    assert box is not None
    assert side is not None
    covered = side["height"] if width == 390 else 0
    assert covered <= box["y"] < 200
    marks = [await _mark(target)]
    await here.page.goto(f"{here.page.url.partition('#')[0]}#authentication")
    marks.append(await _mark(target))
    assert marks[0] != marks[1]


async def test_a_linked_error_shows_its_body(visit: Open) -> None:
    here = await visit("error.rate_limited")
    assert await here.page.locator("[id='error.rate_limited'] pre").is_visible()
    assert not await here.page.locator("[id='error.unauthorized'] pre").is_visible()


async def test_the_sign_of_a_deep_link_appears_when_it_is_pointed_at_or_reached_by_keyboard(visit: Open) -> None:
    here = await visit("list_tracks")
    link = here.page.locator("[id='list_tracks.query.limit'] a").first
    shown = "link => getComputedStyle(link, '::after').opacity"
    assert await link.evaluate(shown) == "0"
    await link.hover()
    assert await link.evaluate(shown) == "1"
    await here.page.mouse.move(0, 0)
    assert await link.evaluate(shown) == "0"
    await here.page.keyboard.press("Tab")
    await link.focus()
    assert await link.evaluate(shown) == "1"
    await here.page.keyboard.press("Enter")
    assert here.page.url.endswith("#list_tracks.query.limit")


async def test_the_contents_mark_the_operation_being_read(visit: Open) -> None:
    here = await visit("get_streams")
    await here.page.locator("nav [aria-current=location][href='#get_streams']").wait_for()
    await here.page.locator("[id='standard-errors']").scroll_into_view_if_needed()
    await here.page.mouse.move(800, 400)  # beside the contents, which would scroll instead
    await here.page.mouse.wheel(0, 500)
    await here.page.locator("nav [aria-current=location][href='#standard-errors']").wait_for()
    assert await here.page.locator("nav [aria-current]").count() == 1


async def test_contents_longer_than_the_window_follow_the_reader(visit: Open) -> None:
    here = await visit()
    last = PUBLISHED[-1].name
    link = here.page.locator(f"nav [href='#{last}']")
    assert (await link.bounding_box() or {})["y"] > 900
    await here.page.locator(f"[id='{last}']").evaluate("heading => heading.scrollIntoView()")
    await here.page.locator(f"nav [aria-current=location][href='#{last}']").wait_for()
    assert 0 <= (await link.bounding_box() or {})["y"] < 880


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "plain"])
async def test_the_page_never_scrolls_sideways(visit: Open, width: int, scripted: bool) -> None:
    here = await visit(width=width, java_script_enabled=scripted)
    await here.page.locator("main details").evaluate_all("all => all.forEach((details) => (details.open = true))")
    assert await _overflow(here.page) == []


@pytest.mark.parametrize("width", [360, 390])
async def test_on_a_phone_the_contents_open_on_demand_and_close_on_choice(visit: Open, width: int) -> None:
    here = await visit(width=width, has_touch=True)
    contents = here.page.get_by_role("navigation", name="Contents")
    assert not await contents.is_visible()
    for _ in range(2):  # the second time it is where the reader is already
        await here.page.get_by_text("Contents", exact=True).tap()
        await contents.get_by_role("link", name="GET get_track", exact=True).tap()
        assert here.page.url.endswith("#get_track")
        assert not await contents.is_visible()


@pytest.mark.parametrize("width", [360, 1280])
async def test_without_javascript_everything_can_be_read_and_nothing_is_dead(visit: Open, width: int) -> None:
    here = await visit(width=width, java_script_enabled=False)
    page = here.page
    assert await page.locator("button").count() == 0
    if width == 360:
        await page.get_by_text("Contents", exact=True).click()
    await page.get_by_role("navigation", name="Contents").get_by_role("link", name="get_coverage").click()
    assert page.url.endswith("#get_coverage")
    for operation in (*PUBLISHED[:2], *PUBLISHED[-2:]):
        code = page.get_by_role("group", name=f"Code of {operation.name}", exact=True)
        for snippet in snippets(operation, system_of(operation)):
            await code.get_by_text(snippet.label, exact=True).click()
            assert await code.locator("pre:visible").inner_text() == snippet.text
    details = page.locator("main details:not([open])")
    there = await details.count()
    await details.first.locator("summary").click()
    assert await details.count() == there - 1
    await details.evaluate_all("all => all.forEach((details) => (details.open = true))")
    for error in family():
        assert await page.locator(f"[id='error.{error.code}'] pre").is_visible()
    assert await page.locator("main *:not(.choice > pre, .choice > pre *, .choice > input):not(:visible)").count() == 0


async def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit: Open) -> None:
    here = await visit()
    page = here.page
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert (await skip.bounding_box() or {})["x"] >= 0
    await page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    await page.reload()
    # The first stops, then those of the last operation: in between there are thousands of the same kinds.
    found = await _stops(page, 150)
    await page.get_by_role("group", name=f"Code of {PUBLISHED[-1].name}", exact=True).locator("pre:visible").focus()
    found += [await page.evaluate(_FOCUSED), *await _stops(page, 15)]
    assert [each for each in found if not each["outlined"]] == []
    reached = {each["name"] for each in found}
    assert {"Skip to the content", "Dark", "Copy", "cURL", "limit", "get_track", "Rate limits"} <= reached
    assert {f"Code of {PUBLISHED[0].name}", f"Code of {PUBLISHED[-1].name}"} <= reached


async def _stops(page: Any, presses: int) -> list[Any]:
    """Where the focus is after each of so many presses of Tab, until it leaves the page."""
    stops: list[Any] = []
    for _ in range(presses):
        await page.keyboard.press("Tab")
        found = await page.evaluate(_FOCUSED)
        if found is None:
            break
        stops.append(found)
    return stops


async def test_the_arrow_keys_choose_a_language(visit: Open) -> None:
    here = await visit("list_tracks")
    code = here.page.get_by_role("group", name="Code of list_tracks", exact=True)
    await code.get_by_role("radio", name="cURL").focus()
    await here.page.keyboard.press("ArrowRight")
    assert await code.get_by_role("radio", name="Python").is_checked()
    assert (await code.locator("pre:visible").inner_text()).startswith("import requests")


async def _mark(target: Any) -> Any:
    return await target.evaluate(
        """target => [target, ...target.querySelectorAll(":scope > a")].map((element) => {
            const { backgroundColor, textDecoration } = getComputedStyle(element);
            return [backgroundColor, textDecoration];
        })"""
    )


async def _overflow(page: Any) -> list[str]:
    """What reaches beyond the window's right edge and is not scrolled in a box of its own."""
    return await page.evaluate(
        """() => {
            const edge = document.documentElement.clientWidth;
            const found = document.documentElement.scrollWidth > edge ? ["the page itself"] : [];
            for (const element of document.querySelectorAll("body *")) {
                const box = element.getBoundingClientRect();
                if (box.width && box.right > edge + 0.5 && !element.closest("pre code, .table table, .skip"))
                    found.push(`${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`);
            }
            return found;
        }"""
    )


_FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const shown = element.type === "radio" ? element.nextElementSibling : element;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const group = element.closest("[role=group]");
    const name = element.matches("pre") && group ? group.getAttribute("aria-label") : shown.textContent;
    const outlined = outlineStyle !== "none" && outlineWidth !== "0px";
    return { name: name.replace(/^(GET|POST|PUT|PATCH|DELETE) /, "").trim(), outlined };
}"""
