"""Tracks and covers as bytes, and the tokens that open them."""

import os
from email.utils import formatdate
from functools import partial
from hashlib import blake2b

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from backends.local.hub.context import Hub
from backends.local.hub.media.covers import cover_of
from backends.local.hub.media.files import OpenFile, TrackFile, open_audio, track_file
from backends.local.hub.media.sessions import covers, grant_of
from backends.local.hub.media.starting import start_session
from backends.local.hub.pairing.tokens import is_paired
from contract.hub.errors import HubUnauthorized, MediaNotFound, TokenExpired
from contract.hub.media import START_MEDIA_SESSION, GetCover, StartMediaSession, StreamTrack
from server.http.answers import answer
from server.http.hub.callers import Caller
from server.http.hub.file_body import CHUNK, FileBody
from server.http.hub.live_grants import Granted
from server.http.hub.ranges import asked_bytes, has_it_already
from server.http.hub.transcoding import transcoded
from server.http.hub.wire import Wire

__all__ = ["get_cover", "start_media_session", "stream_track"]

_OWN_PAGES_ALONE = {"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer"}

_TRACK_HEADERS = {
    **_OWN_PAGES_ALONE,
    "Cache-Control": "private, no-cache",  # to be kept, and asked about: a file may be tagged anew at any time
    "Content-Disposition": "inline",
    "Accept-Ranges": "bytes",
}

_COVER_HEADERS = {
    **_OWN_PAGES_ALONE,
    "Cache-Control": "private, max-age=300, stale-while-revalidate=86400",
    "Content-Disposition": "inline",
    "Vary": "Accept",
}


async def start_media_session(wire: Wire, caller: Caller, _request: Request, _asked: StartMediaSession) -> Response:
    """A media token that lives no longer than the device that asked for it."""
    pairing = None if caller.device is None else caller.device.pairing
    session = await start_session(wire.hub.hub, pairing=pairing)
    return answer(session.model_dump_json().encode(), START_MEDIA_SESSION.status, {})


async def stream_track(wire: Wire, caller: Caller, request: Request, asked: StreamTrack) -> Response:
    """The bytes of a track's file, or what ffmpeg makes of it."""
    hub = wire.hub.hub
    await _require(hub, caller, asked.id)
    file = await track_file(hub, asked.id)
    if asked.format is not None:
        return _granted(wire, caller, asked, await transcoded(hub, request, file, asked))
    send = partial(_file_response, file, request.headers, request.method == "HEAD", hub.media.files)
    response = await anyio.to_thread.run_sync(send, limiter=hub.media.files)
    if isinstance(response, FileBody) and not response.is_read:
        return _granted(wire, caller, asked, response)
    return response


async def get_cover(wire: Wire, caller: Caller, request: Request, asked: GetCover) -> Response:
    """A picture, as small as it was asked for."""
    await _require(wire.hub.hub, caller, asked.id)
    webp = _takes_webp(request.headers.get("accept", ""))
    cover = await cover_of(wire.hub.hub, asked.id, asked.size, webp=webp)
    headers = {**_COVER_HEADERS, "ETag": cover.etag}
    if has_it_already(request.headers, cover.etag):
        return Response(status_code=304, headers=headers)
    return Response(cover.content, headers=headers, media_type=cover.media_type)


async def _require(hub: Hub, caller: Caller, id_: str) -> None:
    """Let a media token open what it covers: anything else is for its bearer as if it were not there."""
    if caller.grant is not None and not await covers(hub, caller.grant, id_):
        raise MediaNotFound


def _granted(wire: Wire, caller: Caller, asked: StreamTrack, response: Response) -> Response:
    """The response, which ends where it is once the caller may not hear it any longer."""
    hub, device, grant, token = wire.hub.hub, caller.device, caller.grant, asked.token

    async def device_is_paired() -> bool:
        return device is not None and await is_paired(hub, device)

    async def token_covers_it() -> bool:
        try:
            return token is not None and await covers(hub, await grant_of(hub, token), asked.id)
        except TokenExpired:
            return grant is not None and grant.share_id is None  # what was begun in time is heard to its end
        except HubUnauthorized:
            return False

    if grant is not None:
        return Granted(response, wire.live_grants, token_covers_it)
    if device is not None:
        return Granted(response, wire.live_grants, device_is_paired)
    return response


def _file_response(file: TrackFile, headers: Headers, is_head: bool, limiter: anyio.CapacityLimiter) -> Response:
    """The answer to a request for a file, with the first of its bytes read; this may block."""
    opened, container = open_audio(file)
    try:
        size, etag, modified = opened.status.st_size, _etag(file.id, opened), _modified(opened)
        about = {**_TRACK_HEADERS, "ETag": etag, "Last-Modified": modified}
        if has_it_already(headers, etag, modified):
            opened.raw.close()
            return Response(status_code=304, headers=about)
        part = asked_bytes(headers, size, etag, modified)
        first, end = part or (0, size)
        body = partial(FileBody, opened, (first, end), limiter=limiter)
        beginning = b"" if is_head else os.pread(opened.raw.fileno(), min(CHUNK, end - first), first)
        about["Content-Type"] = container.media_type
        if part is None:
            return body(status=200, headers=about, beginning=beginning)
        return body(
            status=206, headers={**about, "Content-Range": f"bytes {first}-{end - 1}/{size}"}, beginning=beginning
        )
    except OSError:
        opened.raw.close()
        raise MediaNotFound("The file of this track can't be read now.") from None
    except BaseException:
        opened.raw.close()
        raise


def _etag(id_: str, file: OpenFile) -> str:
    """Strong: another file, or the same one changed, has another."""
    status = file.status
    seen = f"{id_} {status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
    return f'"{blake2b(seen.encode(), digest_size=16).hexdigest()}"'


def _modified(file: OpenFile) -> str:
    return formatdate(file.status.st_mtime, usegmt=True)


def _takes_webp(accept: str) -> bool:
    """Whether the Accept header names WebP. What takes anything is given JPEG, which all can show."""
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        if media_type == "image/webp":
            return not any(parameter.replace(" ", "").rstrip("0.") in {"q=", "q"} for parameter in parameters)
    return False
