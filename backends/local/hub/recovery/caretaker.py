"""Knows how a hub's databases are, answers for them while they can't be used, and has them backed up."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from backends.local.hub.context import Hub
from contract.errors import ContractError, StorageBusy, StorageCorrupt

if TYPE_CHECKING:
    from backends.local.hub.health import Health

__all__ = ["Caretaker"]

_REBUILDING = "The hub's database is being rebuilt or restored, which takes some seconds: try again then."
_MET = "The hub's database is damaged: something that was to be read from it, or written into it, is not what it was."
_MISSING = "The hub's database is missing, though its index is there."


class Caretaker:
    """Of one hub."""

    def __init__(self, hub: Hub) -> None:
        """Of a hub that is not open yet."""
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []
        self._opened = self._openings

    def check(self) -> None:
        """Go on only if the databases can be used.

        Raises:
            DatabaseUnavailable: They are damaged, or are being rebuilt.
        """
        if self._hub.condition.status != "healthy":
            raise self._hub.condition.unavailable()

    def look(self) -> bool:
        """Bring the condition up to what the databases themselves have met; say whether they are others than before.

        It takes less than a microsecond, once `hub.db` is open.
        """
        user, index, condition = self._hub.user.use, self._hub.index.use, self._hub.condition
        returned = self._openings != self._opened
        if user.barred or index.barred:
            condition.status, condition.reason = "rebuilding", _REBUILDING
        elif returned or condition.status == "rebuilding" or condition.reason == _MISSING:
            # What is there now is not what was found to be damaged.
            self._opened = self._openings
            condition.status, condition.reason = "healthy", None
            if returned and self._tasks:
                self._restart()
        if condition.status == "healthy":
            if user.damaged or index.damaged:
                condition.status, condition.reason = "faulted", _MET
            elif not user.is_open and _is_empty(self._hub.user.path) and not _is_empty(self._hub.index.path):
                condition.status, condition.reason = "faulted", _MISSING
        return returned

    def forgive(self) -> None:
        """Nothing is wrong with the databases, whatever was met: every page and every row was looked at."""
        self._hub.user.use.damaged = self._hub.index.use.damaged = False
        if self._hub.condition.status == "faulted":
            self._hub.condition.status, self._hub.condition.reason = "healthy", None

    def meaning_of(self, error: ContractError) -> ContractError:
        """What an error of the databases means to whoever called: damage and a rebuild have an error of their own."""
        if not isinstance(error, StorageCorrupt | StorageBusy):
            return error
        self.look()
        return error if self._hub.condition.status == "healthy" else self._hub.condition.unavailable()

    def begin(self) -> None:
        """Check the databases now and then, and back them up once a day, until `aclose`."""
        if not self._tasks:
            self._restart()

    async def aclose(self) -> None:
        """Do no more. Calling it again does nothing."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    @property
    def _openings(self) -> int:
        return self._hub.user.use.returns + self._hub.index.use.returns

    def _restart(self) -> None:
        from backends.local.hub.health.watching import watch_health  # noqa: PLC0415  (for those that serve alone)
        from backends.local.hub.recovery.daily import keep_backups  # noqa: PLC0415

        for task in self._tasks:
            task.cancel()
        self._tasks = [
            asyncio.create_task(watch_health(self._hub, self._tell)),
            asyncio.create_task(keep_backups(self._hub)),
        ]

    def _tell(self, health: "Health") -> None:
        if health.status == "healthy":
            self.forgive()
        elif health.status == "faulted":
            self._hub.condition.status, self._hub.condition.reason = health.status, health.reason


def _is_empty(path: Path) -> bool:
    return not path.exists() or not path.stat().st_size
