"""The sections of the HTML page that hold for the whole of the first system."""

from collections.abc import Sequence

from contract.publish.anchors import anchor
from contract.publish.general import (
    ERROR_BODY,
    NOTHING_PUBLISHED,
    OWN_CODES,
    Operations,
    codes_of,
    own_codes,
    rate_limits,
    statuses,
)
from contract.publish.html_code import code_block
from contract.publish.html_errors import code_list, status_table
from contract.publish.html_operation import split
from contract.publish.html_parts import (
    Html,
    bullets,
    element,
    heading,
    joined,
    lines,
    link,
    prose,
    route,
    section,
    table,
)
from contract.system import Discovery, SurfaceArea, System

__all__ = [
    "authentication",
    "discovery",
    "errors",
    "introduction",
    "rate_limiting",
    "security",
    "surface_map",
]


def introduction(system: System, others: Sequence[System]) -> Html:
    """What the page is about, the forms in which a program reads the same, and what else is on it."""
    facts = (("Contract version", system.version), ("Base address", f"`{system.base_url}`"))
    labels = (element("div", element("dt", label), " ", element("dd", prose(value))) for label, value in facts)
    forms = (element("a", item.title, href=item.url) for item in system.discovery)
    return element(
        "div",
        heading(1, system.title, anchor(system.title)),
        element("p", prose(system.description), class_="lead"),
        element("dl", *labels, class_="facts"),
        element("p", joined(forms, " "), class_="forms"),
        *(
            element("p", link(anchor(other.title), other.title), f": {other.summary}", class_="also")
            for other in others
        ),
        class_="introduction",
    )


def authentication(system: System) -> Html:
    """How to send a key."""
    header = code_block("Header of every request", "http", system.bearer.header) if system.bearer.header else Html()
    return section("Authentication", split(element("p", prose(system.authentication)), header))


def rate_limiting(system: System, published: Operations) -> Html:
    """How often one may call, and the headers that say so."""
    headers = ((element("code", header.name), prose(header.description)) for header in system.limit_headers)
    return section(
        "Rate limits",
        table("Rate limits", ("Routes", "Limit"), rate_limits(published)),
        element("p", prose(system.limits)),
        table("Headers of the rate limits", ("Header", "Meaning"), headers),
    )


def surface_map(system: System, published: Operations) -> Html:
    """What is published of each area of the product, and what is not."""
    areas = (
        _area(area, [operation for operation in published if operation.area is area.area]) for area in system.areas
    )
    return section("Published surface coverage", element("p", prose(system.coverage)), *areas)


def security(system: System) -> Html:
    """The promises."""
    items = (
        element("div", element("dt", item.title), element("dd", prose(item.description))) for item in system.security
    )
    return section("Security posture", element("dl", lines(*items), class_="posture"))


def errors(systems: Sequence[System]) -> Html:
    """Statuses, then every code with its body."""
    published, own = codes_of(systems[0]), own_codes(systems)
    return section(
        "Standard errors",
        status_table("Statuses", statuses(systems[0], published + own)),
        element("p", prose(ERROR_BODY)),
        _codes("Codes of the published routes", code_list(published)),
        _codes("Codes of this program alone", element("p", prose(OWN_CODES)), code_list(own)),
    )


def discovery(system: System) -> Html:
    """Where agents and tools start."""
    return section("Agent discovery resources", bullets((_resource(item) for item in system.discovery), "resources"))


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
