"""What every reference says of the whole API: sentences and rows, without the marks of one format.

A word between backticks is code, in Markdown and in what is made of it.
"""

from collections.abc import Sequence
from typing import Any

from contract import idempotency
from contract.errors import OFF_ROUTE, ContractError, family
from contract.musicengine.about import AUTHORIZATION, BOUNDARY, SUCCESS
from contract.operation import Effect, Operation, RateLimit, Surface

__all__ = [
    "AGENTS_ONLY",
    "ERROR_BODY",
    "HONOR_HEADERS",
    "KEYS",
    "NOTHING_PUBLISHED",
    "OWN_CODES",
    "SURFACE_COVERAGE",
    "Operations",
    "facts",
    "in_words",
    "own_codes",
    "published_and_agents_only",
    "published_codes",
    "rate_limits",
    "statuses",
]

Operations = Sequence[Operation[Any, Any]]

KEYS = (
    "Use the Authorization header with a Bearer token generated from Settings > API Keys. Raw keys are shown once "
    "and cannot be recovered later. Generate, rotate, and revoke keys from the signed-in product settings."
)

HONOR_HEADERS = (
    "Mutation endpoints use the stricter policy because they trigger sensitive downstream automation work. Always "
    "honor these response headers instead of hard-coding assumptions:"
)

SURFACE_COVERAGE = (
    "MusicEngine ships more capability in the signed-in product than it exposes as a stable external contract. "
    f"{BOUNDARY}"
)

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

_ROUTES = {Effect.READ: "Standard read routes", Effect.CREATE: "Write routes"}


def published_and_agents_only(operations: Operations) -> tuple[Operations, Operations]:
    """Those that REST reaches, and the others."""
    published = [operation for operation in operations if Surface.REST in operation.surfaces]
    return published, [operation for operation in operations if operation not in published]


def rate_limits(published: Operations) -> list[tuple[str, str]]:
    """Kinds of routes and their limits."""
    limits = {_ROUTES[operation.effect]: operation.rate_limit for operation in published}
    return [(routes, in_words(limit)) for routes, limit in limits.items()]


def in_words(limit: RateLimit) -> str:
    """A limit as people say it."""
    return f"{limit.requests} requests per {limit.seconds} seconds"


def facts(operation: Operation[Any, Any]) -> tuple[tuple[str, str], ...]:
    """What heads a published operation: a label and its value each."""
    always = (
        ("Surface", str(operation.area)),
        ("Rate limit", in_words(operation.rate_limit)),
        ("Header", f"`{AUTHORIZATION}`"),
    )
    repeatable = (("Header, optional", f"`{idempotency.HEADER}`. {idempotency.DESCRIPTION}"),)
    return always + repeatable if operation.takes_idempotency_key else always


def statuses() -> list[tuple[str, str]]:
    """Every status and its meaning; where errors share one, the meaning is the first one's."""
    meanings = {error.status: error.meaning for error in reversed(family())}
    return [("200 / 201", SUCCESS), *((str(status), meanings[status]) for status in sorted(meanings))]


def published_codes(published: Operations) -> list[type[ContractError]]:
    """The errors that a caller of the published routes may meet, an address that is none of them included."""
    answered = {*OFF_ROUTE, *(error for operation in published for error in operation.all_errors)}
    return [error for error in family() if error in answered]


def own_codes(published: Operations) -> list[type[ContractError]]:
    """The errors that only this program's own surfaces show."""
    answered = published_codes(published)
    return [error for error in family() if error not in answered]
