"""`llms.txt` has the form of llmstxt.org, so that a parser of the form reads it."""

import re

from contract.hub.about import HUB
from contract.publish.llms import llms_txt
from contract.systems import SYSTEMS

TEXT = llms_txt(SYSTEMS)
HEAD, *SECTIONS = re.split(r"^## (.+)\n", TEXT, flags=re.MULTILINE)
LINKS = {
    name: [re.fullmatch(r"- \[([^\]]+)\]\(([^)]+)\)(?:: (.*))?", line) for line in text.strip().splitlines()]
    for name, text in zip(SECTIONS[::2], SECTIONS[1::2], strict=True)
}


def test_it_begins_with_one_title_and_one_quoted_line() -> None:
    lines = TEXT.splitlines()
    assert re.fullmatch(r"# \S.*", lines[0])
    assert lines[1] == ""
    assert re.fullmatch(r"> \S.*", lines[2])
    assert lines[3] == ""
    assert len(re.findall(r"^# ", TEXT, re.MULTILINE)) == 1


def test_the_details_before_the_sections_have_no_heading() -> None:
    details = HEAD.split("\n", 3)[3]
    assert not re.search(r"^#", details, re.MULTILINE)


def test_the_sections_hold_links_and_nothing_else() -> None:
    assert list(LINKS) == ["Published routes", "Music Hub", "Machine-readable", "Optional"]
    assert all(links and None not in links for links in LINKS.values())


def test_the_command_that_writes_it_is_named_among_the_details() -> None:
    assert "`musicengine-mcp docs --write`" in HEAD


def test_the_inventory_is_the_published_routes() -> None:
    assert [(link[1], link[2]) for link in LINKS["Published routes"] if link] == [
        ("GET /api/v1/tracks", "https://musicengine.ai/docs/api.md#list_tracks"),
        ("GET /api/v1/tracks/{isrc}", "https://musicengine.ai/docs/api.md#get_track"),
        ("GET /api/v1/analytics/spotify/{isrc}", "https://musicengine.ai/docs/api.md#get_streams"),
        ("POST /api/v1/browser-profiles/import", "https://musicengine.ai/docs/api.md#import_browser_profile"),
        ("GET /api/v1/catalogue/overview", "https://musicengine.ai/docs/api.md#get_overview"),
    ]


def test_the_hubs_routes_have_a_section_of_their_own_that_leads_to_their_documentation() -> None:
    assert [(link[1], link[2], link[3]) for link in LINKS["Music Hub"] if link] == [
        (operation.route, f"http://127.0.0.1:38472/docs/api.md#{operation.name}", operation.summary)
        for operation in HUB.operations
    ]


def test_it_says_where_the_hub_answers_who_may_call_and_what_serves_its_routes_today() -> None:
    assert "The desktop hub answers these routes at `http://localhost:38472`, and so does" in HEAD
    assert "as tools of the MCP server over stdio" in HEAD
    assert "- From the hub's own machine, over loopback: No token." in HEAD
    assert "`MUSIC_HUB_API_TOKEN`" in HEAD


def test_the_machine_readable_entry_points_are_linked() -> None:
    assert [link[2] for link in LINKS["Machine-readable"] if link] == [
        "https://musicengine.ai/docs/api.md",
        "https://musicengine.ai/openapi.json",
    ]


def test_what_is_not_published_yet_is_optional() -> None:
    assert [link[1] for link in LINKS["Optional"] if link] == [
        "Database and Baserow workspace",
        "Distribution management",
    ]


def test_it_says_how_to_authenticate_and_how_often_one_may_call() -> None:
    assert "`Authorization: Bearer isrc_live_...`" in HEAD
    assert "300 requests per 60 seconds for list_tracks, get_track, get_streams, get_overview." in HEAD
    assert "60 requests per 60 seconds for import_browser_profile." in HEAD
    assert "Retry-After" in HEAD


def test_it_is_compact() -> None:
    assert len(TEXT) < 4000 + 150 * len(HUB.operations)
