"""The contract's documents over HTTP: the same functions that write the files of a checkout."""

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contract.musicengine import OPERATIONS
from contract.publish.files import documents
from contract.publish.html import html_security_policy

__all__ = ["document_routes"]

_PLACES = {
    "openapi": ("/openapi.json", "application/json"),
    "markdown": ("/docs/api.md", "text/markdown; charset=utf-8"),
    "html": ("/docs/api", "text/html; charset=utf-8"),
    "llms": ("/llms.txt", "text/plain; charset=utf-8"),
}
"""Where each document is, and its media type; the paths are those of the reference."""


def document_routes() -> list[Route]:
    """A route for each document, and from the root the way to the one for people."""
    routes = [Route(path, _endpoint(name, media_type)) for name, (path, media_type) in _PLACES.items()]
    return [*routes, Route("/", _to_the_reference)]


def _endpoint(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        content = _contents()[name]
        headers = {"Cache-Control": "no-cache", "ETag": f'"{sha256(content).hexdigest()[:16]}"'}
        if name == "html":
            headers |= {"Content-Security-Policy": html_security_policy(), "Referrer-Policy": "no-referrer"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    return endpoint


@cache
def _contents() -> dict[str, bytes]:
    """All of them, written when somebody first asks for one."""
    return {document.name: document.text.encode() for document in documents(OPERATIONS)}


async def _to_the_reference(_request: Request) -> Response:
    return RedirectResponse("/docs/api")
