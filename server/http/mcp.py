"""MCP over streamable HTTP: who may call, and whose data the call sees. docs/decisions/0012-mcp-over-http.md."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Protocol

from mcp.server.context import ServerRequestContext
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backends.backend import Backend
from backends.local.keys import Principal
from contract.errors import ContractError
from server.http.answers import error_answer
from server.http.binding import Allowed
from server.http.local import is_local
from server.http.mcp_transport import rejection
from server.mcp.caller import Caller

__all__ = ["McpEndpoint", "Transport", "caller_of", "security_of"]

_CALLER = "musicengine.caller"

_REFUSALS = {
    421: "The Host header is no name of this server. Whoever runs it can add one with --allow-host NAME.",
    403: "The Origin header is not allowed here. Whoever runs this server can add one with --allow-origin ORIGIN.",
}


class Transport(Protocol):
    """What carries MCP messages of callers that were let in."""

    def run(self) -> AbstractAsyncContextManager[None]:
        """Be ready for requests."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ...


def security_of(allowed: Allowed) -> TransportSecuritySettings:
    """The headers that are accepted, as the SDK wants to be told; a request without Origin comes from no web page."""
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=list(allowed.hosts),
        allowed_origins=[*allowed.origins, *allowed.pages],
    )


def caller_of(ctx: ServerRequestContext[Any, Any]) -> Caller:
    """Who sent the very HTTP request that the message came in."""
    request: Request | None = ctx.request
    if request is None:
        raise RuntimeError("only a message that came by HTTP has a caller")
    return request.scope[_CALLER]


class McpEndpoint:
    """The ASGI application at /mcp. It keeps nothing between requests: each brings its key, and the key decides."""

    def __init__(
        self,
        principal_of: Callable[[Request], Awaitable[Principal]],
        backend_of: Callable[[Principal], Backend],
        transport: Transport,
        security: TransportSecuritySettings,
    ) -> None:
        """Make the endpoint; it serves from `run` on.

        Args:
            principal_of: Whose key a request bears.
            backend_of: The data that a principal may see.
            transport: What answers those that were let in.
            security: What the Host and Origin headers may hold, as for the transport.
        """
        self._principal_of = principal_of
        self._backend_of = backend_of
        self._transport = transport
        self._headers = TransportSecurityMiddleware(security)

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None, None]:
        """Be ready for requests; once in the life of an endpoint."""
        async with self._transport.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: first where it says it comes from and goes to, then its key, then MCP."""
        scope = {**scope, "headers": [(name, _in_lower_case(name, value)) for name, value in scope["headers"]]}
        request = Request(scope, receive)
        refusal = await self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        try:
            principal = await self._principal_of(request)
        except ContractError as error:
            await error_answer(error)(scope, receive, send)
            return
        caller = Caller(self._backend_of(principal), is_on_this_machine=partial(is_local, request))
        scope[_CALLER] = caller
        await self._transport(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        refused = await self._headers.validate_request(request)
        if refused is None:
            return None
        return rejection(refused.status_code, _REFUSALS[refused.status_code])


def _in_lower_case(name: bytes, value: bytes) -> bytes:
    """A host's name means the same in any case (RFC 9110, section 4.2.3); the SDK compares it to the letter."""
    return value.lower() if name == b"host" else value
