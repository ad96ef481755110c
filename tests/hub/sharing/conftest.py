"""What the tests of shares do again and again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.media.sessions import covers, grant_of
from contract.errors import ContractError
from contract.hub.errors import ShareNotFound
from contract.hub.playlists import CREATE_PLAYLIST
from contract.hub.share_sessions import (
    KEEP_SHARE_SESSION,
    OPEN_ALBUM_SHARE,
    OPEN_ARTIST_SHARE,
    OPEN_PLAYLIST_SHARE,
    OPEN_TRACK_SHARE,
)
from contract.hub.shares import CREATE_SHARE
from tests.checked import call

OPEN = {
    "playlist": OPEN_PLAYLIST_SHARE,
    "artist": OPEN_ARTIST_SHARE,
    "album": OPEN_ALBUM_SHARE,
    "track": OPEN_TRACK_SHARE,
}


@dataclass
class Sharing:
    """The hub, as somebody who shares and somebody who has a link see it."""

    hub: LocalHub

    async def share(self, id_: str, **arguments: Any) -> dict[str, Any]:
        """The new share."""
        return (await call(self.hub, CREATE_SHARE, id=id_, **arguments))["share"]

    async def open(self, share: dict[str, Any], **other: Any) -> dict[str, Any]:
        """What its link opens; or the link with another id or key."""
        _, equals, key = share["path"].partition("?key=")
        arguments = {"id": share["itemId"], **({"key": key} if equals else {}), **other}
        return await call(self.hub, OPEN[share["kind"]], **arguments)

    async def is_open(self, share: dict[str, Any]) -> bool:
        """Whether its link opens anything."""
        try:
            await self.open(share)
        except ShareNotFound:
            return False
        return True

    async def reads(self, opened: dict[str, Any], id_: str) -> bool:
        """Whether the media token reads the track or the cover."""
        try:
            return await covers(self.hub.hub, await grant_of(self.hub.hub, opened["mediaToken"]), id_)
        except ContractError:
            return False

    async def keep(self, opened: dict[str, Any]) -> dict[str, Any]:
        """A heartbeat."""
        return await call(self.hub, KEEP_SHARE_SESSION, shareSessionId=opened["shareSessionId"])

    async def playlist(self, *tracks: str, name: str = "Summer") -> str:
        """The id of a new playlist."""
        return (await call(self.hub, CREATE_PLAYLIST, name=name, trackIds=list(tracks)))["playlist"]["id"]


@pytest.fixture
def sharing(hub):
    return Sharing(hub)


@pytest.fixture
async def each_kind(sharing, library) -> Callable[[], Awaitable[dict[str, str]]]:
    """An id of each kind."""
    return {
        "playlist": await sharing.playlist(library.track("Jóga"), library.track("Hurt"), library.track("Gone")),
        "artist": library.artist("Queen"),
        "album": library.album("Homogenic", "Björk"),
        "track": library.track("T.N.T."),
    }
