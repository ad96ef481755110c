"""Who listens to the hub from outside: as many as may, and until the hub ends."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from backends.local.hub.context import Hub
from backends.local.hub.live.library import LibraryNews
from backends.local.hub.live.listener import Listener
from backends.local.hub.live.news import PROGRESS, RESYNC
from backends.local.hub.live.scans import ScanNews
from contract.hub.errors import TooManyStreams
from contract.hub.events import EVENT_KINDS

__all__ = ["MOST_STREAMS", "Streams"]

MOST_STREAMS = 1000


class Streams:
    """The streams of one hub; nothing is looked at while there are none."""

    def __init__(self, hub: Hub) -> None:
        self._library = LibraryNews(hub)
        self._scans = ScanNews(hub)
        self._open = 0

    @asynccontextmanager
    async def library(self, kinds: str | None, after: str | None) -> AsyncGenerator[Listener, None]:
        """One who is told of changes during the block, first of those it has missed after that mark.

        Args:
            kinds: Of what kinds, separated by commas; None for all.
            after: Of the last news that it knows, or None.

        Raises:
            TooManyStreams: There are as many as may be.
            StorageError: The database can't be read.
        """
        listener = Listener({RESYNC, *(EVENT_KINDS if kinds is None else kinds.split(","))})
        with self._one_more():
            async with self._library.told_to(listener, after):
                yield listener

    @asynccontextmanager
    async def scans(self) -> AsyncGenerator[Listener, None]:
        """One who is told of scans during the block, first how the running or the last one stands.

        Raises:
            TooManyStreams: There are as many as may be.
            StorageError: A database can't be read.
        """
        listener = Listener({PROGRESS})
        with self._one_more():
            async with self._library.told_to(listener), self._scans.told_to(listener):
                yield listener

    def close(self) -> None:
        """Have all of them end."""
        self._library.close()
        self._scans.close()

    @contextmanager
    def _one_more(self) -> Generator[None, None, None]:
        if self._open >= MOST_STREAMS:
            raise TooManyStreams
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
