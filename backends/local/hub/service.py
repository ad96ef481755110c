"""What the hub says of itself."""

import os

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.media.transcoding import can_transcode
from backends.text import clean
from contract.hub.service import GET_INFO, PING, GetInfo, Info, Ping, Pong
from contract.operation import Area
from musicengine_mcp import __version__

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_CAPABILITIES = (
    Area.LIBRARY,
    Area.SEARCH,
    Area.PLAYLISTS,
    Area.SAVED,
    Area.METADATA,
    Area.PLAYBACK,
    Area.SCAN,
    Area.MEDIA,
    Area.EVENTS,
    Area.SHARES,
    Area.DEVICES,
    Area.RECOVERY,
)

_TRANSCODING = "transcoding"

_LONGEST_NAME = 100


@HANDLERS.handles(PING)
async def _ping(_hub: Hub, _request: Ping) -> Pong:
    return Pong(ok=True)


@HANDLERS.handles(GET_INFO)
async def _get_info(hub: Hub, _request: GetInfo) -> Info:
    """As the hub's own machine sees it; whoever puts the hub on the wire says who is calling."""
    message = hub.condition.unavailable().sentence if hub.condition.status != "healthy" else None
    return Info(
        name=clean(os.environ.get("MUSIC_HUB_NAME", ""))[:_LONGEST_NAME] or "Music Hub",
        version=__version__,
        capabilities=[*map(str, _CAPABILITIES), *([_TRANSCODING] if can_transcode() else [])],
        databaseHealth={"status": hub.condition.status, "message": message},
        caller="local",
    )
