"""The sections of the HTML page that hold for the whole API."""

from contract.musicengine import BASE_URL
from contract.musicengine.about import (
    AUTHORIZATION,
    DESCRIPTION,
    DISCOVERY,
    RATE_LIMIT_HEADERS,
    SECURITY,
    TITLE,
    VERSION,
    Discovery,
)
from contract.musicengine.surface_map import AREAS, SurfaceArea
from contract.publish.anchors import anchor
from contract.publish.general import (
    ERROR_BODY,
    HONOR_HEADERS,
    KEYS,
    NOTHING_PUBLISHED,
    OWN_CODES,
    SURFACE_COVERAGE,
    Operations,
    own_codes,
    published_codes,
    rate_limits,
    statuses,
)
from contract.publish.html_code import code_block
from contract.publish.html_errors import code_list
from contract.publish.html_operation import split
from contract.publish.html_parts import Html, bullets, element, heading, joined, lines, link, prose, route, table

__all__ = [
    "authentication",
    "discovery",
    "errors",
    "introduction",
    "rate_limiting",
    "section",
    "security",
    "surface_map",
]


def section(title: str, *parts: str) -> Html:
    """A section under a heading of the second level; its id is the anchor of the Markdown's heading."""
    return element("section", "\n", lines(heading(2, title, anchor(title)), *parts), "\n")


def introduction() -> Html:
    """What the page is about, and the forms in which a program reads the same."""
    facts = (("Contract version", VERSION), ("Base address", f"`{BASE_URL}`"))
    labels = (element("div", element("dt", label), " ", element("dd", prose(value))) for label, value in facts)
    forms = (element("a", item.title, href=item.url) for item in DISCOVERY)
    return element(
        "div",
        heading(1, TITLE, anchor(TITLE)),
        element("p", prose(DESCRIPTION), class_="lead"),
        element("dl", *labels, class_="facts"),
        element("p", joined(forms, " "), class_="forms"),
        class_="introduction",
    )


def authentication() -> Html:
    """How to send a key."""
    return section(
        "Authentication",
        split(element("p", prose(KEYS)), code_block("Header of every request", "http", AUTHORIZATION)),
    )


def rate_limiting(published: Operations) -> Html:
    """How often one may call, and the headers that say so."""
    headers = ((element("code", header.name), prose(header.description)) for header in RATE_LIMIT_HEADERS)
    return section(
        "Rate limits",
        table("Rate limits", ("Routes", "Limit"), rate_limits(published)),
        element("p", prose(HONOR_HEADERS)),
        table("Headers of the rate limits", ("Header", "Meaning"), headers),
    )


def surface_map(published: Operations) -> Html:
    """What is published of each area of the product, and what is not."""
    areas = (_area(area, [operation for operation in published if operation.area is area.area]) for area in AREAS)
    return section("Published surface coverage", element("p", prose(SURFACE_COVERAGE)), *areas)


def security() -> Html:
    """The promises."""
    items = (element("div", element("dt", item.title), element("dd", prose(item.description))) for item in SECURITY)
    return section("Security posture", element("dl", lines(*items), class_="posture"))


def errors(published: Operations) -> Html:
    """Statuses, then every code with its body."""
    return section(
        "Standard errors",
        table("Statuses", ("Status", "Meaning"), ((status, prose(meaning)) for status, meaning in statuses())),
        element("p", prose(ERROR_BODY)),
        _codes("Codes of the published routes", code_list(published_codes(published))),
        _codes("Codes of this program alone", element("p", prose(OWN_CODES)), code_list(own_codes(published))),
    )


def discovery() -> Html:
    """Where agents and tools start."""
    return section("Agent discovery resources", bullets((_resource(item) for item in DISCOVERY), "resources"))


def _area(area: SurfaceArea, published: Operations) -> Html:
    is_open = bool(published) and not area.internal_routes
    standing = element("p", f"{area.standing}.", class_="standing published" if is_open else "standing")
    text = lines(
        heading(3, area.title, anchor(area.title)),
        standing,
        element("p", prose(area.description)),
        element("p", prose(area.boundary)),
    )
    routes = (link(anchor(operation.name), route(operation.route or "")) for operation in published)
    lists = lines(
        _listed("Published routes", bullets(routes, "routes")) or element("p", NOTHING_PUBLISHED),
        _listed("What the signed-in product can do", bullets(prose(can) for can in area.product_can)),
        _listed(
            "Internal route families, not published",
            bullets((element("code", internal) for internal in area.internal_routes), "routes"),
        ),
    )
    return element("div", split(text, lists), class_="area")


def _listed(title: str, items: Html) -> Html:
    return lines(element("h4", title), items) if items else Html()


def _codes(title: str, *parts: Html) -> Html:
    return lines(heading(3, title, anchor(title)), *parts)


def _resource(item: Discovery) -> Html:
    return joined((element("a", item.title, href=item.url), element("p", prose(item.description))))
