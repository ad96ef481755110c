"""Who is calling the hub, and whether a request may do what it asks for. docs/decisions/0028-whom-the-hub-trusts.md."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from backends.local.hub.media.sessions import MediaGrant, grant_of
from backends.local.hub.pairing.tokens import Device, device_of
from contract.errors import ContractError
from contract.hub.errors import ForeignOrigin, HubUnauthorized, LocalOnly, MisdirectedRequest
from contract.operation import Effect, Operation, Trust
from server.http.hub.wire import Wire
from server.http.listeners import Listener
from server.http.local import is_foreign, is_local

__all__ = ["MEDIA_TOKEN", "Caller", "CallerKind", "admit", "checked_listener", "refuse_strangers"]

MEDIA_TOKEN = "token"  # noqa: S105  (the name of a query parameter)
"""Audio elements and pictures can't send a header; no other token is taken from an address."""


class CallerKind(StrEnum):
    """What is known of a caller."""

    LOCAL = "local"
    """A program of this machine, or a page of the hub's own in its browser."""

    DEVICE = "device"
    """A device that was paired."""

    TOKEN = "token"  # noqa: S105  (it names a kind)
    """Whoever bears the hub's MUSIC_HUB_API_TOKEN."""

    MEDIA = "media"
    """Whoever bears a media token."""

    NOBODY = "anonymous"
    """Anybody else."""


@dataclass(frozen=True)
class Caller:
    """Who sent a request.

    Attributes:
        device: Of kind DEVICE.
        grant: What media the caller may read, of kind MEDIA.
    """

    kind: CallerKind
    device: Device | None = None
    grant: MediaGrant | None = None


_MEANT: Mapping[Trust, frozenset[CallerKind]] = {
    Trust.ANYBODY: frozenset(CallerKind),
    Trust.MEDIA: frozenset({CallerKind.LOCAL, CallerKind.DEVICE, CallerKind.TOKEN, CallerKind.MEDIA}),
    Trust.PAIRED: frozenset({CallerKind.LOCAL, CallerKind.DEVICE, CallerKind.TOKEN}),
    Trust.LOCAL: frozenset({CallerKind.LOCAL}),
}


async def admit(wire: Wire, operation: Operation[Any, Any], request: Request) -> Caller:
    """Return who is calling, if the operation is for such callers and the request may have been meant by them.

    Raises:
        MisdirectedRequest: The Host header is no name of the hub.
        ForeignOrigin: Another site's page would change something, or uses a token that it came by.
        HubUnauthorized: The caller is not known, or no longer.
        LocalOnly: It takes the hub's own machine.
    """
    listener = checked_listener(wire, request)
    bears_token = operation.trust is Trust.MEDIA and MEDIA_TOKEN in request.query_params
    if (operation.effect is not Effect.READ or bears_token) and is_foreign(request, listener):
        raise ForeignOrigin
    caller = await _caller(wire, request, known=operation.trust is not Trust.ANYBODY)
    if caller.kind is CallerKind.NOBODY and bears_token:
        caller = Caller(CallerKind.MEDIA, grant=await grant_of(wire.hub.hub, request.query_params[MEDIA_TOKEN]))
    if caller.kind not in _MEANT[operation.trust]:
        raise LocalOnly if operation.trust is Trust.LOCAL else HubUnauthorized
    return caller


def checked_listener(wire: Wire, request: Request) -> Listener:
    """Return the listener that the request came by, whose name it uses.

    Raises:
        MisdirectedRequest: The Host header is no name of the hub.
    """
    listener = wire.listener_of(request)
    hosts = request.headers.getlist("host")
    if listener is None or len(hosts) != 1 or hosts[0].lower() not in listener.allowed.hosts:
        raise MisdirectedRequest
    return listener


async def refuse_strangers(wire: Wire, request: Request) -> None:
    """Say nothing of what there is, or is not, to callers that are not known.

    Raises:
        MisdirectedRequest: The Host header is no name of the hub.
        HubUnauthorized: The caller is not known, or no longer.
    """
    checked_listener(wire, request)
    caller = await _caller(wire, request, known=True)
    if caller.kind is CallerKind.NOBODY:
        raise HubUnauthorized


async def _caller(wire: Wire, request: Request, *, known: bool) -> Caller:
    """Who is calling; where nobody need be known, a token that is not good is as none."""
    if is_local(request):
        return Caller(CallerKind.LOCAL)
    token = _bearer_token(request)
    if token is None:
        return Caller(CallerKind.NOBODY)
    if wire.api_token is not None and hmac.compare_digest(token.encode(), wire.api_token.encode()):
        return Caller(CallerKind.TOKEN)
    try:
        return Caller(CallerKind.DEVICE, await device_of(wire.hub.hub, token))
    except ContractError:
        if known:
            raise
        return Caller(CallerKind.NOBODY)


def _bearer_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
