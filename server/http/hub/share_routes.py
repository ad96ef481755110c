"""Where people open what is shared: its page, and its picture for those who show the link to others."""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from backends.local.hub.media.covers import cover_of
from backends.local.hub.sharing.sessions import find_share, find_shared
from contract.errors import ContractError, NotFound
from contract.hub.share_sessions import OPEN_TRACK_SHARE
from server.http.answers import error_answer
from server.http.hub.callers import checked_listener
from server.http.hub.ranges import has_it_already
from server.http.hub.share_links import link_address_of
from server.http.hub.share_page import gone_page, share_page, share_page_policy, unavailable_page
from server.http.hub.wire import Wire

__all__ = ["share_routes"]

logger = logging.getLogger(__name__)

_PAGE_HEADERS = {
    "Content-Security-Policy": share_page_policy(),
    "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
    "Referrer-Policy": "no-referrer",  # the link is a secret
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-store",  # so that it is gone once it is unshared
}

_PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-cache",  # a tunnel may keep any address that ends in .jpg
}

_PICTURE_SIZE = 1024


def share_routes(wire: Wire) -> list[Route]:
    """The routes under /share."""
    return [
        Route("/share/{kind}/{id}", _answered(wire, _page)),
        Route("/share/{kind}/{id}/cover.jpg", _answered(wire, _picture)),
        Route("/share/{rest:path}", _answered(wire, _nothing)),
    ]


def _answered(
    wire: Wire, answer: Callable[[Wire, Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint, with errors as pages."""

    async def endpoint(request: Request) -> Response:
        try:
            checked_listener(wire, request)
        except ContractError as error:
            return error_answer(error)
        try:
            await wire.hub.ready(OPEN_TRACK_SHARE)  # as the operations that the pages stand for
            return await answer(wire, request)
        except NotFound:
            return HTMLResponse(gone_page(), 404, _PAGE_HEADERS)
        except ContractError as error:
            logger.warning("a shared page can't be shown: %s", error.code)
            return HTMLResponse(unavailable_page(), error.status, _PAGE_HEADERS)

    return endpoint


async def _page(wire: Wire, request: Request) -> Response:
    hub = wire.hub.hub
    share, path = await find_share(hub, *_asked(request))
    item = await find_shared(hub, share)
    address = link_address_of(wire.reach)
    picture = None if item["coverUrl"] is None else _picture_path(path)
    page = share_page(item, url=None if address is None else f"{address.url}{path}", picture=picture)
    return HTMLResponse(page, headers=_PAGE_HEADERS)


async def _picture(wire: Wire, request: Request) -> Response:
    hub = wire.hub.hub
    share, _ = await find_share(hub, *_asked(request))
    cover = await cover_of(hub, share.item_id, _PICTURE_SIZE, webp=False)
    headers = {**_PICTURE_HEADERS, "ETag": cover.etag}
    if has_it_already(request.headers, cover.etag):
        return Response(status_code=304, headers=headers)
    return Response(cover.content, headers=headers, media_type=cover.media_type)


async def _nothing(_wire: Wire, _request: Request) -> Response:
    raise NotFound


def _asked(request: Request) -> tuple[str, str, str | None]:
    """The kind, the id and the key of the link."""
    return request.path_params["kind"], request.path_params["id"], request.query_params.get("key")


def _picture_path(path: str) -> str:
    page, mark, query = path.partition("?")
    return f"{page}/cover.jpg{mark}{query}"
