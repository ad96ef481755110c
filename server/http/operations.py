"""The contract's operations as routes: authenticate, count, read, call, answer. No operation is named here."""

import logging
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from backends.local.keys import Principal
from backends.local.limits import RateLimiter
from contract.errors import ContractError, InternalError
from contract.idempotency import HEADER
from contract.operation import Effect, Operation, Surface
from server.http.answers import answer, error_answer
from server.http.auth import Gate
from server.http.body_budget import BODIES
from server.http.envelope import REQUEST_ID
from server.http.requests import read_request
from server.http.workspaces import Workspaces

__all__ = ["operation_routes"]

logger = logging.getLogger(__name__)

_MOST_BYTES_KEPT = 64 * 1024


def operation_routes(
    operations: Sequence[Operation[Any, Any]],
    gate: Gate,
    limiter: RateLimiter,
    workspaces: Workspaces,
) -> list[Route]:
    """A route for each operation that REST reaches."""
    return [
        Route(operation.path, _Endpoint(operation, gate, limiter, workspaces), methods=[operation.method])
        for operation in operations
        if Surface.REST in operation.surfaces
    ]


class _Endpoint:
    """One operation as an ASGI application."""

    def __init__(
        self, operation: Operation[Any, Any], gate: Gate, limiter: RateLimiter, workspaces: Workspaces
    ) -> None:
        self._operation = operation
        self._gate = gate
        self._limiter = limiter
        self._backend_of = workspaces.backend_of
        # Answers of this machine's database are kept until somebody commits to it.
        self._database = workspaces.database if operation.effect is Effect.READ else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            principal = await self._gate.principal_of(request)
            decision = self._limiter.count(principal.key_id, self._operation)
            headers = decision.headers if decision else {}
            return answer(await self._content(principal, request), self._operation.status, headers)
        except ContractError as error:
            return error_answer(error, headers)
        except Exception:
            logger.exception("%s failed (request %s)", self._operation.name, request.scope[REQUEST_ID])
            return error_answer(InternalError(), headers)

    async def _content(self, principal: Principal, request: Request) -> bytes:
        """The answer as JSON: one that was given before, if the same can still be said."""
        kept = {} if self._database is None else await self._database.unchanged()
        # With what is withheld: a caller may have come in just before that was changed.
        key = (principal.workspace_id, principal.withheld_areas, request.scope["path"], request.scope["query_string"])
        content = kept.get(key)
        if content is None:
            with BODIES.share() as take:
                asked = await read_request(self._operation, request, take)
                idempotency_key = request.headers.get(HEADER)
                found = await self._backend_of(principal).call(self._operation, asked, idempotency_key=idempotency_key)
            content = found.model_dump_json().encode()
            if len(content) <= _MOST_BYTES_KEPT:
                kept[key] = content
        return content
