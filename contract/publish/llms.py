"""`llms.txt`: what an agent needs to start, in the form of llmstxt.org.

The form: one H1, one quoted line, paragraphs and lists without headings, then H2 sections that hold nothing but
lines `- [name](url): notes`. A section called Optional may be skipped by a reader that is short of room.
"""

from collections.abc import Sequence

from contract.operation import RateLimit
from contract.publish.anchors import anchor
from contract.publish.general import Operations, in_words, published_and_agents_only
from contract.publish.markdown_parts import WRITTEN_BY, blocks, bullets
from contract.system import System

__all__ = ["llms_txt"]


def llms_txt(systems: Sequence[System]) -> str:
    """The manifest of the operations that REST reaches; it is named after the first system."""
    first, *others = systems
    return (
        blocks(
            f"# {first.title}",
            f"> {first.description}",
            # Not the first line: the form wants the H1 there, and nothing but links below an H2.
            WRITTEN_BY,
            bullets(_facts(first)),
            first.boundary,
            *map(_part, others),
            "## Published routes",
            _routes(first),
            *(blocks(f"## {system.title}", _routes(system)) for system in others),
            "## Machine-readable",
            bullets(f"[{item.title}]({item.url}): {item.description}" for item in first.discovery[1:]),
            "## Optional",
            bullets(_not_published(first)),
        )
        + "\n"
    )


def _facts(system: System) -> list[str]:
    limits: dict[RateLimit, list[str]] = {}
    for operation in _published(system):
        if operation.rate_limit:
            limits.setdefault(operation.rate_limit, []).append(operation.name)
    return [
        f"Authentication: `{system.bearer.header}`; a key belongs to one workspace and reads and writes only that.",
        *(f"Rate limit: {in_words(limit)} for {', '.join(names)}." for limit, names in limits.items()),
        "Honor the X-RateLimit-* and Retry-After response headers instead of hard-coding assumptions.",
        'Errors: `{"error": {"code", "message", "field", "next_step"}}`; `code` is stable.',
    ]


def _part(system: System) -> str:
    """A further system: what it is, and who may call."""
    callers = bullets(f"{caller}: {carries}" for caller, carries in system.callers)
    return blocks(f"{system.title}. {system.summary} {system.standing}", callers)


def _routes(system: System) -> str:
    return bullets(f"[{o.route}]({system.reference_url}#{anchor(o.name)}): {o.summary}" for o in _published(system))


def _published(system: System) -> Operations:
    published, _ = published_and_agents_only(system.operations)
    return published


def _not_published(system: System) -> list[str]:
    return [
        f"[{area.title}]({system.reference_url}#{anchor(area.title)}): {area.standing}. {area.boundary}"
        for area in system.areas
        if area.internal_routes
    ]
