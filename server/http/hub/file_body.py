"""Files as responses: what was opened and looked at is what is sent, and no more of it than was promised."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backends.local.hub.media.files import OpenFile

__all__ = ["CHUNK", "FileBody", "until_gone"]

logger = logging.getLogger(__name__)

CHUNK = 1 << 18
"""Bytes that are read at once: a switch of threads takes longer than to read a few."""


class FileBody(Response):
    """Some bytes of a file, which is closed with the response.

    The first of them may have been read already. Should the file turn out to be shorter by now, or its disk be gone,
    the connection ends with what there was: the caller has been told how much it should be.
    """

    def __init__(
        self,
        file: OpenFile,
        place: tuple[int, int],
        *,
        status: int,
        headers: Mapping[str, str],
        limiter: anyio.CapacityLimiter,
        beginning: bytes = b"",
    ) -> None:
        self.status_code = status
        self.background = None
        self._file = file
        self._place = place
        self._limiter = limiter
        self._beginning = beginning
        self.init_headers({**headers, "Content-Length": str(place[1] - place[0])})

    @property
    def is_read(self) -> bool:
        """Whether all of it has been read already, so that it is sent at once."""
        return self._place[0] + len(self._beginning) >= self._place[1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._file.raw:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            if self.is_read:
                await send({"type": "http.response.body", "body": self._beginning})
                return
            async with until_gone(receive) as is_gone:
                await self._send_bytes(send, is_gone)

    async def _send_bytes(self, send: Send, is_gone: Callable[[], bool]) -> None:
        at, end = self._place
        piece = self._beginning
        while not is_gone():
            piece = piece or await self._read(at, min(CHUNK, end - at))
            at += len(piece)
            if not piece and at < end:
                logger.warning("a file became shorter, or could not be read, while it was sent")
                return  # the server closes the connection of an answer that is not whole
            await send({"type": "http.response.body", "body": piece, "more_body": at < end})
            if at >= end:
                return
            piece = b""

    async def _read(self, at: int, count: int) -> bytes:
        try:
            return await anyio.to_thread.run_sync(os.pread, self._file.raw.fileno(), count, at, limiter=self._limiter)
        except OSError:
            return b""


@asynccontextmanager
async def until_gone(receive: Receive) -> AsyncGenerator[Callable[[], bool], None]:
    """A block in which it can be asked whether the caller has left; to send on would raise no error."""
    watch = asyncio.create_task(_until_gone(receive))
    try:
        yield watch.done
    finally:
        watch.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
