"""How far a scan has come, whichever process scans, told to all who listen in this process by one who looks."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from backends.local.hub.context import Hub
from backends.local.hub.live.audience import Audience
from backends.local.hub.live.listener import Listener
from backends.local.hub.live.news import PROGRESS, News
from backends.local.hub.scan import scan_figures
from backends.local.looking import next_look
from contract.errors import StorageBusy
from contract.hub.events import ScanEvent
from contract.hub.scan import ScanFigures

__all__ = ["ScanNews"]

_REST_SECONDS = 0.25

_SECONDS_BETWEEN_CHECKS = 2.0
"""Whether a scan's process is still there: one that is killed does not say that its scan has ended."""


class ScanNews:
    """Tells how the running scan stands, or the last one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._audience = Audience(self._look, _REST_SECONDS)

    @asynccontextmanager
    async def told_to(self, listener: Listener) -> AsyncGenerator[None, None]:
        """Tell the listener during the block, first how it stands now.

        Raises:
            StorageError: The database can't be read.
        """
        listener.tell([_news(await self._figures())])
        with self._audience.joined(listener):
            yield

    def close(self) -> None:
        """Have all who listen end."""
        self._audience.close()

    async def _look(self) -> None:
        told = looked_at = None
        checked = 0.0
        while True:
            try:
                present = await self._hub.index.unchanged()
                running = told is not None and told["state"] == "running"
                if present is not looked_at or (running and time.monotonic() - checked > _SECONDS_BETWEEN_CHECKS):
                    figures = await self._figures()
                    looked_at, checked = present, time.monotonic()
                    if figures != told:
                        told = figures
                        await self._audience.tell([_news(figures)])
                        continue
            except StorageBusy:  # the next look will tell
                pass
            await next_look(_REST_SECONDS)

    async def _figures(self) -> ScanFigures | None:
        last = await self._hub.scans.last()
        return None if last is None else scan_figures(last)


def _news(figures: ScanFigures | None) -> News:
    return News(PROGRESS, data=ScanEvent.model_construct(scan=figures))
