"""Media sessions for those who play."""

from typing import get_args

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.media.sessions import open_media_session
from backends.local.hub.media.transcoding import can_transcode
from backends.local.hub.moments import timestamp
from contract.hub.media import (
    COVER_SIZES,
    GET_COVER,
    START_MEDIA_SESSION,
    STREAM_TRACK,
    MediaSession,
    StartMediaSession,
    TranscodedFormat,
)

__all__ = ["HANDLERS", "start_session"]

HANDLERS = Handlers[Hub]()

_SECONDS = 3600


@HANDLERS.handles(START_MEDIA_SESSION)
async def start_media_session(hub: Hub, _: StartMediaSession) -> MediaSession:
    """One of this machine's."""
    return await start_session(hub, pairing=None)


async def start_session(hub: Hub, *, pairing: int | None) -> MediaSession:
    """A media token for a paired device, or for this machine.

    Raises:
        StorageError: It can't be written down.
    """
    opened = await open_media_session(hub, pairing=pairing, seconds=_SECONDS)
    return MediaSession(
        mediaToken=opened.token,
        expiresAt=timestamp(opened.expires_at),
        trackUrl=f"{STREAM_TRACK.path}?token={opened.token}",
        coverUrl=f"{GET_COVER.path}?size={{size}}&token={opened.token}",
        coverSizes=list(COVER_SIZES),
        transcodesTo=list(get_args(TranscodedFormat)) if can_transcode() else [],
    )
