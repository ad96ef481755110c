"""Our endpoint, with the conformance suite's fixtures in front of our own tools and resources. For tests alone.

The suite calls tools, resources and prompts by names of its own, which a server has to bring along to be tested. They
are layered over the very server that /mcp serves: a name of the suite's is answered here, and any other goes through.
The way in is ours too: Host and Origin, the key, the workspace, and for revision 2026-07-28 the transport.

The handshake revisions get sessions here, which our server does not keep: in four scenarios a tool asks the client
something in the middle of a call, and the client's reply needs a session to come back to.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from backends.local.database import Database
from backends.local.limits import RateLimiter
from backends.local.musicengine import LocalWorkspace
from backends.local.scope import Scope as Workspace
from server.http.auth import Gate
from server.http.listeners import Reach
from server.http.mcp import McpEndpoint, caller_of, security_of
from server.http.mcp_transport import StatelessTransport
from server.mcp.server import build_shared_server
from server.settings import Settings
from tests.mcp_conformance import fixtures
from tests.mcp_conformance.asking import ASKING_TOOLS, asking_prompt, protect_state

__all__ = ["create_overlay"]


def create_overlay(settings: Settings, reach: Reach) -> Starlette:
    """The application: /mcp alone."""
    database = Database(settings.data_dir)
    limiter = RateLimiter(settings.data_dir)
    security = security_of(reach.allowed)
    endpoint = McpEndpoint(
        Gate(database, limiter).principal_of,
        lambda principal: LocalWorkspace(Workspace(database, principal.workspace_id)),
        OverlayTransport(overlaid(build_shared_server(caller_of)), security),
        security,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None, None]:
        async with endpoint.run():
            yield
        limiter.close()
        await database.aclose()

    return Starlette(routes=[Route("/mcp", endpoint)], lifespan=lifespan)


class OverlayTransport:
    """Our transport for revision 2026-07-28, and sessions of the SDK for those before."""

    def __init__(self, server: Server, security: TransportSecuritySettings) -> None:
        self._ours = StatelessTransport(server, security)
        self._sessions = StreamableHTTPSessionManager(server, security_settings=security)

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None, None]:
        """Be ready for requests."""
        async with self._ours.run(), self._sessions.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, by the revision that its header names."""
        revision = Headers(scope=scope).get("mcp-protocol-version")
        if revision is None or revision in HANDSHAKE_PROTOCOL_VERSIONS:
            await self._sessions.handle_request(scope, receive, send)
        else:
            await self._ours(scope, receive, send)


def overlaid(server: Server) -> Server:
    """The server with the fixtures in front of its own handlers."""
    bus = InMemorySubscriptionBus()
    tools = {**fixtures.TOOLS, **ASKING_TOOLS, **fixtures.change_tools(bus)}
    own_list_tools = server.get_request_handler("tools/list").handler
    own_call_tool = server.get_request_handler("tools/call").handler
    own_list_resources = server.get_request_handler("resources/list").handler
    own_read_resource = server.get_request_handler("resources/read").handler

    async def list_tools(ctx, params):
        own = await own_list_tools(ctx, params)
        return types.ListToolsResult(tools=[*own.tools, *(fixtures.described(name) for name in tools)])

    async def call_tool(ctx, params):
        tool = tools.get(params.name)
        return await (own_call_tool(ctx, params) if tool is None else tool(ctx, params))

    async def list_resources(ctx, params):
        own = await own_list_resources(ctx, params)
        return own.model_copy(update={"resources": [*own.resources, *fixtures.RESOURCES]})

    async def read_resource(ctx, params):
        return fixtures.read(str(params.uri)) or await own_read_resource(ctx, params)

    async def get_prompt(ctx, params):
        return asking_prompt(params) or fixtures.prompt(params)

    for method, params_type, handler in (
        ("tools/list", types.PaginatedRequestParams, list_tools),
        ("tools/call", types.CallToolRequestParams, call_tool),
        ("resources/list", types.PaginatedRequestParams, list_resources),
        ("resources/read", types.ReadResourceRequestParams, read_resource),
        ("resources/subscribe", types.SubscribeRequestParams, fixtures.acknowledge),
        ("resources/unsubscribe", types.UnsubscribeRequestParams, fixtures.acknowledge),
        ("subscriptions/listen", types.SubscriptionsListenRequestParams, ListenHandler(bus)),
        ("prompts/list", types.PaginatedRequestParams, fixtures.list_prompts),
        ("prompts/get", types.GetPromptRequestParams, get_prompt),
        ("completion/complete", types.CompleteRequestParams, fixtures.complete),
        ("logging/setLevel", types.SetLevelRequestParams, fixtures.acknowledge),
    ):
        server.add_request_handler(method, params_type, handler)
    protect_state(server)
    return server
