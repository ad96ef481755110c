"""The HTML reference: complete, linked to itself, and made of nothing but itself."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from contract.errors import family
from contract.hub.about import HUB
from contract.musicengine import BASE_URL
from contract.musicengine.about import MUSICENGINE
from contract.musicengine.catalogue import LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.musicengine.surface_map import AREAS
from contract.operation import Example, Operation
from contract.publish.fields import answer_fields, body_fields, parameters
from contract.publish.html import html_reference, html_security_policy
from contract.publish.html_parts import raw_text
from contract.publish.markdown import markdown_reference
from contract.publish.snippets import snippets
from contract.systems import OPERATIONS, SYSTEMS, system_of

VOID = {"input", "link", "meta", "path"}
HOSTILE = "</p></style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"


class Page(HTMLParser):
    """What a page holds, and what it says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.blocks: dict[str, list[str]] = {"pre": [], "style": [], "script": []}
        self.said = ""
        self.unclosed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.unclosed.append(tag)
        if tag in self.blocks:
            self.blocks[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in {"pre", "style", "script"}.intersection(self.unclosed):
            self.blocks[tag][-1] += data
        if not {"style", "script"}.intersection(self.unclosed):
            self.said += data

    def of(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


TEXT = html_reference(SYSTEMS)
PAGE = Page(TEXT)
PUBLISHED = [operation for operation in OPERATIONS if operation.route]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
each_published = pytest.mark.parametrize("operation", PUBLISHED, ids=lambda operation: operation.name)


def test_the_first_line_is_the_doctype_and_names_the_command_that_writes_it() -> None:
    assert re.fullmatch(r"<!doctype html> <!-- .*`musicengine-mcp docs --write`.* -->", TEXT.splitlines()[0])


def test_the_same_operations_make_the_same_page() -> None:
    assert html_reference(list(SYSTEMS)) == TEXT


def test_the_page_is_small() -> None:
    assert len(html_reference((MUSICENGINE,)).encode()) < 165_000
    assert len(TEXT.encode()) < 150_000 + 20_000 * len(HUB.operations)


def test_every_element_is_closed() -> None:
    assert PAGE.unclosed == []


@each_operation
def test_every_field_that_goes_in_or_comes_back_has_an_address(operation: Operation[Any, Any]) -> None:
    name = operation.name
    sent = [*parameters(operation), *(body_fields(operation) if operation.route else ())]
    assert name in PAGE.ids
    assert {f"{name}.{field.place}.{field.name.replace('[]', '')}" for field in sent} <= set(PAGE.ids)
    answered = {f"{name}.response.{field.name.replace('[]', '')}" for field in answer_fields(operation)}
    assert answered or operation.is_raw
    assert answered <= set(PAGE.ids)


@pytest.mark.parametrize(
    "address",
    [
        "list_tracks.query.limit",
        "get_streams.path.isrc",
        "import_browser_profile.body.cookies.domain",
        "find_tracks.argument.query",
        "list_tracks.response.pagination.has_more",
        "list_tracks.parameters",
        "get_track.error.track_not_found",
        "error.track_not_found",
        "catalogue-and-dashboard",
        "music-hub",
        "hub-playlists",
        "error.stale_revision",
    ],
)
def test_addresses_that_others_link_to_stay(address: str) -> None:
    assert address in PAGE.ids


def test_every_error_has_an_address_and_its_body() -> None:
    bodies = _values(PAGE)
    for error in family():
        assert f"error.{error.code}" in PAGE.ids
        assert error().body() in bodies


@each_published
def test_an_operation_names_each_error_that_it_answers(operation: Operation[Any, Any]) -> None:
    named = {identity for identity in PAGE.ids if identity.startswith(f"{operation.name}.error.")}
    assert named == {f"{operation.name}.error.{error.code}" for error in operation.all_errors}


@each_published
def test_every_snippet_is_there_to_be_copied_unchanged(operation: Operation[Any, Any]) -> None:
    for snippet in snippets(operation, system_of(operation)):
        assert snippet.text in PAGE.blocks["pre"]


@each_operation
def test_the_examples_of_requests_and_answers_are_there(operation: Operation[Any, Any]) -> None:
    values = _values(PAGE)
    if "application/json" in operation.media_types:
        assert dict(operation.example.response) in values
    if operation.route is None or operation.body_fields:
        sent = operation.body_fields if operation.route else operation.example.request
        request = operation.example.request
        assert {name: request[name] for name in sent if name in request} in values


def test_everything_that_the_markdown_says_is_said() -> None:
    said = _bare(PAGE.said)
    facts = [fact for fact in _facts(markdown_reference(SYSTEMS)) if _bare(fact) not in said]
    assert facts == []


def test_every_code_block_of_the_markdown_is_there() -> None:
    blocks = re.findall(r"^```\w+\n(.*?)\n```$", markdown_reference(SYSTEMS), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 40
    assert set(blocks) <= set(PAGE.blocks["pre"])


def test_the_headings_of_the_markdown_keep_their_anchors() -> None:
    prose = re.sub(r"^```.*?^```$", "", markdown_reference(SYSTEMS), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert len(anchors) > 15
    assert anchors <= set(PAGE.ids)


def test_the_map_says_of_each_area_what_is_published_and_what_is_not() -> None:
    for area in AREAS:
        for part in (area.title, area.standing, area.description, area.boundary, *area.product_can):
            assert part in PAGE.said
        assert all(f"<code>{route}</code>" in TEXT for route in area.internal_routes)


def test_the_contents_lead_through_the_hub_by_area_in_the_order_of_the_page() -> None:
    contents = TEXT.partition("<nav")[2].partition("</nav>")[0]
    links = re.findall(r'href="#([^"]+)"', contents)
    assert [PAGE.ids.index(link) for link in links] == sorted(PAGE.ids.index(link) for link in links)
    for area in {operation.area for operation in HUB.operations}:
        [title] = [card.title for card in HUB.areas if card.area is area]
        start = links.index(title.lower().replace(" ", "-")) + 1
        names = [operation.name for operation in HUB.operations if operation.area is area]
        assert links[start : start + len(names)] == names


@pytest.mark.parametrize("operation", HUB.operations, ids=lambda operation: operation.name)
def test_an_operation_of_the_hub_says_if_it_is_ours(operation: Operation[Any, Any]) -> None:
    section = TEXT.partition(f'<h3 id="{operation.name}">')[2].partition("</article>")[0]
    assert section
    assert ("An addition of this project" in section) is not operation.in_reference
    assert "isrc_live" not in section


def test_ids_are_unique() -> None:
    assert len(PAGE.ids) == len(set(PAGE.ids))


def test_every_link_within_the_page_has_a_target() -> None:
    targets = [attributes["href"][1:] for attributes in PAGE.of("a") if attributes["href"].startswith("#")]
    assert len(targets) > 150
    assert set(targets) <= set(PAGE.ids)


def test_every_label_has_its_control() -> None:
    assert {attributes["for"] for attributes in PAGE.of("label")} == {
        attributes["id"] for attributes in PAGE.of("input")
    }


def test_there_is_one_title_and_no_level_of_headings_is_skipped() -> None:
    levels = [int(tag[1]) for tag, _ in PAGE.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_has_a_language_landmarks_and_a_way_past_the_contents() -> None:
    assert PAGE.of("html") == [{"lang": "en", "data-service": BASE_URL}]
    assert [len(PAGE.of(tag)) for tag in ("header", "nav", "main")] == [1, 1, 1]
    assert PAGE.of("a")[0]["href"] == f"#{PAGE.of('main')[0]['id']}"
    assert all(attributes["scope"] in {"col", "row"} for attributes in PAGE.of("th"))


def test_the_policy_allows_exactly_the_inline_style_and_script() -> None:
    policy = dict(directive.split(" ", 1) for directive in html_security_policy().split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": _hash(*PAGE.blocks["style"]),
        "script-src": _hash(*PAGE.blocks["script"]),
        "img-src": "data:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_nothing_is_fetched_and_no_attribute_holds_style_or_script() -> None:
    for tag, attributes in PAGE.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        assert not {"src", "srcset", "data", "action", "poster"} & set(attributes)
        if tag != "a":
            assert attributes.get("href", "data:").startswith("data:")
        assert not attributes.get("href", "").startswith("javascript:")
    assert not re.search(r"url\(|@import|@font-face", PAGE.blocks["style"][0])
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(", PAGE.blocks["script"][0])


def test_nothing_that_a_script_must_bring_to_life_is_in_the_page() -> None:
    assert PAGE.of("button", "dialog", "template", "form") == []
    assert not [attributes for _, attributes in PAGE.elements if "hidden" in attributes]


def test_the_texts_of_an_operation_never_become_markup() -> None:
    hostile = replace(
        LIST_TRACKS,
        summary=HOSTILE,
        description=HOSTILE,
        response_description=HOSTILE,
        notes=(HOSTILE,),
        example=Example(request={"limit": HOSTILE}, response={HOSTILE: HOSTILE}),
    )
    page = Page(html_reference((replace(MUSICENGINE, operations=(hostile, IMPORT_BROWSER_PROFILE)),)))
    plain = Page(html_reference((replace(MUSICENGINE, operations=(LIST_TRACKS, IMPORT_BROWSER_PROFILE)),)))
    assert page.unclosed == []
    assert page.said.count(HOSTILE) == 5  # the summary heads the operation and stands in the overview
    assert json.dumps({HOSTILE: HOSTILE}, indent=2) in page.blocks["pre"]
    assert len(page.blocks["script"]) == 1
    assert page.of("img") == []
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}


def test_a_hostile_name_never_becomes_markup() -> None:
    page = Page(html_reference((replace(MUSICENGINE, operations=(replace(LIST_TRACKS, name=HOSTILE),)),)))
    assert len(page.blocks["script"]) == 1
    assert page.of("img") == []
    assert f"{HOSTILE}.code.shell" in page.ids


@pytest.mark.parametrize("text", ["a</script>b", "</STYLE>", "<!--"])
def test_a_style_or_script_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="would end it"):
        raw_text("script", text)


def _values(page: Page) -> list[Any]:
    values: list[Any] = []
    for text in page.blocks["pre"]:
        try:
            values.append(json.loads(text))
        except ValueError:
            continue
    return values


def _facts(markdown: str) -> list[str]:
    """Its prose, line by line, and its tables, cell by cell; a cell that says yes or no is not a fact by itself."""
    prose = re.sub(r"^```.*?^```$|^<!--.*?-->$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    rows = [line for line in prose.splitlines() if line.startswith("| ")]
    cells = [cell for row in rows for cell in re.split(r"(?<!\\) \| ", row.strip("| ")) if cell not in {"yes", "no"}]
    heads = {"---", "Name", "In", "Type", "Required", "Default", "Bounds", "Description", "Field", "Code", "Message"}
    texts = [line for line in prose.splitlines() if line and not line.startswith("| ")]
    facts = [cell for cell in cells if cell not in heads] + texts
    # The page has radio buttons where the Markdown has this title.
    return [fact for fact in facts if fact not in {"**Code examples**", "Example:"}]


def _bare(text: str) -> str:
    """Letters and digits without marks, so that both formats may set the same words in their own way."""
    text = re.sub(r"\]\(#?[^)]*\)(?:, for agents only)?", "", text)
    return re.sub(r"[\W_]+", "", text).lower()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
