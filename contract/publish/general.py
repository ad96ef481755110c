"""What every reference says of a whole system: sentences and rows, without the marks of one format.

A word between backticks is code, in Markdown and in what is made of it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from contract import idempotency
from contract.errors import ContractError, family
from contract.operation import Access, Effect, Operation, RateLimit, Surface, Trust
from contract.system import SurfaceArea, System

__all__ = [
    "AGENTS_ONLY",
    "ERROR_BODY",
    "NOTHING_PUBLISHED",
    "OURS",
    "OWN_CODES",
    "TRUSTED",
    "Operations",
    "addresses",
    "areas_of",
    "codes_of",
    "facts",
    "in_words",
    "own_codes",
    "published_and_agents_only",
    "rate_limits",
    "statuses",
]

Operations = Sequence[Operation[Any, Any]]

NOTHING_PUBLISHED = "No stable API-key routes are published for this area yet."

ERROR_BODY = (
    "Every error has one JSON body. `code` is stable and meant for programs; `message`, `field` and `next_step` "
    "say what was wrong, where, and what helps."
)

OWN_CODES = "The command line and the MCP server add these, for their own database and for the remote service."

AGENTS_ONLY = (
    "Agents reach these operations as tools of this MCP server. They are not part of the public API: no route is "
    "published for them, and the OpenAPI document does not list them."
)

OURS = "An addition of this project; the hub's reference does not name it."

TRUSTED = {
    Trust.ANYBODY: "Anybody",
    Trust.MEDIA: "The hub's own machine, paired devices, its API token, and whoever bears a media token for it",
    Trust.PAIRED: "The hub's own machine, paired devices, and its API token",
    Trust.LOCAL: "The hub's own machine alone",
}
"""In words."""

_SUCCESS = "Success. The request completed successfully."

_ROUTES = {Effect.READ: "Standard read routes"}


def published_and_agents_only(operations: Operations) -> tuple[Operations, Operations]:
    """Those that REST reaches, and the others."""
    published = [operation for operation in operations if Surface.REST in operation.surfaces]
    return published, [operation for operation in operations if operation not in published]


def areas_of(system: System) -> list[tuple[SurfaceArea, Operations]]:
    """The areas that have operations, with those, in the order of the areas."""
    grouped = [(area, [o for o in system.operations if o.area is area.area]) for area in system.areas]
    return [(area, operations) for area, operations in grouped if operations]


def addresses(system: System) -> list[tuple[str, str]]:
    """Who answers, and where."""
    return [(address.description, f"`{address.url}`") for address in system.addresses]


def rate_limits(published: Operations) -> list[tuple[str, str]]:
    """Kinds of routes and their limits."""
    limits = {
        _ROUTES.get(operation.effect, "Write routes"): operation.rate_limit
        for operation in published
        if operation.rate_limit
    }
    return [(routes, in_words(limit)) for routes, limit in limits.items()]


def in_words(limit: RateLimit) -> str:
    """A limit as people say it."""
    return f"{limit.requests} requests per {limit.seconds} seconds"


def facts(operation: Operation[Any, Any], system: System) -> tuple[tuple[str, str], ...]:
    """What heads a published operation: a label and its value each."""
    found = [("Surface", str(operation.area))]
    if operation.rate_limit:
        found.append(("Rate limit", in_words(operation.rate_limit)))
    if operation.access is Access.HUB:
        found.append(("Callers", TRUSTED[operation.trust]))
    if operation.is_raw:
        found.append(("Comes as", ", ".join(f"`{media_type}`" for media_type in operation.media_types)))
    if system.bearer.header:
        found.append(("Header", f"`{system.bearer.header}`"))
    if operation.takes_idempotency_key:
        found.append(("Header, optional", f"`{idempotency.HEADER}`. {idempotency.DESCRIPTION}"))
    return tuple(found)


def statuses(system: System, errors: Iterable[type[ContractError]]) -> list[tuple[str, str]]:
    """The statuses of success and of the errors, with their meanings; errors that share one have that of the first."""
    published, _ = published_and_agents_only(system.operations)
    good = " / ".join(sorted({str(operation.status) for operation in published}))
    meanings = {error.status: system.meaning(error) for error in reversed(list(errors))}
    return [(good, _SUCCESS), *((str(status), meanings[status]) for status in sorted(meanings))]


def codes_of(system: System) -> list[type[ContractError]]:
    """The errors that a caller of the published routes may meet, by status; off any route included."""
    published, _ = published_and_agents_only(system.operations)
    answered = {*system.errors, *(error for operation in published for error in operation.all_errors)}
    return sorted((error for error in family() if error in answered), key=lambda error: error.status)


def own_codes(systems: Iterable[System]) -> list[type[ContractError]]:
    """The errors that only this program's own surfaces show."""
    answered = {error for system in systems for error in codes_of(system)}
    return [error for error in family() if error not in answered]
