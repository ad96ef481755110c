"""The Markdown reference holds together: its links, its tables, its examples, and every operation."""

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from contract.errors import family
from contract.hub.about import HUB
from contract.hub.errors import StaleRevision
from contract.musicengine import BASE_URL
from contract.musicengine.about import LOCAL_URL, MUSICENGINE
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.musicengine.surface_map import AREAS
from contract.operation import Operation
from contract.publish.general import codes_of
from contract.publish.llms import llms_txt
from contract.publish.markdown import markdown_operation, markdown_reference
from contract.publish.snippets import snippets
from contract.systems import OPERATIONS, SYSTEMS, system_of

TEXT = markdown_reference(SYSTEMS)
PUBLISHED = [operation for operation in OPERATIONS if operation.route]
AGENTS_ONLY = [operation for operation in OPERATIONS if operation.route is None]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
each_published = pytest.mark.parametrize("operation", PUBLISHED, ids=lambda operation: operation.name)
each_of_the_hub = pytest.mark.parametrize("operation", HUB.operations, ids=lambda operation: operation.name)
each_for_agents = pytest.mark.parametrize("operation", AGENTS_ONLY, ids=lambda operation: operation.name)


def test_the_first_line_names_the_command_that_writes_it() -> None:
    assert re.fullmatch(r"<!-- .*`musicengine-mcp docs --write`.* -->", TEXT.splitlines()[0])


def test_every_link_and_anchor_resolves() -> None:
    ids = {_heading_id(heading) for heading in _headings(TEXT)}
    addresses = {f"{BASE_URL}/{path}" for path in ("docs/api.md", "openapi.json", "llms.txt")}
    addresses.add(f"{LOCAL_URL}/docs/api.md")
    links = re.findall(r"\]\(([^)]+)\)", _prose(TEXT) + llms_txt(SYSTEMS))
    assert len(links) > 20
    for link in links:
        address, _, anchor = link.partition("#")
        assert address in addresses | {""}
        assert anchor in ids | {""}


def test_heading_ids_are_unique_and_so_stay_the_same_when_a_section_is_added() -> None:
    assert Counter(_heading_id(heading) for heading in _headings(TEXT)).most_common(1)[0][1] == 1


@each_operation
def test_an_operations_anchor_is_its_name(operation: Operation[Any, Any]) -> None:
    assert operation.name in {_heading_id(heading) for heading in _headings(TEXT)}


def test_every_json_example_is_json() -> None:
    examples = re.findall(r"^```json\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(examples) > 40
    for example in examples:
        json.loads(example)


def test_every_table_has_as_many_cells_in_each_row_as_in_its_head() -> None:
    tables = re.findall(r"(?:^\|.*\|\n)+", TEXT, re.MULTILINE)
    assert len(tables) > 25
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_code_fences_are_balanced() -> None:
    assert len(re.findall(r"^```", TEXT, re.MULTILINE)) % 2 == 0


@each_operation
def test_an_operation_by_itself_is_the_section_of_the_whole(operation: Operation[Any, Any]) -> None:
    alone = markdown_operation(operation, system_of(operation))
    assert alone.startswith(f"# {operation.name}\n\n**{operation.summary}**\n")
    assert alone.removeprefix("# ") in TEXT.replace(f"### {operation.name}", operation.name)


@each_published
def test_a_published_operation_says_everything_about_itself(operation: Operation[Any, Any]) -> None:
    system = system_of(operation)
    text = markdown_operation(operation, system)
    limit = operation.rate_limit
    for part in (
        f"`{operation.route}`",
        operation.description,
        f"Surface: {operation.area}",
        *([f"{limit.requests} requests per {limit.seconds} seconds"] if limit else []),
        *(["`Authorization: Bearer isrc_live_...`"] if system is MUSICENGINE else []),
        *operation.notes,
        f"**Success response {operation.status}**",
        operation.response_description,
        *(
            [json.dumps(operation.example.response, indent=2, ensure_ascii=False)]
            if "application/json" in operation.media_types
            else []
        ),
        *(f"`{media_type}`" for media_type in operation.media_types if operation.is_raw),
        *(f"- {status}: {meaning}" for status, meaning in operation.other_statuses.items()),
        *(f"| {error.status} | `{error.code}` |" for error in operation.all_errors),
        *(f'"code": "{error.code}"' for error in operation.errors),
        *(snippet.text for snippet in snippets(operation, system)),
    ):
        assert part in text


@each_of_the_hub
def test_an_operation_of_the_hub_speaks_of_no_key_and_no_limit_and_says_if_it_is_ours(
    operation: Operation[Any, Any],
) -> None:
    text = markdown_operation(operation, HUB)
    assert not re.search(r"isrc_live|Rate limit|Idempotency-Key|MusicEngine|musicengine\.ai", text)
    ours = "An addition of this project; the hub's reference does not name it."
    assert (ours in text) is not operation.in_reference
    assert ("**Security notes**" in text) is bool(operation.notes)


def test_the_hub_is_a_part_of_its_own_that_says_where_it_answers_and_whom_it_trusts() -> None:
    part = _hub()
    for text in (
        "The desktop hub answers these routes at `http://localhost:38472`, and so does `musicengine-mcp serve`",
        "as tools of the MCP server over stdio.",
        "| The desktop hub, or this program | `http://localhost:38472` |",
        "| The same under development | `http://localhost:38473` |",
        "| Protocol | REST, and server-sent events |",
        "| Format | JSON |",
        "| From the hub's own machine, over loopback | No token. |",
        "| Remote, or through a proxy | A bearer token:",
    ):
        assert part.count(text) == 1
    assert "with status 503 and the code `database_unavailable`; `GET /api/info` then says what is wrong" in part


def test_the_hubs_routes_are_listed_by_area_and_documented_there() -> None:
    part = _hub()
    for area in HUB.areas:
        section = part.partition(f"\n## {area.title}\n")[2].partition("\n## ")[0]
        for operation in HUB.operations:
            listed = f"- [`{operation.route}`](#{operation.name}): {operation.summary}\n"
            assert (listed in section) == (operation.area is area.area)
            assert (f"\n### {operation.name}\n" in section) == (operation.area is area.area)


def test_errors_of_the_hub_alone_are_listed_with_the_hub_alone() -> None:
    before = TEXT.removesuffix(_hub())
    for error in HUB.errors:
        assert f"| {error.status} | `{error.code}` | {error.default_message} |" in _hub()
        assert f"`{error.code}`" not in before
        assert f'"{error.code}"' not in before
    errors = _hub().partition("### Music Hub: errors")[2].partition("\n## ")[0]
    for theirs in ("unauthorized", "rate_limited", "track_not_found", "storage_full", "not_published"):
        assert f"| `{theirs}` |" not in errors
    assert "| 409 |" not in before


def test_a_stale_revisions_body_shows_that_the_present_state_comes_along() -> None:
    assert f"```json\n{json.dumps(StaleRevision().body(), indent=2)}\n```" in _hub()
    assert StaleRevision().body()["current"] == {}
    assert StaleRevision({"revision": 8}).body()["current"] == {"revision": 8}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("list_tracks", "| `limit` | query | integer | no | `50` | 1 to 500 | Maximum number of rows to return. |"),
        ("list_tracks", "| `offset` | query | integer | no | `0` | 0 to 10000000 | Zero-based pagination offset. |"),
        (
            "get_streams",
            "| `days` | query | integer | no | `30` | 1 to 365 | How many most-recent daily rows to return. |",
        ),
        (
            "get_overview",
            "| `date` | query | string (date) | no | since 1900 | Optional historical day in YYYY-MM-DD format.",
        ),
        ("get_track", "| `isrc` | path | string | yes | matches `^[A-Za-z]{2}"),
        ("get_track", "| `data.upc` | string or null | UPC (12 digits) or EAN (13 digits) of the release. |"),
        ("get_streams", "| `data.historical_data[].apple_streams` | integer or null | Streams on Apple Music;"),
        (
            "import_browser_profile",
            "| `name` | string | yes | 1 to 200 characters, readable | Human-readable profile name. |",
        ),
        ("import_browser_profile", "| `cookies` | array of objects | yes | 1 to 3000 items |"),
        (
            "import_browser_profile",
            "| `cookies[].domain` | string | yes | at least 1 character, no control characters |",
        ),
        (
            "search_library",
            "| `remember` | query | boolean | no | `true` |  | Whether to keep it in the history of searches. |",
        ),
        (
            "list_playlists",
            "| `sort` | query | string | no | `name` | `name` or `updated` | By name, or the last changed first. |",
        ),
        (
            "get_movers",
            "| `end` | string (date) | no |  | since 1900 | Last day, YYYY-MM-DD; default: latest with data. |",
        ),
    ],
)
def test_a_row_shows_place_type_need_default_bounds_and_meaning(name: str, row: str) -> None:
    [operation] = [operation for operation in OPERATIONS if operation.name == name]
    assert row in markdown_operation(operation, system_of(operation))


def test_a_request_body_is_shown_in_full() -> None:
    body = json.dumps(IMPORT_BROWSER_PROFILE.example.request, indent=2)
    assert f"```json\n{body}\n```" in markdown_operation(IMPORT_BROWSER_PROFILE, MUSICENGINE)


@each_for_agents
def test_what_only_agents_reach_is_told_apart_and_has_no_http_snippets(operation: Operation[Any, Any]) -> None:
    text = markdown_operation(operation, system_of(operation))
    assert "For agents only; no published route." in text
    assert BASE_URL not in text
    assert "curl" not in text
    assert TEXT.index("## For agents only") < TEXT.index(f"### {operation.name}\n")


def test_without_operations_for_agents_there_is_no_section_for_them() -> None:
    published = tuple(operation for operation in MUSICENGINE.operations if operation.route)
    assert "## For agents only" not in markdown_reference((replace(MUSICENGINE, operations=published),))


def test_the_map_lists_published_routes_and_internal_route_families() -> None:
    coverage = TEXT.partition("## Published surface coverage")[2].partition("\n## ")[0]
    for area in AREAS:
        card = coverage.partition(f"### {area.title}\n")[2].partition("\n### ")[0]
        for part in (area.standing, area.description, area.boundary, *area.product_can, *area.internal_routes):
            assert part in card
        for operation in PUBLISHED:
            assert (f"[`{operation.route}`]" in card) == (operation.area is area.area)
    assert "No stable API-key routes are published for this area yet." in coverage


def test_the_limits_and_their_headers_are_stated() -> None:
    assert "| Standard read routes | 300 requests per 60 seconds |" in TEXT
    assert "| Write routes | 60 requests per 60 seconds |" in TEXT
    for header in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"):
        assert f"| `{header}` |" in TEXT


@pytest.mark.parametrize(
    "text",
    [
        (
            "Every published endpoint authenticates the presented API key, resolves the owning MusicEngine workspace, "
            "and scopes reads or writes to that workspace before any data access happens."
        ),
        (
            "MusicEngine stores only a SHA-256 hash of each developer API key. The raw key is shown once at creation "
            "time and cannot be recovered later."
        ),
        (
            "Imported browser cookies are encrypted at rest with per-user keys. The public import endpoint refuses "
            "requests if encryption is not configured."
        ),
        "Limits are enforced against a stable request principal instead of only the caller IP.",
        "Only the endpoints documented here are part of the stable public agent contract.",
        "Raw keys are shown once and cannot be recovered later.",
        "| 200 / 201 | Success. The request completed successfully. |",
        "| 401 | Unauthorized. The Authorization header is missing or the API key is invalid. |",
        "| 500 | Internal Server Error. MusicEngine failed while processing the request. |",
    ],
)
def test_the_security_posture_and_the_errors_are_in_the_words_of_the_reference(text: str) -> None:
    assert text in TEXT


@pytest.mark.parametrize("error", family(), ids=lambda error: error.code)
def test_every_error_has_a_row_and_a_body(error: Any) -> None:
    theirs = error not in codes_of(MUSICENGINE) and error in codes_of(HUB)
    heading = "### Music Hub: errors" if theirs else "## Standard errors"
    section = TEXT.partition(heading)[2].partition("\n## ")[0]
    assert f"| {error.status} | `{error.code}` | {error.default_message} |" in section
    assert f"```json\n{json.dumps(error().body(), indent=2)}\n```" in section


def _hub() -> str:
    return TEXT[TEXT.index("\n## Music Hub\n") :]


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", _prose(text), re.MULTILINE)


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def _heading_id(heading: str) -> str:
    """GitHub's rule: letters, digits, hyphens and underscores stay, a space becomes a hyphen, the rest goes."""
    return "".join("-" if c == " " else c.lower() for c in heading if c.isalnum() or c in " -_")
