"""The contract's documents over HTTP: the files of a checkout, byte by byte."""

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contract.publish.files import published
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
    async def endpoint(request: Request) -> Response:
        content, tag = await to_thread.run_sync(_content, name)
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if name == "html":
            headers |= {"Content-Security-Policy": html_security_policy(), "Referrer-Policy": "no-referrer"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        media_type = _MEDIA_TYPES.get(name, published()[name].media_type)
        return Response(content, headers=headers, media_type=media_type)

    return endpoint


@cache
def _content(name: str) -> tuple[bytes, str]:
    """A document and its entity tag; whoever asks first waits until it is written."""
    content = published()[name].content
    return content, f'"{sha256(content).hexdigest()[:16]}"'


async def _to_the_reference(_request: Request) -> Response:
    return RedirectResponse("/docs/api")
