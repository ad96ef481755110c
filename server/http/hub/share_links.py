"""At which of the server's addresses links to what is shared lead to it."""

from contextlib import suppress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from backends.local.hub.sharing.addresses import LinkAddress, note_link_address
from backends.loopback import is_loopback
from contract.errors import StorageError
from contract.hub.shares import CREATE_SHARE, LIST_SHARES, CreateShare, ListShares
from server.http.answers import answer
from server.http.hub.callers import Caller
from server.http.hub.wire import Wire
from server.http.listeners import Reach

__all__ = ["create_share", "link_address_of", "list_shares", "note_own_address"]


def link_address_of(reach: Reach) -> LinkAddress | None:
    """The one that most people can reach; what a Host header says, anybody can write."""
    if reach.public_url is not None:
        return LinkAddress(reach.public_url, "anywhere")
    for address in reach.addresses:
        if not is_loopback(urlsplit(address).hostname or ""):
            return LinkAddress(address, "network")
    return LinkAddress(reach.addresses[0], "machine") if reach.addresses else None


async def note_own_address(wire: Wire) -> None:
    """Let programs that serve nothing know where links lead to; a hub that nobody has used stays untouched."""
    address = link_address_of(wire.reach)
    if address is not None and wire.hub.has_begun():
        with suppress(StorageError):  # a link then leads to where it led before
            await note_link_address(wire.hub.hub, address)


async def create_share(wire: Wire, _caller: Caller, _request: Request, asked: CreateShare) -> Response:
    """A link leads to this server, whichever was the last."""
    await note_own_address(wire)
    found = await wire.hub.call(CREATE_SHARE, asked)
    return answer(found.model_dump_json().encode(), CREATE_SHARE.status, {})


async def list_shares(wire: Wire, _caller: Caller, _request: Request, asked: ListShares) -> Response:
    """The same of those that there are."""
    await note_own_address(wire)
    found = await wire.hub.call(LIST_SHARES, asked)
    return answer(found.model_dump_json().encode(), LIST_SHARES.status, {})
