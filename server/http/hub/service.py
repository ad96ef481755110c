"""What the hub is, to whoever asks."""

from starlette.requests import Request
from starlette.responses import Response

from contract.hub.service import GET_INFO, CallerName, GetInfo
from server.http.answers import answer
from server.http.hub.callers import Caller, CallerKind
from server.http.hub.wire import Wire

__all__ = ["get_info"]

_NAMES: dict[CallerKind, CallerName] = {
    CallerKind.LOCAL: "local",
    CallerKind.DEVICE: "device",
    CallerKind.TOKEN: "token",
}


async def get_info(wire: Wire, caller: Caller, _request: Request, asked: GetInfo) -> Response:
    """The hub's own words, with whom it takes the caller for."""
    found = await wire.hub.call(GET_INFO, asked)
    named = found.model_copy(update={"caller": _NAMES.get(caller.kind, "anonymous")})
    return answer(named.model_dump_json().encode(), GET_INFO.status, {})
