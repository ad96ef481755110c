"""`llms.txt`: what an agent needs to start, in the form of llmstxt.org.

The form: one H1, one quoted line, paragraphs and lists without headings, then H2 sections that hold nothing but
lines `- [name](url): notes`. A section called Optional may be skipped by a reader that is short of room.
"""

from collections.abc import Iterable
from typing import Any

from contract.musicengine.about import AUTHORIZATION, BOUNDARY, DESCRIPTION, DISCOVERY, REFERENCE_URL, TITLE
from contract.musicengine.surface_map import AREAS
from contract.operation import Operation, RateLimit, Surface
from contract.publish.anchors import anchor
from contract.publish.markdown_parts import WRITTEN_BY, blocks, bullets

__all__ = ["llms_txt"]

Operations = Iterable[Operation[Any, Any]]


def llms_txt(operations: Operations) -> str:
    """The manifest of the operations that REST reaches."""
    published = [operation for operation in operations if Surface.REST in operation.surfaces]
    return (
        blocks(
            f"# {TITLE}",
            f"> {DESCRIPTION}",
            # Not the first line: the form wants the H1 there, and nothing but links below an H2.
            WRITTEN_BY,
            bullets(_facts(published)),
            BOUNDARY,
            "## Published routes",
            bullets(f"[{o.route}]({REFERENCE_URL}#{anchor(o.name)}): {o.summary}" for o in published),
            "## Machine-readable",
            bullets(f"[{item.title}]({item.url}): {item.description}" for item in DISCOVERY[1:]),
            "## Optional",
            bullets(_not_published()),
        )
        + "\n"
    )


def _facts(published: Operations) -> list[str]:
    limits: dict[RateLimit, list[str]] = {}
    for operation in published:
        limits.setdefault(operation.rate_limit, []).append(operation.name)
    return [
        f"Authentication: `{AUTHORIZATION}`; a key belongs to one workspace and reads and writes only that.",
        *(
            f"Rate limit: {limit.requests} requests per {limit.seconds} seconds for {', '.join(names)}."
            for limit, names in limits.items()
        ),
        "Honor the X-RateLimit-* and Retry-After response headers instead of hard-coding assumptions.",
        'Errors: `{"error": {"code", "message", "field", "next_step"}}`; `code` is stable.',
    ]


def _not_published() -> list[str]:
    return [
        f"[{area.title}]({REFERENCE_URL}#{anchor(area.title)}): {area.standing}. {area.boundary}"
        for area in AREAS
        if area.internal_routes
    ]
