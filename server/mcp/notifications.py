"""Notifications over MCP: hosts that subscribe or listen learn what of the hub's resources has changed.

Handshake revisions subscribe to a resource by `resources/subscribe`, and learn of the list without asking once they
have listed it. Revision 2026-07-28 asks for either by `subscriptions/listen`, whose answer is the stream. Nothing
is followed until somebody wants to know something, and nothing once the host has left.
"""

import logging
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import mcp_types as types
from anyio.abc import TaskGroup, TaskStatus
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import NotificationOptions
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.exceptions import MCPError
from mcp.shared.subscriptions import ResourcesListChanged, ResourceUpdated, ServerEvent
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from backends.backend import Change, WatchableBackend
from contract.errors import ContractError
from server.mcp.hub_resources import PLAYLISTS, SESSION, STATS, TRACKS, is_hub_resource, listed_playlists

__all__ = ["CHANGES_ARE_TOLD", "Notifier", "notified", "notifier_of"]

logger = logging.getLogger(__name__)

CHANGES_ARE_TOLD = NotificationOptions(resources_changed=True)
"""For a server whose hosts are notified, in the handshake revisions."""

_MOST_SUBSCRIPTIONS = 1000

_REST_SECONDS = 0.1
"""Between two rounds of notifications: what changes meanwhile is told once."""

_EVERYTHING: Mapping[str, tuple[str, ...]] = {
    "session": (SESSION,),
    "playlist": (PLAYLISTS, STATS),
    "plays": (TRACKS, STATS),
    "saved": (TRACKS, PLAYLISTS, STATS),
    "overrides": (TRACKS, PLAYLISTS, SESSION),
    "library": (TRACKS, PLAYLISTS, SESSION, STATS),
    "roots": (STATS,),
}
"""What may have to be read again after a change of each kind; of tracks and playlists only that one, if it is said."""


class Notifier:
    """What one connection wants to know, and the one task that tells it."""

    def __init__(self, hub: WatchableBackend, tasks: TaskGroup) -> None:
        self._hub = hub
        self._tasks = tasks
        self._starting = anyio.Lock()
        self._following = False
        self._uris: Counter[str] = Counter()
        self._session: ServerSession | None = None
        self._subscribed: set[str] = set()
        self._playlists: Mapping[str, str] | None = None
        self._put_off = False
        self._bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self._bus, max_subscriptions=_MOST_SUBSCRIPTIONS)

    async def subscribe(self, session: ServerSession, uri: str) -> None:
        """Tell of this resource from now on.

        Raises:
            MCPError: Nothing is told of such a resource, or of so many, or nothing can be told now.
        """
        if not is_hub_resource(uri):
            message = f"Changes are told of {STATS}, {SESSION}, {PLAYLISTS}<id> and {TRACKS}<id>."
            raise MCPError(types.INVALID_PARAMS, message)
        if len(self._subscribed) >= _MOST_SUBSCRIPTIONS:
            raise MCPError(types.INVALID_PARAMS, f"At most {_MOST_SUBSCRIPTIONS} subscriptions; end some first.")
        await self._follow()
        self._session = session
        if uri not in self._subscribed:
            self._subscribed.add(uri)
            self._uris[uri] += 1

    def unsubscribe(self, uri: str) -> None:
        """Tell of it no more; of one that was not subscribed to, nothing was told."""
        if uri in self._subscribed:
            self._subscribed.remove(uri)
            self._forget([uri])

    async def tell_of_list(self, ctx: ServerRequestContext[Any, Any], *, began: bool) -> None:
        """Tell of the list from now on to a host that has it; the list is of use without that, too.

        A hub that nobody has used is not begun by this: what there is to tell is seen after the next tool.
        """
        if ctx.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS:
            return
        self._put_off = not began
        with suppress(MCPError):
            if began:
                await self._follow()
            self._session = ctx.session

    async def catch_up(self, *, began: bool) -> None:
        """Follow what was put off, if there is something to follow now."""
        if self._put_off and began:
            self._put_off = False
            with suppress(MCPError):
                await self._follow()
                if self._playlists:
                    await self._send(ResourcesListChanged())

    async def listen(
        self, context: ServerRequestContext[Any, Any], params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        """Serve one stream of revision 2026-07-28, until the host ends it.

        Raises:
            MCPError: It is one too many, or nothing can be told now.
        """
        uris = list(dict.fromkeys(params.notifications.resource_subscriptions or ()))
        if len(uris) > _MOST_SUBSCRIPTIONS:
            raise MCPError(types.INVALID_PARAMS, f"At most {_MOST_SUBSCRIPTIONS} subscriptions in a stream.")
        await self._follow()
        self._uris.update(uris)
        try:
            return await self._listening(context, params)
        finally:
            self._forget(uris)

    def _forget(self, uris: Iterable[str]) -> None:
        self._uris.subtract(uris)
        self._uris = +self._uris

    async def _follow(self) -> None:
        """See that changes are followed, from before this returns."""
        async with self._starting:
            if not self._following:
                try:
                    await self._tasks.start(self._tell)
                except ContractError as error:
                    raise MCPError(types.INTERNAL_ERROR, f"{error.code}: {error.sentence}") from None

    async def _tell(self, *, task_status: TaskStatus[None]) -> None:
        """Follow the changes and tell of them, a round at a time."""
        started = False
        try:
            async with self._hub.changes() as changes:
                self._playlists = await listed_playlists(self._hub)
                self._following = started = True
                task_status.started()
                await self._rounds(changes)
        except Exception:
            if not started:
                raise
            # A host that listens or subscribes anew starts it anew.
            logger.exception("changes can no longer be followed")
            self._listening.close()
        finally:
            self._following = False

    async def _rounds(self, changes: AsyncGenerator[Change, None]) -> None:
        found: dict[Change, None] = {}
        news = anyio.Event()

        async def collect() -> None:
            async for change in changes:
                found[change] = None
                news.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(collect)
            while True:
                await news.wait()
                news, told = anyio.Event(), list(found)
                found.clear()
                for event in await self._events(told):
                    await self._send(event)
                await anyio.sleep(_REST_SECONDS)

    async def _events(self, changes: Iterable[Change]) -> Iterable[ServerEvent]:
        """What to tell: each resource that somebody wants to know of once, and the list if it is another one."""
        events: dict[ServerEvent, None] = {}
        for change in changes:
            for uri in self._uris:
                if _concerns(change, uri):
                    events[ResourceUpdated(uri=uri)] = None
        if any(change.kind == "playlist" for change in changes):
            listed = await listed_playlists(self._hub)
            if listed != self._playlists:
                self._playlists = listed
                events[ResourcesListChanged()] = None
        return events

    async def _send(self, event: ServerEvent) -> None:
        await self._bus.publish(event)
        if self._session is None:
            return
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # the host is leaving
            if isinstance(event, ResourcesListChanged):
                await self._session.send_resource_list_changed()
            elif isinstance(event, ResourceUpdated) and event.uri in self._subscribed:
                await self._session.send_resource_updated(event.uri)


def notified(hub: WatchableBackend) -> dict[str, Any]:
    """What makes a `Server` tell its hosts of changes: arguments of its constructor.

    A notifier belongs to one run of the server, which is one connection, and ends with it.
    """

    @asynccontextmanager
    async def connection(_server: Any) -> AsyncGenerator[Notifier, None]:
        async with anyio.create_task_group() as tasks:
            yield Notifier(hub, tasks)
            tasks.cancel_scope.cancel()

    async def subscribe(ctx: ServerRequestContext[Any, Any], params: types.SubscribeRequestParams) -> types.EmptyResult:
        await notifier_of(ctx).subscribe(ctx.session, params.uri)
        return types.EmptyResult()

    async def unsubscribe(
        ctx: ServerRequestContext[Any, Any], params: types.UnsubscribeRequestParams
    ) -> types.EmptyResult:
        notifier_of(ctx).unsubscribe(params.uri)
        return types.EmptyResult()

    async def listen(
        ctx: ServerRequestContext[Any, Any], params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        return await notifier_of(ctx).listen(ctx, params)

    return {
        "lifespan": connection,
        "on_subscribe_resource": subscribe,
        "on_unsubscribe_resource": unsubscribe,
        "on_subscriptions_listen": listen,
    }


def notifier_of(ctx: ServerRequestContext[Any, Any]) -> Notifier:
    """The notifier of the connection that a request came by."""
    return ctx.lifespan_context


def _concerns(change: Change, uri: str) -> bool:
    for begin in _EVERYTHING.get(change.kind, ()):
        if uri == begin:
            return True
        if begin.endswith("/") and uri.startswith(begin):
            return change.id is None or change.id == uri.removeprefix(begin) or change.kind in {"overrides", "library"}
    return False
