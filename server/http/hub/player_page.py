"""The web player: a page, its style and its scripts, sent as the files that they are under a policy of their own."""

from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.errors import ContractError
from server.http.answers import error_answer
from server.http.hub.callers import checked_listener
from server.http.hub.ranges import has_it_already
from server.http.hub.wire import Wire

__all__ = ["player_policy", "player_routes"]

_ASSETS = Path(__file__).with_name("player")

_PAGE = "player.html"

_MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",  # a blob of silence tells whether the browser lets the page sound
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",  # no script of the page makes markup of text
)


def player_routes(wire: Wire) -> list[Route]:
    """The page at the root, and beneath /player what belongs to it: a closed list, so that no path is looked for."""
    assets = [path for path in sorted(_ASSETS.iterdir()) if path.suffix in _MEDIA_TYPES and path.name != _PAGE]
    return [
        Route("/", _sent(wire, _ASSETS / _PAGE)),
        *(Route(f"/player/{path.name}", _sent(wire, path)) for path in assets),
    ]


def player_policy() -> str:
    """The Content-Security-Policy to send with all of it: its own files, and the hub's API and media."""
    return "; ".join(_POLICY)


def _sent(wire: Wire, path: Path) -> Callable[[Request], Awaitable[Response]]:
    content = path.read_bytes()
    headers = {
        "Content-Security-Policy": player_policy(),
        "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",  # so that the files of one page are of one version
        "ETag": f'"{sha256(content).hexdigest()[:16]}"',
    }
    whole = partial(Response, content, headers=headers, media_type=_MEDIA_TYPES[path.suffix])

    async def endpoint(request: Request) -> Response:
        try:
            checked_listener(wire, request)
        except ContractError as error:
            return error_answer(error)
        if has_it_already(request.headers, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return whole()

    return endpoint
