"""The hub's pages: the player, and what is shared."""

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from server.http.hub.player_page import player_routes
from server.http.hub.wire import Wire

__all__ = ["page_routes"]


def page_routes(wire: Wire) -> list[Route]:
    """A route for each page and what it needs."""
    return [*player_routes(wire), Route("/share/{rest:path}", _SharePages(wire))]


class _SharePages:
    """What is under /share, made when somebody first asks for something there."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if self._router is None:
            from server.http.hub.share_routes import share_routes  # noqa: PLC0415  (a server starts without pages)

            self._router = Router(share_routes(self._wire), redirect_slashes=False)
        await self._router(scope, receive, send)
