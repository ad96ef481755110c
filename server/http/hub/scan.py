"""Scans that are asked for over the wire: which folders belong to the library is said on the hub's own machine."""

from starlette.requests import Request
from starlette.responses import Response

from contract.hub.errors import LocalOnly
from contract.hub.scan import START_SCAN, StartScan
from server.http.answers import answer
from server.http.hub.callers import Caller, CallerKind
from server.http.hub.wire import Wire

__all__ = ["start_scan"]


async def start_scan(wire: Wire, caller: Caller, _request: Request, asked: StartScan) -> Response:
    """Scan what belongs to the library, for whoever may call; name further folders only on this machine.

    Raises:
        LocalOnly: Another machine named a folder, of which it could then read what audio is in it.
    """
    if asked.folders and caller.kind is not CallerKind.LOCAL:
        raise LocalOnly(
            "Only the hub's own machine may name folders to scan.",
            field="folders",
            next_step="Leave folders out to scan those of the library, or scan the folder on the hub's machine.",
        )
    started = await wire.hub.call(START_SCAN, asked)
    return answer(started.model_dump_json().encode(), START_SCAN.status, {})
