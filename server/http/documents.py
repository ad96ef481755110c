"""The contract's documents over HTTP: the files of a checkout, byte by byte."""

from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contract.documents import DOCUMENTS
from contract.publish.html import html_security_policy

__all__ = ["document_routes"]

_PATHS = {"openapi": "/openapi.json", "markdown": "/docs/api.md", "html": "/docs/api", "llms": "/llms.txt"}
"""Those of the reference."""

_MEDIA_TYPES = {"llms": "text/plain"}
"""Where it is not the document's own: browsers show a .txt of this type, and would download Markdown."""


def document_routes() -> list[Route]:
    """A route for each document, and from the root the way to the one for people."""
    return [*(Route(path, _endpoint(name)) for name, path in _PATHS.items()), Route("/", _to_the_reference)]


def _endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    file = DOCUMENTS[name]
    tag = f'"{sha256(file.content).hexdigest()[:16]}"'

    async def endpoint(request: Request) -> Response:
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if name == "html":
            headers |= {"Content-Security-Policy": html_security_policy(), "Referrer-Policy": "no-referrer"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        media_type = _MEDIA_TYPES.get(name, file.media_type)
        return Response(file.content, headers=headers, media_type=media_type)

    return endpoint


async def _to_the_reference(_request: Request) -> Response:
    return RedirectResponse("/docs/api")
