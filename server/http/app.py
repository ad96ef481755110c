"""The ASGI application: REST, the documents, and MCP."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from backends.backend import Backend
from backends.local.database import Database
from backends.local.hub.hub import LocalHub
from backends.local.keys import Principal
from backends.local.limits import RateLimiter
from contract.errors import MethodNotAllowed, NotFound, StorageError
from contract.hub.operations import OPERATIONS as HUB_OPERATIONS
from contract.musicengine import OPERATIONS
from server.backends import open_catalogue, open_local_hub
from server.http.answers import error_answer
from server.http.auth import Gate
from server.http.binding import Allowed
from server.http.documents import document_routes
from server.http.envelope import Envelope
from server.http.hub.endpoints import Elsewhere, hub_routes
from server.http.hub.pages import page_routes
from server.http.hub.share_links import note_own_address
from server.http.hub.wire import Wire
from server.http.limits import LimitedBackend
from server.http.listeners import Reach, WithListener
from server.http.mcp import McpEndpoint, caller_of, security_of
from server.http.mcp_transport import StatelessTransport
from server.http.operations import operation_routes
from server.http.workspaces import Workspaces
from server.mcp.server import build_shared_server, data_enters_of
from server.settings import Settings

__all__ = ["create_app"]

_MCP_HEADERS = ("Authorization", "Content-Type", "Accept", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")


def create_app(settings: Settings, reach: Reach, *, mpv: bool = False) -> Starlette:
    """The application over the settings' data folder, reached like that; each worker process makes its own.

    Args:
        settings: Whose data.
        reach: The listeners, and the addresses that lead to them.
        mpv: Whether this machine plays the hub's session, too.
    """
    database = Database(settings.data_dir)
    limiter = RateLimiter(settings.data_dir)
    gate = Gate(database, limiter)
    workspaces = Workspaces(settings, database)

    def limited_backend_of(principal: Principal) -> Backend:
        return LimitedBackend(workspaces.backend_of(principal), limiter, principal.key_id)

    mcp = _mcp_endpoint(settings, reach.allowed, gate, limited_backend_of)
    catalogue = open_catalogue(settings)
    wire = Wire(open_local_hub(settings, catalogue), reach, settings.hub_token)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None, None]:
        try:
            with suppress(StorageError):  # each request then says what is wrong
                await database.unchanged()  # opened while there is room on the disk: SQLite needs some for that
            async with mcp.run(), wire.hub.serving(), _sounding(wire.hub, mpv=mpv):
                await note_own_address(wire)
                yield
        finally:
            await wire.hub.aclose()
            await catalogue.aclose()
            await workspaces.aclose()
            limiter.close()
            await database.aclose()

    app = Starlette(
        routes=[
            Route("/mcp", _for_pages(mcp, reach.allowed)),
            *operation_routes(OPERATIONS, gate, limiter, workspaces),
            *hub_routes(HUB_OPERATIONS, wire),
            *page_routes(wire),
            *document_routes(),
            Route("/api/{rest:path}", Elsewhere(wire)),
        ],
        middleware=[Middleware(Envelope), Middleware(WithListener, reach)],
        exception_handlers={HTTPException: _off_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _mcp_endpoint(
    settings: Settings, allowed: Allowed, gate: Gate, backend_of: Callable[[Principal], Backend]
) -> McpEndpoint:
    security = security_of(allowed)
    transport = StatelessTransport(build_shared_server(caller_of, data_enters=data_enters_of(settings)), security)
    return McpEndpoint(gate.principal_of, backend_of, transport, security)


@asynccontextmanager
async def _sounding(hub: LocalHub, *, mpv: bool) -> AsyncGenerator[None, None]:
    """Let mpv play the session during the block, if it is to."""
    if not mpv:
        yield
        return
    from server.players.here import mpv_device  # noqa: PLC0415  (few servers play)

    async with mpv_device(hub):
        yield


def _for_pages(mcp: McpEndpoint, allowed: Allowed) -> ASGIApp:
    """With what browsers want to be told before pages of the allowed origins may call."""
    return CORSMiddleware(
        mcp, allow_origins=[*allowed.origins, *allowed.pages], allow_methods=["POST"], allow_headers=_MCP_HEADERS
    )


async def _off_route(_request: Request, error: Exception) -> Response:
    """What Starlette finds wrong before any endpoint is reached, in the one JSON body."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return error_answer(MethodNotAllowed(), error.headers)
    return error_answer(
        NotFound("There is no such route.", next_step="See /docs/api for those there are; /openapi.json lists them.")
    )
