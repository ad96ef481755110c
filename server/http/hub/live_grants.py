"""What is being sent by a grant that may be taken away meanwhile: a share that is ended, a device that is revoked.

A browser asks for a song once, and then it is sent for minutes. So whoever sends looks again and again whether it still
may: as soon as anybody has committed anything, and once a second, since what expires commits nothing.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backends.local.hub.hub import LocalHub
from backends.local.looking import next_look
from contract.errors import StorageError
from server.http.protocol import DROP

__all__ = ["Granted", "Held", "LiveGrants"]

logger = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 0.1

_EXPIRY_SECONDS = 1.0

StillGranted = Callable[[], Awaitable[bool]]


@dataclass(eq=False)
class Held:
    """Something that is being sent."""

    still_granted: StillGranted
    scope: anyio.CancelScope
    was_cut: bool = False

    def cut(self) -> None:
        """End it where it is."""
        self.was_cut = True
        self.scope.cancel()


class LiveGrants:
    """The grants by which something is being sent; while there are none, nothing is looked at."""

    def __init__(self, hub: LocalHub) -> None:
        self._hub = hub
        self._held: set[Held] = set()
        self._watch: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def held(self, still_granted: StillGranted) -> AsyncGenerator[Held, None]:
        """Send within the block, which ends where it is, without an error, once it is not granted any longer."""
        with anyio.CancelScope() as scope:
            held = Held(still_granted, scope)
            self._held.add(held)
            try:
                if self._watch is None or self._watch.done():
                    self._watch = asyncio.create_task(self._keep_looking())
                yield held
            finally:
                self._held.discard(held)

    async def _keep_looking(self) -> None:
        try:
            await self._look_until_nothing_is_held()
        except Exception:
            logger.exception("what is being sent can't be watched, so it ends")
            for held in self._held:
                held.cut()

    async def _look_until_nothing_is_held(self) -> None:
        known, looked_at = None, 0.0
        while self._held:
            with suppress(StorageError):  # the next look will tell
                present, now = await self._hub.hub.user.unchanged(), time.monotonic()
                if present is not known or now - looked_at >= _EXPIRY_SECONDS:
                    await self._look()
                    known, looked_at = present, now
            await next_look(_LOOK_EVERY_SECONDS)

    async def _look(self) -> None:
        for held in tuple(self._held):
            if not await held.still_granted():
                held.cut()


class Granted(Response):
    """A response that is sent for as long as it is granted; then the connection is dropped, in the middle of a word."""

    def __init__(self, response: Response, grants: LiveGrants, still_granted: StillGranted) -> None:
        super().__init__(status_code=response.status_code)
        self.raw_headers = response.raw_headers
        self._response = response
        self._grants = grants
        self._still_granted = still_granted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._grants.held(self._still_granted) as held:
            await self._response(scope, receive, send)
        if held.was_cut and (drop := scope.get("state", {}).get(DROP)) is not None:
            drop()
            while (await receive())["type"] != "http.disconnect":
                pass
