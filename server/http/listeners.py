"""Where the server listens, and what holds for the requests that come by each address."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from server.http.binding import Allowed

__all__ = ["LISTENER", "Listener", "Reach", "WithListener"]

LISTENER = "musicengine.listener"
"""Where endpoints find in their scope by which listener a request came; a port that is none of ours has none."""


@dataclass(frozen=True)
class Listener:
    """One port that the server listens on.

    Attributes:
        allowed: What the Host and Origin headers of its requests may hold.
        is_tunnel: Whether a program on this machine passes requests of others on to it: none of them is local then.
    """

    allowed: Allowed
    is_tunnel: bool = False


@dataclass(frozen=True)
class Reach:
    """How the server is reached.

    Attributes:
        listeners: By the port that each has.
        addresses: Base addresses of the hub for its callers, the one for this machine first.
        public_url: Where a tunnel ends, or None.
    """

    listeners: Mapping[int, Listener]
    addresses: tuple[str, ...] = ()
    public_url: str | None = None

    @property
    def allowed(self) -> Allowed:
        """What the headers may hold where it is not asked by which listener a request came."""
        every = [listener.allowed for listener in self.listeners.values()]
        return Allowed(
            tuple(dict.fromkeys(host for allowed in every for host in allowed.hosts)),
            tuple(dict.fromkeys(origin for allowed in every for origin in allowed.origins)),
            tuple(dict.fromkeys(page for allowed in every for page in allowed.pages)),
        )


class WithListener:
    """ASGI middleware that says by which listener a request came."""

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._listeners = reach.listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        server: tuple[str, int | None] | None = scope.get("server")
        if server is not None:
            scope[LISTENER] = self._listeners.get(server[1] or 0)
        await self._app(scope, receive, send)
