"""What a person does who was sent a link, on a phone: in a real browser, through the tunnel, as a stranger."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route

from tests.browser.conftest import Visit
from tests.browser.contrast import CONTRASTS
from tests.wire.shared_hub import HOSTILE, SharedHub, serve_shared

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShare = Callable[..., Awaitable[Visit]]

PLAYING = ".main[aria-label=Pause]"

LISTENING = """
    const told = [];
    const Native = window.Audio;
    window.Audio = function () {
        const audio = new Native();
        for (const event of ["play", "playing", "pause", "timeupdate", "ended", "error"])
            audio.addEventListener(event, () => told.push(`${event} at ${audio.currentTime.toFixed(2)} s`));
        window.heard = { audio, told };
        return audio;
    };
"""
"""So that a test can look at the sound itself."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedHub]:
    with serve_shared(tmp_path_factory.mktemp("shared")) as hub:
        yield hub


@pytest.fixture(scope="module")
def summer(hub: SharedHub) -> str:
    return hub.playlist("Summer", "Sunday Morning", "Harbour Lights", "Öland")


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, hub: SharedHub) -> AsyncIterator[OpenShare]:
    """Open the page of a share on a phone, or in a window of another size; with a clock that a test can set."""
    contexts: list[Any] = []

    async def opened(
        share: dict[str, Any], *, width: int = 390, height: int = 844, clock: bool = False, **options: Any
    ) -> Visit:
        options = {"reduced_motion": "reduce", "has_touch": True, **options}
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if clock:
            await context.clock.install()
        await context.add_init_script(LISTENING)
        visit = Visit(await context.new_page())
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        await visit.page.goto(str(hub.stranger.base_url.join(share["path"])))
        return visit

    yield opened
    for context in contexts:
        await context.close()


async def test_a_stranger_hears_what_is_shared_and_the_page_moves_with_it(
    visit: OpenShare, hub: SharedHub, summer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = await visit(hub.share(summer))
    page = here.page
    await page.locator(".start").tap()
    await page.locator(".elapsed", has_text="0:02").wait_for()
    heard = await page.evaluate("({ at: heard.audio.currentTime, paused: heard.audio.paused, told: heard.told })")
    assert heard["at"] >= 2
    assert not heard["paused"]
    assert any(event.startswith("playing") for event in heard["told"])
    assert await page.locator(".now").inner_text() == "Sunday Morning\nThe Lighthouse Keepers"
    assert await page.locator(".row[aria-current=true] .title").inner_text() == "Sunday Morning"
    assert float(await page.get_by_role("slider", name="Position").input_value()) >= 2
    sounds = [url for url in here.asked if "/api/media/tracks/" in url]
    assert sounds
    assert all("token=" in url for url in sounds)
    assert {url.partition("/api/")[0].partition("/share/")[0] for url in here.asked if not url.startswith("data:")} == {
        str(hub.stranger.base_url).rstrip("/")
    }
    assert here.complaints == []
    with capsys.disabled():
        print("\nsound on the share page:", ", ".join(heard["told"][:8]))


async def test_tracks_go_on_by_themselves_by_button_and_by_tap(visit: OpenShare, hub: SharedHub, summer: str) -> None:
    here = await visit(hub.share(summer))
    page = here.page
    playing = page.locator(".row[aria-current=true] .title")
    await page.get_by_role("button", name="Harbour Lights").tap()
    await page.locator(PLAYING).wait_for()
    await page.evaluate("void (heard.audio.currentTime = 23.8)")
    await playing.get_by_text("Öland").wait_for()
    await page.get_by_role("button", name="Previous track").tap()
    await playing.get_by_text("Harbour Lights").wait_for()
    await page.get_by_role("button", name="Next track").tap()
    await playing.get_by_text("Öland").wait_for()
    assert await page.get_by_role("button", name="Next track").is_disabled()
    await page.locator(".main").tap()
    await page.locator(".main[aria-label=Play]").wait_for()
    assert await page.evaluate("heard.audio.paused")
    assert here.complaints == []


async def test_the_keyboard_plays_pauses_and_seeks(visit: OpenShare, hub: SharedHub, summer: str) -> None:
    here = await visit(hub.share(summer), width=1280)
    page = here.page
    await page.get_by_role("button", name="Harbour Lights").wait_for()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "start"
    await page.keyboard.press("Enter")
    await page.locator(PLAYING).wait_for()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("ArrowRight")
    assert await page.evaluate("heard.audio.currentTime") >= 5
    await page.keyboard.press(" ")
    assert await page.evaluate("heard.audio.paused")
    slider = page.get_by_role("slider", name="Position")
    await slider.focus()
    await slider.press("ArrowLeft")
    assert "of 0:24" in (await slider.get_attribute("aria-valuetext") or "")
    reached: set[str] = set()
    await page.locator(".start").focus()
    for _ in range(7):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus-visible")
        reached.add(await focused.get_attribute("aria-label") or await focused.inner_text())
        assert await focused.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
    assert {"Previous track", "Play", "Next track", "Position"} <= reached


async def test_it_says_kindly_that_what_is_shared_has_ended_while_it_plays(
    visit: OpenShare, hub: SharedHub, summer: str
) -> None:
    share = hub.share(summer)
    here = await visit(share)
    page = here.page
    await page.locator(".start").tap()
    await page.locator(PLAYING).wait_for()
    hub.unshare(share)
    await page.get_by_role("button", name="Next track").tap()
    await page.get_by_role("heading", name="Nothing is shared here").wait_for()
    assert not await page.evaluate("heard.audio.hasAttribute('src')")
    assert await page.get_by_role("button").count() == 0
    assert "Sunday Morning" not in await page.locator("body").inner_text()


async def test_it_says_every_minute_that_it_is_open_and_learns_so_that_the_share_has_ended(
    visit: OpenShare, hub: SharedHub, summer: str
) -> None:
    share = hub.share(summer)
    here = await visit(share, clock=True)
    page = here.page
    await page.get_by_role("button", name="Harbour Lights").wait_for()
    async with page.expect_response("**/api/share/session/heartbeat") as answered:
        await page.clock.fast_forward(61_000)
    assert (await answered.value).status == 200
    hub.unshare(share)
    await page.clock.fast_forward(61_000)
    await page.get_by_role("heading", name="Nothing is shared here").wait_for()
    asked = len(here.asked)
    await page.clock.fast_forward(600_000)
    assert len(here.asked) == asked


async def test_a_session_that_was_lost_is_replaced_and_the_music_goes_on(
    visit: OpenShare, hub: SharedHub, summer: str
) -> None:
    here = await visit(hub.share(summer))
    page = here.page
    await page.locator(".start").tap()
    await page.locator(PLAYING).wait_for()
    await page.route("**/api/share/session/heartbeat", lambda route: route.fulfill(status=404, json={}))
    async with page.expect_response("**/bootstrap**"):
        await page.evaluate("void document.dispatchEvent(new Event('visibilitychange'))")
    await page.get_by_role("button", name="Next track").tap()
    await page.locator(".row[aria-current=true] .title", has_text="Harbour Lights").wait_for()
    await page.locator(PLAYING).wait_for()
    assert len({url.rpartition("token=")[2] for url in here.asked if "/api/media/tracks/" in url}) == 2


async def test_what_the_browser_can_not_play_is_asked_for_as_mp3(visit: OpenShare, hub: SharedHub, summer: str) -> None:
    here = await visit(hub.share(summer))
    page = here.page
    sound = hub.own.get(f"/api/media/tracks/{hub.tracks['Harbour Lights']}").content

    async def answer(route: Route) -> None:
        body = sound if "&format=mp3" in route.request.url else b"RIFF nothing that could be heard"
        await route.fulfill(body=body, content_type="audio/wav")

    await page.route(f"**/api/media/tracks/{hub.tracks['Harbour Lights']}**", answer)
    await page.get_by_role("button", name="Harbour Lights").tap()
    await page.locator(".elapsed", has_text="0:01").wait_for()
    assert await page.locator(".row[aria-current=true] .title").inner_text() == "Harbour Lights"


async def test_what_can_not_be_played_at_all_is_said_and_passed_over(
    visit: OpenShare, hub: SharedHub, summer: str
) -> None:
    page = (await visit(hub.share(summer))).page
    silent = hub.tracks["Harbour Lights"]
    await page.route(f"**/api/media/tracks/{silent}**", lambda route: route.fulfill(body=b"no sound"))
    await page.get_by_role("button", name="Harbour Lights").tap()
    await page.locator(".row[aria-current=true] .title", has_text="Öland").wait_for()
    assert await page.get_by_role("status").inner_text() == "“Harbour Lights” can't be played here."
    await page.locator(PLAYING).wait_for()


async def test_titles_of_strangers_are_text_and_nothing_else(visit: OpenShare, hub: SharedHub) -> None:
    title = next(title for title in hub.tracks if title.startswith("<script>"))
    for id_ in (hub.album(title), hub.playlist(HOSTILE[:150], title)):
        here = await visit(hub.share(id_))
        page = here.page
        await page.get_by_role("button", name="onerror").tap()
        await page.locator(PLAYING).wait_for()
        assert await page.locator(".now .title").inner_text() == title
        assert await page.title() != "owned"
        assert await page.locator("script").count() == 1
        assert await page.locator("img").count() == 0
        assert here.complaints == []


async def test_another_script_does_not_run_and_no_script_makes_markup_of_text(
    visit: OpenShare, hub: SharedHub, summer: str
) -> None:
    here = await visit(hub.share(summer))
    for attempt in (
        "const other = document.createElement('script'); other.src = '/share/x.js'; document.body.append(other)",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')",
        "document.querySelector('h1').setAttribute('onclick', 'document.title = 1')",
    ):
        await here.page.evaluate(f"() => {{ try {{ {attempt} }} catch {{}} }}")
    await here.page.get_by_role("heading", level=1).click()
    assert await here.page.title() == "Summer"
    assert await here.page.locator(".art ~ img").count() == 0
    assert len(here.complaints) >= 3


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "plain"])
async def test_the_page_never_scrolls_sideways(visit: OpenShare, hub: SharedHub, scripted: bool) -> None:
    title = next(title for title in hub.tracks if title.startswith("<script>"))
    page = (await visit(hub.share(hub.tracks[title]), width=320, java_script_enabled=scripted)).page
    if scripted:
        await page.locator(".start").tap()
        await page.locator(".player").wait_for()
    for width in (320, 390, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_without_javascript_it_shows_art_title_and_tracks(visit: OpenShare, hub: SharedHub, summer: str) -> None:
    page = (await visit(hub.share(summer), java_script_enabled=False)).page
    assert await page.get_by_role("heading", level=1).inner_text() == "Summer"
    assert await page.locator(".row .title").all_inner_texts() == ["Sunday Morning", "Harbour Lights", "Öland"]
    assert await page.locator(".art img").evaluate("picture => picture.naturalWidth") > 300
    assert await page.get_by_role("button").count() == 0
    assert await page.get_by_text("To listen, allow this page to run its script.").is_visible()


async def test_what_is_not_shared_is_a_page_with_kind_words(visit: OpenShare) -> None:
    here = await visit({"path": "/share/album/alb_0000000000000000"})
    assert await here.page.get_by_role("heading", level=1).inner_text() == "Nothing is shared here"
    assert "Whoever sent it to you" in await here.page.locator("main").inner_text()


async def test_words_stand_out_from_what_is_behind_them(visit: OpenShare, hub: SharedHub, summer: str) -> None:
    page = (await visit(hub.share(summer))).page
    await page.locator(".start").tap()
    await page.locator(PLAYING).wait_for()
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        contrasts = await page.evaluate(CONTRASTS, "svg")
        assert len(contrasts) > 12
        assert not [each for each in contrasts if each[1] < 4.5]
