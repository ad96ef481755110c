"""One user of a database: says that it is there, closes it while it is wanted elsewhere, knows what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType

from backends.local.looking import next_look
from backends.local.maintenance import CLOSED, is_closed
from backends.local.presence import Presence
from backends.local.storage import meaning_of
from contract.errors import StorageBusy, StorageCorrupt

__all__ = ["Use"]

_LOOK_EVERY_SECONDS = 0.5
_LOOK_AGAIN_SECONDS = 0.05


class Use:
    """A block of every use of a database, which raises SQLite's errors as the contract's.

    Attributes:
        barred: Whether it is closed because somebody wants it for himself.
        damaged: Whether it was found to be damaged since it was opened.
        returns: How often it was opened again, after somebody had it for himself.
    """

    def __init__(self, path: Path, close: Callable[[], Awaitable[None]]) -> None:
        """Of the database at the path, whose connections `close` closes."""
        self.barred = False
        self.damaged = False
        self.returns = 0
        self._path = path
        self._close = close
        self._inside = 0
        self._presence = Presence(path)
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        """Come in, unless it is closed."""
        if self.barred:
            raise StorageBusy(CLOSED)
        self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise the error that a person can act on, if there is one."""
        self._inside -= 1
        if error is None:
            return
        meaning = meaning_of(error)
        self.damaged |= isinstance(error, StorageCorrupt) or meaning is StorageCorrupt
        if meaning is not None:
            raise meaning from error

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not closed since."""
        return self._watch is not None

    def begin(self) -> None:
        """Before the first connection is opened: be there, and have others see it.

        Raises:
            StorageBusy: Somebody wants the database for himself.
        """
        if self._watch is None or self._watch.done():
            self._presence.enter()
            self._watch = asyncio.create_task(self._look_out())
        if is_closed(self._path):
            raise StorageBusy(CLOSED)

    async def come_back(self) -> None:
        """Wait until nobody has it for himself any more."""
        while self.barred:  # noqa: ASYNC110  (another process decides)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS / 5)

    async def aclose(self) -> None:
        """Close the connections, and be seen no longer. Calling it again does nothing."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.wait({watch})
        await self._close()
        self._presence.leave()
        self.barred = False

    async def _look_out(self) -> None:
        """Until somebody wants it for himself: then close it, once nobody is inside, and wait until he is done."""
        while not is_closed(self._path):
            await next_look(_LOOK_EVERY_SECONDS)
            self._presence.enter()  # for which there was no room on the disk, perhaps
        self.barred = True
        while self._inside:  # noqa: ASYNC110  (seldom, and an event would cost every use)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        await self._close()
        self._presence.leave()
        while is_closed(self._path):  # noqa: ASYNC110  (of another process's making)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self.barred = self.damaged = False
        self.returns += 1
