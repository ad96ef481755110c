"""A further system in the Markdown reference: what holds for the whole of it, then its areas with their operations."""

from collections.abc import Collection

from contract.errors import ContractError
from contract.publish.anchors import anchor
from contract.publish.general import Operations, addresses, areas_of, codes_of, statuses
from contract.publish.markdown_operation import markdown_operation
from contract.publish.markdown_parts import blocks, bullets, codes, table
from contract.system import SurfaceArea, System

__all__ = ["markdown_system"]


def markdown_system(system: System, *, described: Collection[type[ContractError]]) -> str:
    """The system's part of the reference; of errors that are described before it, the bodies are left out."""
    areas = areas_of(system)
    return blocks(
        f"## {system.title}",
        system.description,
        system.standing,
        table(("Default", "Value"), [*addresses(system), *system.defaults]),
        bullets(f"[{area.title}](#{anchor(area.title)}): {area.description}" for area, _ in areas),
        f"### {system.title}: who may call",
        system.authentication,
        table(("Caller", "What the call carries"), system.callers),
        f"### {system.title}: errors",
        table(("Status", "Meaning"), statuses(system, codes_of(system))),
        system.failures,
        *codes(codes_of(system), described=described),
        *(_area(area, operations, system) for area, operations in areas),
    )


def _area(area: SurfaceArea, operations: Operations, system: System) -> str:
    routes = (f"[`{operation.route}`](#{anchor(operation.name)}): {operation.summary}" for operation in operations)
    sections = (markdown_operation(operation, system, level=3) for operation in operations)
    return blocks(f"## {area.title}", area.description, bullets(routes), *sections)
