"""The contract's documents over HTTP: the files of a checkout, byte by byte."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.documents import DOCUMENTS

__all__ = ["document_routes"]

_PATHS = {"openapi": "/openapi.json", "markdown": "/docs/api.md", "html": "/docs/api", "llms": "/llms.txt"}
"""Those of the reference."""

_MEDIA_TYPES = {"llms": "text/plain"}
"""Where it is not the document's own: browsers show a .txt of this type, and would download Markdown."""


def document_routes() -> list[Route]:
    """A route for each document."""
    return [Route(path, _endpoint(name)) for name, path in _PATHS.items()]


def _endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    file = DOCUMENTS[name]

    async def endpoint(request: Request) -> Response:
        headers = _headers(name)
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        media_type = _MEDIA_TYPES.get(name, file.media_type)
        return Response(file.content, headers=headers, media_type=media_type)

    return endpoint


@cache
def _headers(name: str) -> Mapping[str, str]:
    headers = {"Cache-Control": "no-cache", "ETag": f'"{sha256(DOCUMENTS[name].content).hexdigest()[:16]}"'}
    if name == "html":
        from contract.publish.html import html_security_policy  # noqa: PLC0415  (most servers are never asked for it)

        headers |= {"Content-Security-Policy": html_security_policy(), "Referrer-Policy": "no-referrer"}
    return headers
