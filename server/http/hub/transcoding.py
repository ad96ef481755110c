"""Tracks in another format, sent as they are made."""

import logging
from contextlib import suppress

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backends.local.hub.context import Hub
from backends.local.hub.media.files import TrackFile, open_audio
from backends.local.hub.media.transcoding import Transcoder, Transcoding, begin, can_transcode
from contract.errors import InvalidRequest
from contract.hub.errors import MediaNotFound, TranscodingUnavailable
from contract.hub.media import StreamTrack
from server.http.hub.file_body import until_gone

__all__ = ["transcoded"]

logger = logging.getLogger(__name__)

_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # nobody knows how long it gets, and it is never made the same twice
    "Content-Disposition": "inline",
    "Accept-Ranges": "none",
}


async def transcoded(hub: Hub, request: Request, file: TrackFile, asked: StreamTrack) -> Response:
    """What ffmpeg makes of a track.

    Raises:
        TranscodingUnavailable: There is no ffmpeg.
        TranscodingBusy: It is at work on as many tracks as it may be.
        MediaNotFound: The file is not there now, or ffmpeg makes nothing of it.
        InvalidRequest: It would begin behind the track's end.
    """
    if asked.format is None or not can_transcode():
        raise TranscodingUnavailable
    if asked.start is not None and asked.start * 1000 >= max(file.duration_ms, 1):
        raise InvalidRequest("start must lie before the end of the track.", field="start")
    to = Transcoding(asked.format, asked.bitrate, asked.start or 0)
    opened, container = await anyio.to_thread.run_sync(open_audio, file, limiter=hub.media.files)
    with opened.raw:  # ffmpeg has its own by then
        headers = {**_HEADERS, "Content-Type": to.media_type}
        if request.method == "HEAD":
            return Response(headers=headers)
        transcoder = await begin(opened, container, to, hub.media.transcoders)
    try:
        beginning = await _beginning(transcoder)
    except BaseException:
        await transcoder.aclose()
        raise
    return _TranscodedBody(transcoder, beginning, headers)


async def _beginning(transcoder: Transcoder) -> bytes:
    """What it makes first, for which it has to know that it can read the file at all."""
    with suppress(OSError):
        if beginning := await transcoder.read():
            return beginning
    raise MediaNotFound("Nothing of this track's file can be converted.")


class _TranscodedBody(Response):
    """What a transcoder makes, as it makes it; it ends with the response."""

    def __init__(self, transcoder: Transcoder, beginning: bytes, headers: dict[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self._transcoder = transcoder
        self._beginning = beginning
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send it."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async with until_gone(receive) as is_gone:
                piece = self._beginning
                while piece and not is_gone():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    piece = await self._transcoder.read()
                await send({"type": "http.response.body", "body": b""})
        except OSError:
            logger.warning("ffmpeg failed in the middle of a track")
            # The server closes the connection of an answer that is not whole.
        finally:
            await self._transcoder.aclose()
