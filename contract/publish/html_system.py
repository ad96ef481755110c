"""A further system on the HTML page: what holds for the whole of it, then its areas with their operations."""

from collections.abc import Collection

from contract.errors import ContractError
from contract.publish.anchors import anchor
from contract.publish.general import Operations, addresses, areas_of, codes_of, statuses
from contract.publish.html_errors import code_list, status_table
from contract.publish.html_operation import html_operation
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
from contract.system import SurfaceArea, System

__all__ = ["html_system", "overview", "parts_of"]


def html_system(system: System, *, described: Collection[type[ContractError]]) -> Html:
    """The system's part of the page; errors that are described before it lead there."""
    areas = areas_of(system)
    who_may_call, errors = parts_of(system)
    defaults = ((label, prose(value)) for label, value in (*addresses(system), *system.defaults))
    contents = (joined((link(anchor(area.title), area.title), prose(area.description)), ": ") for area, _ in areas)
    callers = ((caller, prose(carries)) for caller, carries in system.callers)
    introduction = section(
        system.title,
        element("p", prose(system.description), class_="lead"),
        element("p", prose(system.standing)),
        table(f"Defaults of the {system.title}", ("Default", "Value"), defaults, class_="table wordy"),
        bullets(contents),
        heading(3, who_may_call, anchor(who_may_call)),
        element("p", prose(system.authentication)),
        table(who_may_call, ("Caller", "What the call carries"), callers, class_="table wordy"),
        heading(3, errors, anchor(errors)),
        status_table(f"Statuses of the {system.title}", statuses(system, codes_of(system))),
        element("p", prose(system.failures)),
        code_list(codes_of(system), described=described),
    )
    return lines(introduction, *(_area(area, operations, system) for area, operations in areas))


def parts_of(system: System) -> tuple[str, str]:
    """The headings of what holds for the whole of the system."""
    return f"{system.title}: who may call", f"{system.title}: errors"


def overview(operations: Operations) -> Html:
    """Links to the operations, with what each does."""
    items = (link(anchor(o.name), route(o.route or ""), " ", element("span", o.summary)) for o in operations)
    return bullets(items, "overview")


def _area(area: SurfaceArea, operations: Operations, system: System) -> Html:
    sections = (html_operation(operation, system) for operation in operations)
    return section(area.title, element("p", prose(area.description)), overview(operations), *sections)
