"""Where links of shares lead to: the address at which whoever served the hub last was reached.

It stands in `hub.db`, since links are also made by programs that serve nothing: an agent's, over stdio.
"""

from typing import NamedTuple

from backends.local.hub.context import Hub
from contract.hub.shares import Reach

__all__ = ["LinkAddress", "link_address", "note_link_address", "share_path"]

_READ = "SELECT url, reach FROM hub_address"
_WRITE = "INSERT OR REPLACE INTO hub_address (id, url, reach) VALUES (1, ?, ?)"


class LinkAddress(NamedTuple):
    """A base address, without a slash at its end, and from where it can be reached."""

    url: str
    reach: Reach


async def link_address(hub: Hub) -> LinkAddress | None:
    """The address, or None if the hub was never served.

    Raises:
        StorageError: The database can't be read.
    """
    for row in await hub.user.look_up(_READ):
        return LinkAddress(*row)
    return None


async def note_link_address(hub: Hub, address: LinkAddress) -> None:
    """Remember the address, if it is another one than before.

    Raises:
        StorageError: The database can't be read or written.
    """
    if await link_address(hub) == address:
        return
    async with hub.user.transaction() as connection:
        await connection.execute(_WRITE, address)


def share_path(kind: str, item_id: str, key: str | None = None) -> str:
    """The path of a share's page."""
    path = f"/share/{kind}/{item_id}"
    return path if key is None else f"{path}?key={key}"
