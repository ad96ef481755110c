"""The hub's live feeds."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from contract.hub.events import FOLLOW_LIBRARY, FOLLOW_SCAN, FollowLibrary, FollowScan
from server.http.hub.callers import Caller, admit
from server.http.hub.sse import EventStream
from server.http.hub.wire import Wire

__all__ = ["follow_library", "follow_scan"]


async def follow_library(wire: Wire, _caller: Caller, request: Request, asked: FollowLibrary) -> Response:
    """What changes, from now on or from where the caller has been."""
    after = request.headers.get("last-event-id") or asked.lastEventId
    listening = wire.hub.streams.library(asked.kinds, after)
    return EventStream(listening, partial(admit, wire, FOLLOW_LIBRARY, request))


async def follow_scan(wire: Wire, _caller: Caller, request: Request, _asked: FollowScan) -> Response:
    """How scans go."""
    return EventStream(wire.hub.streams.scans(), partial(admit, wire, FOLLOW_SCAN, request))
