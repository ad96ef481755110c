"""All who listen to one source: it is looked at while somebody listens, and only then."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager

from backends.local.hub.live.listener import Listener
from backends.local.hub.live.news import News
from contract.errors import ContractError

__all__ = ["Audience"]

logger = logging.getLogger(__name__)

_TOLD_AT_ONCE = 4
"""Each who is told writes to a connection then; requests have their turn after so many."""

_REST_OF_TELLING = 3
"""Rest so many times as long as this thread worked: many listeners must not take the processor from all others."""


class Audience:
    """Who listens, and the one task that tells them."""

    def __init__(self, source: Callable[[], Awaitable[None]], rest_seconds: float) -> None:
        """An audience of the source, which looks, tells and rests (at least so long) until it is cancelled."""
        self._source = source
        self._rest_seconds = rest_seconds
        self._listeners: dict[Listener, None] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def is_told(self) -> bool:
        """Whether the source is being looked at."""
        return self._task is not None

    @contextmanager
    def joined(self, listener: Listener) -> Generator[None, None, None]:
        """Tell the listener, too, during the block."""
        self._listeners[listener] = None
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._listeners.pop(listener, None)
            if not self._listeners:
                self._stop()

    async def tell(self, news: Sequence[News], mark: str | None = None) -> None:
        """Tell everybody, a few at a time, and rest."""
        worked = time.thread_time()
        for number, listener in enumerate(list(self._listeners), start=1):
            listener.tell(news, mark)
            if number % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(max(self._rest_seconds, _REST_OF_TELLING * (time.thread_time() - worked)))

    def close(self) -> None:
        """Have all who listen end."""
        for listener in self._listeners:
            listener.close()
        self._stop()

    async def _look(self) -> None:
        try:
            await self._source()
        except ContractError as error:
            logger.warning("Nobody is told of changes any more: %s", error.sentence)
        except Exception:
            logger.exception("Nobody is told of changes any more.")
        # Whoever comes back finds out what is wrong, or that nothing is.
        self._task = None
        self.close()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
