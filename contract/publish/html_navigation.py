"""The contents beside the page, or behind a button where there is no room beside it."""

from collections.abc import Iterator, Sequence
from typing import Any

from contract.operation import Operation, Surface
from contract.publish.anchors import anchor
from contract.publish.general import Operations, areas_of
from contract.publish.html_parts import Html, element, joined, lines, link
from contract.publish.html_system import parts_of
from contract.system import System

__all__ = ["MARK", "navigation"]

MARK = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 10v4M7.5 6.5v11M12 3v18M16.5 7.5v9M21 10.5v3"/></svg>'


def navigation(system: System, published: Operations, agents_only: Operations, others: Sequence[System]) -> Html:
    """The header of the page: its mark, and links to every section and operation."""
    groups = (
        _group("Start", "Authentication", "Rate limits", "Published surface coverage"),
        _operations("Endpoint reference", published),
        _operations("For agents only", agents_only),
        _group("More", "Standard errors", "Security posture", "Agent discovery resources"),
        *(part for other in others for part in _part(other)),
    )
    return element(
        "header",
        "\n",
        lines(
            element("p", link(anchor(system.title), Html(MARK), " ", system.title), class_="brand"),
            # It has no content of its own: a style sheet shows what follows it while it is open.
            element("details", element("summary", "Contents"), class_="menu"),
            element("nav", "\n", lines(*groups), "\n", aria_label="Contents"),
        ),
        "\n",
        class_="side",
    )


def _group(title: str, *sections: str) -> Html:
    return _list(element("span", title), [link(anchor(name), name) for name in sections])


def _part(system: System) -> Iterator[Html]:
    """What holds for the whole of a further system, then its areas."""
    yield _list(link(anchor(system.title), system.title), [link(anchor(name), name) for name in parts_of(system)])
    for area, operations in areas_of(system):
        yield _operations(area.title, operations)


def _operations(title: str, operations: Operations) -> Html:
    return _list(link(anchor(title), title), [_operation(operation) for operation in operations])


def _operation(operation: Operation[Any, Any]) -> Html:
    method = operation.method if Surface.REST in operation.surfaces else ""
    badge = element("b", method, class_=f"method {method.lower()}") if method else ""
    return link(anchor(operation.name), joined((badge, element("span", operation.name)), " "))


def _list(title: Html, links: list[Html]) -> Html:
    if not links:
        return Html()
    return lines(element("p", title), element("ul", "\n", lines(*(element("li", item) for item in links)), "\n"))
