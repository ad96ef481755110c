"""The whole reference in Markdown; one operation's section is in `contract.publish.markdown_operation`."""

from collections.abc import Sequence

from contract.publish.anchors import anchor
from contract.publish.general import (
    AGENTS_ONLY,
    ERROR_BODY,
    NOTHING_PUBLISHED,
    OWN_CODES,
    Operations,
    codes_of,
    own_codes,
    published_and_agents_only,
    rate_limits,
    statuses,
)
from contract.publish.markdown_operation import markdown_operation
from contract.publish.markdown_parts import WRITTEN_BY, blocks, bullets, codes, table
from contract.publish.markdown_system import markdown_system
from contract.system import SurfaceArea, System

__all__ = ["markdown_operation", "markdown_reference"]


def markdown_reference(systems: Sequence[System]) -> str:
    """The reference: of the first system what holds for all of it, the map of what is published, and every operation.

    Each further system follows as a part of its own.
    """
    first, *others = systems
    published, agents_only = published_and_agents_only(first.operations)
    return (
        blocks(
            f"{WRITTEN_BY}\n\n# {first.title}",
            f"{first.description} Contract version {first.version}; base address `{first.base_url}`.",
            _contents(published, agents_only, others),
            _authentication(first),
            _rate_limits(first, published),
            _discovery(first),
            _surface_map(first, published),
            blocks("## Security posture", *(f"**{item.title}.** {item.description}" for item in first.security)),
            _errors(systems),
            blocks("## Endpoint reference", *(markdown_operation(o, first, level=3) for o in published)),
            _agents_section(agents_only, first),
            *(markdown_system(system, described=codes_of(first)) for system in others),
        )
        + "\n"
    )


def _contents(published: Operations, agents_only: Operations, others: Sequence[System]) -> str:
    routes = [f"[`{operation.route}`](#{anchor(operation.name)}): {operation.summary}" for operation in published]
    tools = [f"[`{operation.name}`](#{anchor(operation.name)}), for agents only" for operation in agents_only]
    parts = [f"[{system.title}](#{anchor(system.title)}): {system.summary}" for system in others]
    return bullets(routes + tools + parts)


def _authentication(system: System) -> str:
    header = f"```http\n{system.bearer.header}\n```" if system.bearer.header else ""
    return blocks("## Authentication", header, system.authentication)


def _rate_limits(system: System, published: Operations) -> str:
    headers = [(f"`{header.name}`", header.description) for header in system.limit_headers]
    return blocks(
        "## Rate limits",
        table(("Routes", "Limit"), rate_limits(published)),
        system.limits,
        table(("Header", "Meaning"), headers),
    )


def _discovery(system: System) -> str:
    links = (f"[{item.title}]({item.url}): {item.description}" for item in system.discovery)
    return blocks("## Agent discovery resources", bullets(links))


def _surface_map(system: System, published: Operations) -> str:
    return blocks(
        "## Published surface coverage",
        system.coverage,
        *(_area(area, [operation for operation in published if operation.area is area.area]) for area in system.areas),
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


def _errors(systems: Sequence[System]) -> str:
    published, own = codes_of(systems[0]), own_codes(systems)
    return blocks(
        "## Standard errors",
        table(("Status", "Meaning"), statuses(systems[0], published + own)),
        ERROR_BODY,
        "### Codes of the published routes",
        *codes(published),
        "### Codes of this program alone",
        OWN_CODES,
        *codes(own),
    )


def _agents_section(agents_only: Operations, system: System) -> str:
    sections = [markdown_operation(operation, system, level=3) for operation in agents_only]
    return blocks("## For agents only", AGENTS_ONLY, *sections) if sections else ""
