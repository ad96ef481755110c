"""The operations whose answers are more than what the hub says: bytes, streams of events, and who is calling.

What answers one is imported at its first request: a server starts without drawing QR codes or reading pictures.
"""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from contract.hub.connect_qr import GET_CONNECT_QR, GET_TUNNEL_QR
from contract.hub.events import FOLLOW_LIBRARY, FOLLOW_SCAN
from contract.hub.media import GET_COVER, START_MEDIA_SESSION, STREAM_TRACK
from contract.hub.scan import START_SCAN
from contract.hub.service import GET_INFO
from contract.hub.shares import CREATE_SHARE, LIST_SHARES
from contract.operation import Operation
from server.http.hub.callers import Caller
from server.http.hub.wire import Wire

__all__ = ["is_raw", "raw_answer"]

_MODULES: Mapping[str, tuple[Operation[Any, Any], ...]] = {
    "events": (FOLLOW_LIBRARY, FOLLOW_SCAN),
    "media": (START_MEDIA_SESSION, STREAM_TRACK, GET_COVER),
    "qr": (GET_CONNECT_QR, GET_TUNNEL_QR),
    "scan": (START_SCAN,),
    "service": (GET_INFO,),
    "share_links": (CREATE_SHARE, LIST_SHARES),
}
"""Each of these modules has, under the operation's name, what answers it."""

_MODULE_OF = {operation.name: module for module, operations in _MODULES.items() for operation in operations}

Answer = Callable[[Wire, Caller, Request, Any], Awaitable[Response]]


def is_raw(operation: Operation[Any, Any]) -> bool:
    """Whether the operation is one of these."""
    return operation.name in _MODULE_OF


def raw_answer(operation: Operation[Any, Any]) -> Answer:
    """What answers the operation."""
    module = importlib.import_module(f"server.http.hub.{_MODULE_OF[operation.name]}")
    return getattr(module, operation.name)
