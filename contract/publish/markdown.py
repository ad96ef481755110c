"""The whole reference in Markdown; one operation's section is in `contract.publish.markdown_operation`."""

from collections.abc import Iterable

from contract.errors import ContractError
from contract.musicengine import BASE_URL
from contract.musicengine.about import (
    AUTHORIZATION,
    DESCRIPTION,
    DISCOVERY,
    RATE_LIMIT_HEADERS,
    SECURITY,
    TITLE,
    VERSION,
)
from contract.musicengine.surface_map import AREAS, SurfaceArea
from contract.publish.anchors import anchor
from contract.publish.general import (
    AGENTS_ONLY,
    ERROR_BODY,
    HONOR_HEADERS,
    KEYS,
    NOTHING_PUBLISHED,
    OWN_CODES,
    SURFACE_COVERAGE,
    Operations,
    own_codes,
    published_and_agents_only,
    published_codes,
    rate_limits,
    statuses,
)
from contract.publish.markdown_operation import markdown_operation
from contract.publish.markdown_parts import WRITTEN_BY, blocks, bullets, json_block, table

__all__ = ["markdown_operation", "markdown_reference"]


def markdown_reference(operations: Operations) -> str:
    """The reference: what holds for the whole API, the map of what is published, then every operation."""
    published, agents_only = published_and_agents_only(operations)
    return (
        blocks(
            f"{WRITTEN_BY}\n\n# {TITLE}",
            f"{DESCRIPTION} Contract version {VERSION}; base address `{BASE_URL}`.",
            _contents(published, agents_only),
            _authentication(),
            _rate_limits(published),
            _discovery(),
            _surface_map(published),
            blocks("## Security posture", *(f"**{item.title}.** {item.description}" for item in SECURITY)),
            _errors(published),
            blocks("## Endpoint reference", *(markdown_operation(operation, level=3) for operation in published)),
            _agents_section(agents_only),
        )
        + "\n"
    )


def _contents(published: Operations, agents_only: Operations) -> str:
    routes = [f"[`{operation.route}`](#{anchor(operation.name)}): {operation.summary}" for operation in published]
    tools = [f"[`{operation.name}`](#{anchor(operation.name)}), for agents only" for operation in agents_only]
    return bullets(routes + tools)


def _authentication() -> str:
    return blocks("## Authentication", f"```http\n{AUTHORIZATION}\n```", KEYS)


def _rate_limits(published: Operations) -> str:
    headers = [(f"`{header.name}`", header.description) for header in RATE_LIMIT_HEADERS]
    return blocks(
        "## Rate limits",
        table(("Routes", "Limit"), rate_limits(published)),
        HONOR_HEADERS,
        table(("Header", "Meaning"), headers),
    )


def _discovery() -> str:
    links = (f"[{item.title}]({item.url}): {item.description}" for item in DISCOVERY)
    return blocks("## Agent discovery resources", bullets(links))


def _surface_map(published: Operations) -> str:
    return blocks(
        "## Published surface coverage",
        SURFACE_COVERAGE,
        *(_area(area, [operation for operation in published if operation.area is area.area]) for area in AREAS),
    )


def _area(area: SurfaceArea, published: Operations) -> str:
    routes = [f"[`{operation.route}`](#{anchor(operation.name)})" for operation in published]
    return blocks(
        f"### {area.title}",
        f"**{area.standing}.** {area.description}",
        "Published routes:" if routes else NOTHING_PUBLISHED,
        bullets(routes),
        "What the signed-in product can do:" if area.product_can else "",
        bullets(area.product_can),
        "Internal route families, not published:" if area.internal_routes else "",
        bullets(f"`{route}`" for route in area.internal_routes),
        area.boundary,
    )


def _errors(published: Operations) -> str:
    return blocks(
        "## Standard errors",
        table(("Status", "Meaning"), statuses()),
        ERROR_BODY,
        "### Codes of the published routes",
        *_codes(published_codes(published)),
        "### Codes of this program alone",
        OWN_CODES,
        *_codes(own_codes(published)),
    )


def _codes(errors: list[type[ContractError]]) -> Iterable[str]:
    rows = ((str(error.status), f"`{error.code}`", error.default_message) for error in errors)
    yield table(("Status", "Code", "Message"), rows)
    yield from (json_block(error().body()) for error in errors)


def _agents_section(agents_only: Operations) -> str:
    sections = [markdown_operation(operation, level=3) for operation in agents_only]
    return blocks("## For agents only", AGENTS_ONLY, *sections) if sections else ""
