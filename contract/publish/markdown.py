"""The whole reference in Markdown; one operation's section is in `contract.publish.markdown_operation`."""

from collections.abc import Iterable
from typing import Any

from contract.errors import ContractError, family
from contract.musicengine import BASE_URL
from contract.musicengine.about import (
    AUTHORIZATION,
    BOUNDARY,
    DESCRIPTION,
    DISCOVERY,
    RESPONSE_HEADERS,
    SECURITY,
    SUCCESS,
    TITLE,
    VERSION,
)
from contract.musicengine.surface_map import AREAS, SurfaceArea
from contract.operation import Effect, Operation, Surface
from contract.publish.anchors import anchor
from contract.publish.markdown_operation import markdown_operation
from contract.publish.markdown_parts import WRITTEN_BY, blocks, bullets, json_block, table

__all__ = ["markdown_operation", "markdown_reference"]

Operations = Iterable[Operation[Any, Any]]

_AGENTS_ONLY = (
    "Agents reach these operations as tools of this MCP server. They are not part of the public API: no route is "
    "published for them, and the OpenAPI document does not list them."
)


def markdown_reference(operations: Operations) -> str:
    """The reference: what holds for the whole API, the map of what is published, then every operation."""
    known = tuple(operations)
    published = [operation for operation in known if Surface.REST in operation.surfaces]
    agents_only = [operation for operation in known if Surface.REST not in operation.surfaces]
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
    return blocks(
        "## Authentication",
        f"```http\n{AUTHORIZATION}\n```",
        "Use the Authorization header with a Bearer token generated from Settings > API Keys. Raw keys are shown once "
        "and cannot be recovered later. Generate, rotate, and revoke keys from the signed-in product settings.",
    )


def _rate_limits(published: Operations) -> str:
    names = {Effect.READ: "Standard read routes", Effect.CREATE: "Write routes"}
    limits = {names[operation.effect]: operation.rate_limit for operation in published}
    rows = [(name, f"{limit.requests} requests per {limit.seconds} seconds") for name, limit in limits.items()]
    headers = [(f"`{header.name}`", header.description) for header in RESPONSE_HEADERS]
    return blocks(
        "## Rate limits",
        table(("Routes", "Limit"), rows),
        "Mutation endpoints use the stricter policy because they trigger sensitive downstream automation work. Always "
        "honor these response headers instead of hard-coding assumptions:",
        table(("Header", "Meaning"), headers),
    )


def _discovery() -> str:
    links = (f"[{item.title}]({item.url}): {item.description}" for item in DISCOVERY)
    return blocks("## Agent discovery resources", bullets(links))


def _surface_map(published: Operations) -> str:
    return blocks(
        "## Published surface coverage",
        "MusicEngine ships more capability in the signed-in product than it exposes as a stable external contract. "
        f"{BOUNDARY}",
        *(_area(area, [operation for operation in published if operation.area is area.area]) for area in AREAS),
    )


def _area(area: SurfaceArea, published: Operations) -> str:
    routes = [f"[`{operation.route}`](#{anchor(operation.name)})" for operation in published]
    return blocks(
        f"### {area.title}",
        f"**{area.standing}.** {area.description}",
        "Published routes:" if routes else "No stable API-key routes are published for this area yet.",
        bullets(routes),
        "What the signed-in product can do:" if area.product_can else "",
        bullets(area.product_can),
        "Internal route families, not published:" if area.internal_routes else "",
        bullets(f"`{route}`" for route in area.internal_routes),
        area.boundary,
    )


def _errors(published: Operations) -> str:
    errors = family()
    meanings = {error.status: error.meaning for error in reversed(errors)}
    statuses = [("200 / 201", SUCCESS), *((str(status), meanings[status]) for status in sorted(meanings))]
    answered = {error for operation in published for error in operation.all_errors}
    return blocks(
        "## Standard errors",
        table(("Status", "Meaning"), statuses),
        "Every error has one JSON body. `code` is stable and meant for programs; `message`, `field` and `next_step` "
        "say what was wrong, where, and what helps.",
        "### Codes of the published routes",
        *_codes([error for error in errors if error in answered]),
        "### Codes of this program alone",
        "The command line and the MCP server add these, for their own database and for the remote service.",
        *_codes([error for error in errors if error not in answered]),
    )


def _codes(errors: list[type[ContractError]]) -> Iterable[str]:
    rows = ((str(error.status), f"`{error.code}`", error.default_message) for error in errors)
    yield table(("Status", "Code", "Message"), rows)
    yield from (json_block(error().body()) for error in errors)


def _agents_section(agents_only: Operations) -> str:
    sections = [markdown_operation(operation, level=3) for operation in agents_only]
    return blocks("## For agents only", _AGENTS_ONLY, *sections) if sections else ""
