"""The hub's operations as routes: whom they are for, what is asked, the answer. No operation is named here."""

import logging
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from contract.errors import ContractError, InternalError, MethodNotAllowed, NotFound, StorageError
from contract.operation import Operation, Surface
from server.http.answers import answer, error_answer
from server.http.body_budget import BODIES
from server.http.envelope import REQUEST_ID
from server.http.hub.callers import Caller, admit, refuse_strangers
from server.http.hub.raw import is_raw, raw_answer
from server.http.hub.wire import Wire
from server.http.requests import read_request

__all__ = ["Elsewhere", "hub_routes"]

logger = logging.getLogger(__name__)

_PUBLISHED = "/api/v1"
"""MusicEngine's routes are no secret."""


def hub_routes(operations: Sequence[Operation[Any, Any]], wire: Wire) -> list[Route]:
    """A route for each operation that REST reaches."""
    return [
        Route(operation.path, _Endpoint(operation, wire), methods=[operation.method])
        for operation in operations
        if Surface.REST in operation.surfaces
    ]


class _Endpoint:
    """One operation as an ASGI application."""

    def __init__(self, operation: Operation[Any, Any], wire: Wire) -> None:
        self._operation = operation
        self._wire = wire
        self._is_raw = is_raw(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            caller = await admit(self._wire, self._operation, request)
            with BODIES.share() as take:
                asked = await read_request(self._operation, request, take)
                return await self._answer(caller, request, asked)
        except StorageError as error:
            return error_answer(self._wire.hub.meaning_of(error, self._operation))
        except ContractError as error:
            return error_answer(error)
        except Exception:
            logger.exception("%s failed (request %s)", self._operation.name, request.scope[REQUEST_ID])
            return error_answer(InternalError())

    async def _answer(self, caller: Caller, request: Request, asked: Any) -> Response:
        if self._is_raw:
            await self._wire.hub.ready(self._operation)
            return await raw_answer(self._operation)(self._wire, caller, request, asked)
        found = await self._wire.hub.call(self._operation, asked)
        return answer(found.model_dump_json().encode(), self._operation.status, {})


class Elsewhere:
    """Whatever else there might be beside the routes of the hub: strangers do not learn which there are."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, and say why to those who may know."""
        request = Request(scope, receive)
        try:
            if not scope["path"].startswith(_PUBLISHED):
                await refuse_strangers(self._wire, request)
            response = error_answer(*_refusal(request))
        except ContractError as error:
            response = error_answer(error)
        await response(scope, receive, send)


def _refusal(request: Request) -> tuple[ContractError, dict[str, str]]:
    """That there is no such route, or which methods it has."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    partial = [route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL]
    allowed = {method for route in partial for method in route.methods or ()}
    if allowed:
        return MethodNotAllowed(), {"Allow": ", ".join(sorted(allowed))}
    return NotFound("There is no such route.", next_step="/openapi.json lists those there are."), {}
