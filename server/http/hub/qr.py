"""QR codes that lead a phone to the hub, as a picture or as what it says."""

import io
from urllib.parse import urlsplit

import segno
from starlette.requests import Request
from starlette.responses import Response

from backends.local.hub.moments import timestamp
from backends.local.hub.pairing.codes import armed_code, arming
from backends.loopback import is_loopback
from contract.hub.connect_qr import GetConnectQr, GetTunnelQr, QrCode, QrFormat
from contract.hub.errors import TunnelNotConfigured
from contract.operation import JSON
from server.http.hub.callers import Caller
from server.http.hub.wire import Wire
from server.pairing_link import pairing_link

__all__ = ["get_connect_qr", "get_tunnel_qr"]

_TITLE = "The way to this Music Hub"

_PIXELS = 8
"""Of each module: some 300 in all, which a phone reads across a table."""

_HEADERS = {
    "Cache-Control": "no-store",  # the code is good for some minutes, and once
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'",
}

_NOT_REACHABLE = (
    "The hub listens to this machine alone. Start it with 'musicengine-mcp serve --lan', and draw the code again."
)
_NOT_ARMED = "No pairing code is armed: POST /api/auth/arm makes one, and then the picture holds it."
_ARMED_ELSEWHERE = (
    "Another process has armed the code, and only a hash of it is stored: type it in by hand, or arm one here."
)


async def get_connect_qr(wire: Wire, _caller: Caller, _request: Request, asked: GetConnectQr) -> Response:
    """Of the address on the local network, if there is one."""
    addresses = wire.reach.addresses
    return await _drawn(wire, next((each for each in addresses if _is_reachable(each)), addresses[0]), asked.format)


async def get_tunnel_qr(wire: Wire, _caller: Caller, _request: Request, asked: GetTunnelQr) -> Response:
    """Of the address that `serve --tunnel-url` names."""
    if wire.reach.public_url is None:
        raise TunnelNotConfigured
    return await _drawn(wire, wire.reach.public_url, asked.format)


async def _drawn(wire: Wire, address: str, form: QrFormat) -> Response:
    known = await _known(wire, address)
    if form == "json":
        return Response(known.model_dump_json(), headers=_HEADERS, media_type=JSON)
    drawing, picture = io.BytesIO(), segno.make_qr(known.url, error="m")
    if form == "png":
        picture.save(drawing, kind="png", scale=_PIXELS)
        return Response(drawing.getvalue(), headers=_HEADERS, media_type="image/png")
    picture.save(drawing, kind="svg", scale=_PIXELS, light="white", title=_TITLE)
    return Response(drawing.getvalue(), headers=_HEADERS, media_type="image/svg+xml")


async def _known(wire: Wire, address: str) -> QrCode:
    hub = wire.hub.hub
    made = await arming(hub)
    if made is not None and not made.is_good(hub.clock()):
        made = None
    code = await armed_code(hub)
    return QrCode.model_construct(
        url=pairing_link(address, code),
        hasCode=code is not None,
        armed=made is not None,
        expiresAt=None if made is None else timestamp(made.expires_at),
        reachable=_is_reachable(address),
        nextStep=_missing(address, armed=made is not None, has_code=code is not None),
    )


def _missing(address: str, *, armed: bool, has_code: bool) -> str | None:
    if not _is_reachable(address):
        return _NOT_REACHABLE
    if not armed:
        return _NOT_ARMED
    return None if has_code else _ARMED_ELSEWHERE


def _is_reachable(address: str) -> bool:
    return not is_loopback(urlsplit(address).hostname or "")
