"""What people do with the player, in a real browser and under its policy: by keyboard, on a phone, from elsewhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from backends.local.hub.user_schema import USER_LAYOUT
from server.http.hub.player_page import player_policy
from tests.browser.contrast import CONTRASTS
from tests.browser.listening import eventually, opened, scanned, session_of, track_ids
from tests.browser.records import write_collection, write_tone
from tests.hub.library import Song, put
from tests.programs import serving
from tests.serving import Service, served

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A collection with covers, and one track of a stranger."""
    folder = tmp_path_factory.mktemp("player")
    write_collection(folder / "music")
    write_tone(folder / "music" / "strange.wav", 2, title=HOSTILE, artist=HOSTILE)
    with served(scanned(folder / "data", folder / "music")) as service:
        yield service


@pytest.fixture(scope="module")
def places(hub: Service) -> list[str]:
    """Every kind of page that there is."""
    [album] = hub.get("/api/albums", params={"limit": 1}).json()["albums"]
    ids = list(track_ids(hub).values())
    made = hub.post("/api/playlists", json={"name": HOSTILE, "description": HOSTILE, "trackIds": ids[:9]}).json()
    hub.post("/api/saved", json={"ids": [ids[0], album["id"], album["artistId"]]}).raise_for_status()
    [folders] = hub.get("/api/browse", params={"section": "folders"}).json()["sections"]
    return [
        "", "#/albums", "#/artists", "#/tracks", "#/genres", "#/genre/Dream%20Pop", "#/playlists", "#/saved",
        "#/saved/album", "#/search", "#/search/orchrd", "#/search/img%20onerror", f"#/album/{album['id']}",
        f"#/artist/{album['artistId']}", f"#/playlist/{made['playlist']['id']}",
        f"#/folder/{folders['items'][0]['folder']}", "#/nowhere",
    ]  # fmt: skip


async def test_nothing_complains_nothing_leaves_the_hub_and_titles_are_only_text(
    browser: Browser, hub: Service, places: list[str]
) -> None:
    cue(hub)
    async with opened(browser, hub) as tab:
        answer = await tab.page.request.get(hub.url)
        assert answer.headers["content-security-policy"] == player_policy()
        for place in places:
            await go(tab.page, place)
        await tab.page.keyboard.press("q")
        await go(tab.page, "#/search/img%20onerror")
        assert await tab.page.locator("main .title", has_text=HOSTILE).first.inner_text() == HOSTILE
        assert await tab.page.locator("[onerror]").count() == 0
        assert await tab.page.title() == "Music Hub"
        assert tab.complaints == []
        assert tab.strangers == []


async def test_the_policy_is_in_force_so_that_markup_and_other_scripts_do_nothing(
    browser: Browser, hub: Service
) -> None:
    async with opened(browser, hub) as tab:
        done = await tab.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.append("document.title = 'owned'");
                document.body.append(script);
                try { document.body.innerHTML = "<p onclick=''>owned</p>"; } catch (error) { return error.name; }
            }"""
        )
        assert done == "TypeError"
        assert await tab.page.title() == "Music Hub"
        assert any("TrustedHTML" in complaint for complaint in tab.complaints)


async def test_the_keyboard_alone_finds_plays_saves_queues_and_makes_a_playlist(browser: Browser, hub: Service) -> None:
    async with opened(browser, hub) as tab:
        page = tab.page
        await page.keyboard.press("/")
        await page.keyboard.type("glas orchrd")
        await page.get_by_role("button", name="Play Glass Orchard by Lune Marélie").wait_for()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await eventually(lambda: title_of(hub), lambda title: title == "Glass Orchard")
        await page.get_by_role("button", name="Pause").wait_for()
        await page.keyboard.press("l")
        await eventually(lambda: session_of(hub)["current"]["track"]["saved"], bool)
        await page.keyboard.press("n")
        await eventually(lambda: title_of(hub), lambda title: title != "Glass Orchard")

        await page.keyboard.press("q")
        before = await eventually(lambda: upcoming(hub), lambda entries: len(entries) > 2)
        await tab_to(page, "#queue .grip")
        await page.keyboard.press("ArrowDown")
        await eventually(lambda: upcoming(hub), lambda now: now[:2] == [before[1], before[0]])
        assert await page.evaluate("document.activeElement.matches('.grip')")
        await page.keyboard.press("Delete")
        await eventually(lambda: upcoming(hub), lambda now: before[0] not in now)
        await page.keyboard.press("Escape")
        assert await page.locator("#queue").is_hidden()

        await page.keyboard.press("/")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "main .track [aria-haspopup=menu]")
        await page.keyboard.press("Enter")
        for _ in range(2):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await tab_to(page, "dialog .choices button")
        await page.keyboard.press("Enter")
        await page.get_by_role("textbox", name="Name").wait_for()
        await page.keyboard.type("By hand")
        await page.keyboard.press("Enter")
        await page.get_by_text("1 track added to By hand.").first.wait_for()
        assert "By hand" in [each["name"] for each in hub.get("/api/playlists").json()["playlists"]]
        assert tab.complaints == []


async def test_a_playlist_is_renamed_reordered_and_emptied(browser: Browser, hub: Service) -> None:
    ids = track_ids(hub)
    titles = ["Patio", "Kite Season", "Marginalia"]
    made = hub.post("/api/playlists", json={"name": "Three", "trackIds": [ids[title] for title in titles]}).json()
    id_ = made["playlist"]["id"]
    async with opened(browser, hub, f"#/playlist/{id_}") as tab:
        page = tab.page
        rows = page.locator("main .track")
        box = await rows.nth(2).locator(".grip").bounding_box()
        top = await rows.nth(0).bounding_box()
        assert box
        assert top
        await page.mouse.move(box["x"] + 10, box["y"] + 10)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 10, box["y"] - 40, steps=3)
        await page.mouse.move(box["x"] + 10, top["y"] + 4, steps=3)
        await page.mouse.up()
        await eventually(lambda: entries_of(hub, id_), lambda now: now == ["Marginalia", "Patio", "Kite Season"])
        assert await rows.locator(".title").all_inner_texts() == ["Marginalia", "Patio", "Kite Season"]
        await rows.nth(0).get_by_role("button", name="Play Marginalia").focus()
        await page.keyboard.press("Delete")
        await eventually(lambda: entries_of(hub, id_), lambda now: now == ["Patio", "Kite Season"])
        await page.get_by_text("2 tracks · ").wait_for()
        await page.get_by_role("button", name="More for Three", exact=True).click()
        await page.get_by_role("menuitem", name="Rename…").click()
        await page.get_by_role("textbox", name="Name").fill("Two")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Two", exact=True).wait_for()
        hub.post(f"/api/playlists/{id_}/tracks", json={"trackIds": [ids["Undertow"]]}).raise_for_status()
        await page.get_by_role("button", name="Play Undertow by").wait_for()  # what others do comes by itself


async def test_a_link_to_an_album_is_made_shown_and_opens_for_whoever_has_it(browser: Browser, hub: Service) -> None:
    albums = {album["title"]: album["id"] for album in hub.get("/api/albums").json()["albums"]}
    async with opened(browser, hub, f"#/album/{albums['Patio']}") as tab:
        await tab.page.get_by_role("button", name="Share Patio").click()
        link = await tab.page.get_by_role("textbox", name="Link").input_value()
        assert await tab.page.get_by_role("button", name="Copy the link").is_visible()
        answer = await tab.page.request.get(link)
        assert "Patio" in await answer.text()


async def test_on_a_phone_no_page_scrolls_sideways(browser: Browser, hub: Service, places: list[str]) -> None:
    cue(hub)
    async with opened(browser, hub, viewport={"width": 320, "height": 640}, has_touch=True) as tab:
        too_wide = []
        for place in places:
            await go(tab.page, place)
            too_wide += [place] * await tab.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await tab.page.get_by_role("button", name="Show what is playing").tap()
        dialog = tab.page.get_by_role("dialog", name="Now playing")
        too_wide += ["playing"] * await dialog.evaluate("dialog => dialog.scrollWidth > innerWidth")
        assert too_wide == []


async def test_all_that_is_written_stands_out_in_both_themes_and_all_that_is_pressed_has_a_name(
    browser: Browser, hub: Service, places: list[str]
) -> None:
    cue(hub)
    async with opened(browser, hub) as tab:
        page = tab.page
        await page.keyboard.press("q")
        await page.locator("#queue .track").first.wait_for()
        weak: list[Any] = []
        nameless: list[Any] = []
        for place in places:
            await go(page, place)
            for theme in ("light", "dark"):
                await page.emulate_media(color_scheme=theme)
                measured = await page.evaluate(CONTRASTS, ".cover, .over, :disabled")
                weak += [(theme, place, *each) for each in measured if each[1] < 4.5]
            nameless += await page.evaluate(_NAMELESS)
            assert await page.locator("h1").count() == 1
        assert weak == []
        assert nameless == []
        assert await page.get_by_role("navigation", name="Library").is_visible()
        assert await page.get_by_role("complementary", name="Queue").is_visible()
        assert await page.get_by_role("region", name="Player").is_visible()
        assert await page.get_by_role("main").count() == 1


async def test_everything_is_reached_by_tab_and_shows_where_the_focus_is(browser: Browser, hub: Service) -> None:
    async with opened(browser, hub, "#/albums") as tab:
        reached, unseen = set(), []
        for _ in range(120):
            await tab.page.keyboard.press("Tab")
            stop = await tab.page.evaluate(_FOCUSED)
            if stop is None:
                break
            reached.add(stop["name"])
            unseen += [] if stop["outlined"] else [stop["name"]]
        assert unseen == []
        assert {"Skip to the content", "Search the library", "Albums", "Saved", "Sort by", "Play Patio"} <= reached


async def test_a_long_list_comes_page_by_page(browser: Browser, tmp_path: Any) -> None:
    put(tmp_path, [Song(f"Song {number:03}", "Artist", "Album", tags={"track": number}) for number in range(260)])
    with served(tmp_path) as service:
        async with opened(browser, service, "#/tracks") as tab:
            rows = tab.page.locator("main .track")
            assert 100 <= await rows.count() < 260
            while (shown := await rows.count()) < 260:
                await tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
                await tab.page.wait_for_function(_MORE, arg=shown)
            await tab.page.get_by_role("button", name="Play Song 259").wait_for()
            assert await rows.count() == 260
            pages = [url for url in tab.asked if "/api/tracks" in url]
            assert len(pages) == 3


async def test_an_empty_library_says_how_to_fill_it_and_shows_how_far_the_scan_is(
    browser: Browser, tmp_path: Any
) -> None:
    write_tone(tmp_path / "music" / "Tone.wav", 1, title="A first tone")
    with served(tmp_path / "data") as service:
        async with opened(browser, service) as tab:
            await tab.page.get_by_text("musicengine-mcp scan FOLDER").wait_for()
            await tab.page.get_by_role("textbox", name="Or here, a folder of this machine:").fill(
                str(tmp_path / "nowhere")
            )
            await tab.page.get_by_role("button", name="Scan").click()
            await tab.page.locator(".toast").wait_for()
            await tab.page.get_by_role("textbox").last.fill(str(tmp_path / "music"))
            await tab.page.get_by_role("button", name="Scan").click()
            await tab.page.get_by_role("heading", name="Recently added").wait_for()
            assert await tab.page.get_by_text("1 track", exact=True).is_visible()


async def test_a_device_elsewhere_pairs_by_a_link_and_stays_paired(browser: Browser, hub: Service) -> None:
    code = hub.post("/api/auth/arm", json={"minutes": 5}).json()["pairingCode"]
    async with opened(browser, hub, f"#pair={code}", origin=hub.far_url) as tab:
        page = tab.page
        assert await page.get_by_role("textbox", name="Pairing code").input_value() == code
        assert page.url == f"{hub.far_url}/"
        await page.get_by_role("textbox", name="Pairing code").fill("WRONG")
        await page.get_by_role("button", name="Pair").click()
        await page.get_by_role("alert").filter(has_text="code").wait_for()
        await page.get_by_role("textbox", name="Pairing code").fill(code)
        await page.get_by_role("button", name="Pair").click()
        await page.get_by_role("heading", name="Recently added").wait_for()
        await page.locator(".card img.there").first.wait_for()
        await page.get_by_role("link", name="Patio").first.click()
        await page.get_by_role("button", name="Play", exact=True).first.click()
        await tab.until("audio.currentTime > 0.2")
        await page.reload()
        await page.get_by_role("heading", name="Patio").wait_for()
        assert await page.evaluate("location.href.includes('token')") is False
        bearers = [url for url in tab.asked if "token=" in url and "/api/media/" not in url]
        assert bearers == []


def cue(hub: Service) -> None:
    """Have something current, and more to come, that does not sound."""
    queue = {"trackIds": list(track_ids(hub).values())[:5], "when": "now", "replace": True}
    hub.post("/api/playback/queue", json=queue).raise_for_status()
    hub.post("/api/playback/control", json={"action": "pause"}).raise_for_status()


async def test_a_damaged_library_is_told_of_calmly_and_the_page_goes_on_by_itself_once_it_is_rebuilt(
    browser: Browser, tmp_path: Any
) -> None:
    put(tmp_path, [Song("Song", "Artist", "Album")])
    with closing(sqlite3.connect(tmp_path / USER_LAYOUT.name)) as database:
        database.execute("DROP TABLE playback_trail")
    with served(tmp_path) as service:
        async with opened(browser, service, "#/albums") as tab:
            await tab.page.get_by_role("heading", name="The library is out of order").wait_for()
            assert await tab.page.get_by_text("musicengine-mcp rebuild", exact=True).is_visible()
            service.post("/api/database/rebuild", json={}).raise_for_status()
            await tab.page.get_by_role("heading", name="Albums").wait_for()


async def test_a_hub_that_was_restarted_is_heard_again_without_a_touch(browser: Browser, tmp_path: Any) -> None:
    put(tmp_path, [Song("Song", "Artist", "Album")])
    page = await browser.new_page(viewport={"width": 1280, "height": 860})
    with serving(tmp_path) as (url, _):
        await page.goto(f"{url}/#/albums")
        await page.get_by_role("link", name="Album Artist").wait_for()
    await page.locator("body.alone").wait_for()
    with serving(tmp_path, "--port", url.rpartition(":")[2]):
        await page.locator("body:not(.alone)").wait_for()
        await page.request.post(f"{url}/api/playlists", data={"name": "Made meanwhile"})
        await page.get_by_role("link", name="Made meanwhile").first.wait_for()
    await page.close()


async def go(page: Page, place: str) -> None:
    """Show that page, once it is there."""
    shown = await page.evaluate_handle("document.querySelector('main > *')")
    before = await page.evaluate("location.hash")
    await page.evaluate("place => { location.hash = place; }", place)
    if before.removeprefix("#/") != place.removeprefix("#/"):
        await page.wait_for_function("shown => document.querySelector('main > *') !== shown", arg=shown)
    await page.locator("main h1").wait_for()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def title_of(hub: Service) -> str:
    return (session_of(hub)["current"] or {"track": {"title": ""}})["track"]["title"]


def upcoming(hub: Service) -> list[str]:
    session = session_of(hub)
    return [entry["entryId"] for entry in session["queue"]][session["current"]["index"] + 1 - session["queueOffset"] :]


def entries_of(hub: Service, id_: str) -> list[str]:
    return [entry["track"]["title"] for entry in hub.get(f"/api/playlists/{id_}").json()["entries"]]


_MORE = "shown => document.querySelectorAll('main .track').length > shown"

_NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, [role=menuitem]")].filter((element) => {
    if (!element.getClientRects().length) return false;
    const label = element.closest("label") ?? (element.id && document.querySelector(`label[for="${element.id}"]`));
    return !(element.getAttribute("aria-label") || element.textContent.trim() || label?.textContent.trim());
}).map((element) => element.outerHTML)"""

_FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const label = element.getAttribute("aria-label") ?? element.closest("label")?.querySelector("span")?.textContent;
    return { name: label ?? element.textContent.trim(), outlined: outlineStyle !== "none" && outlineWidth !== "0px" };
}"""
