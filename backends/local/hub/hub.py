"""The Music Hub on SQLite, as a backend."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from backends.backend import Backend, Change
from backends.handlers import DeferredHandlers
from backends.local.database import Database
from backends.local.hub.context import Hub
from backends.local.hub.enriching.musicbrainz import MusicBrainz
from backends.local.hub.following import follow, newest_change
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.moments import now_ms
from backends.local.hub.recovery.caretaker import Caretaker
from backends.local.hub.searching.history import searches_kept
from backends.local.hub.user_schema import USER_LAYOUT
from contract.errors import ContractError, StorageError
from contract.operation import Area, Effect, Operation

if TYPE_CHECKING:
    from backends.local.hub.live.streams import Streams

__all__ = ["LocalHub"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_HANDLERS = DeferredHandlers[Hub](
    {
        area: tuple(f"backends.local.hub.{module}" for module in modules)
        for area, modules in {
            Area.HUB: ("service",),
            Area.LIBRARY: ("library",),
            Area.SEARCH: ("search",),
            Area.PLAYLISTS: ("playlists", "playlist_entries"),
            Area.SAVED: ("saved",),
            Area.METADATA: ("overrides", "enrichment"),
            Area.PLAYBACK: ("playback",),
            Area.MEDIA: ("media.starting",),
            Area.SHARES: ("sharing.shares", "sharing.sessions"),
            Area.SCAN: ("scan",),
            Area.DEVICES: ("pairing.handlers",),
            Area.RECOVERY: ("recovery.operations",),
        }.items()
    }
)


class LocalHub:
    """The hub of a data folder; its databases are opened on first use."""

    def __init__(
        self,
        folder: Path,
        *,
        catalogue: Backend | None = None,
        musicbrainz: MusicBrainz | None = None,
        watching: bool = False,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """The hub of the folder; with `watching` it keeps up with the library's folders from its first use on."""
        self.hub = Hub(
            user=Database(folder, layout=USER_LAYOUT),
            index=Database(folder, layout=INDEX_LAYOUT),
            clock=clock,
            catalogue=catalogue,
            musicbrainz=musicbrainz,
        )
        self._caretaker = Caretaker(self.hub)
        self._caught_up = False
        self._watching = watching
        self._watch: asyncio.Task[None] | None = None

    async def call(
        self,
        operation: Operation[RequestT, ResponseT],
        request: RequestT,
        *,
        idempotency_key: str | None = None,  # noqa: ARG002  (no operation of the hub takes one)
    ) -> ResponseT:
        """Return the operation's answer.

        Raises:
            ContractError: One of the operation's errors.
        """
        await self.ready(operation)
        try:
            answer = await _HANDLERS[operation](self.hub, request)
        except StorageError as error:
            raise self.meaning_of(error, operation) from error
        if operation.effect is not Effect.READ:
            await self._catch_up()
        return answer

    async def ready(self, operation: Operation[Any, Any]) -> None:
        """See that the databases can be used, if the operation needs them; for whoever carries one out without `call`.

        Raises:
            DatabaseUnavailable: They are damaged, or are being rebuilt.
        """
        if self._caretaker.look():
            self._caught_up = False
        if operation.needs_database:
            self._caretaker.check()
            await self._be_ready()

    def meaning_of(self, error: StorageError, operation: Operation[Any, Any]) -> ContractError:
        """What an error of the databases means to whoever asked for the operation."""
        return self._caretaker.meaning_of(error) if operation.needs_database else error

    @cached_property
    def streams(self) -> "Streams":
        """What those who listen are told."""
        from backends.local.hub.live.streams import Streams  # noqa: PLC0415  (many hubs have no listener)

        return Streams(self.hub)

    def has_begun(self) -> bool:
        """Whether anybody has ever used the hub of the folder."""
        return self.hub.user.path.exists()

    @asynccontextmanager
    async def changes(self) -> AsyncGenerator[AsyncGenerator[Change, None], None]:
        """All changes from here on, by any process on the data folder, as they come.

        Raises:
            StorageError: The database can't be read.
        """
        async with aclosing(follow(self.hub, await newest_change(self.hub))) as stream:
            yield stream

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[None, None]:
        """Do during the block what a hub does that is there for others; one that nobody has used does nothing yet."""
        if self.has_begun():
            self._begin_watching()
        yield

    async def watch(self) -> None:
        """Watch the library's folders, and scan those in which something changes, until cancelled."""
        from backends.local.hub.scanning.watching import watch  # noqa: PLC0415  (only who serves watches)

        await watch(self.hub.user, self.hub.scans)

    async def aclose(self) -> None:
        """End streams and a scan that is under way, and close the databases. Calling it again does nothing."""
        if "streams" in self.__dict__:
            self.streams.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        await self._caretaker.aclose()
        await self.hub.scans.aclose()
        await searches_kept(self.hub)
        await self.hub.user.aclose()
        await self.hub.index.aclose()

    async def _be_ready(self) -> None:
        if not self._caught_up:
            await self._catch_up()
            self._caretaker.look()
            self._caretaker.check()
        self._begin_watching()

    def _begin_watching(self) -> None:
        if self._watching:
            self._caretaker.begin()
        if self._watching and self._watch is None:
            self._watch = asyncio.create_task(self.watch())

    async def _catch_up(self) -> None:
        """Bring the index up to what people did. It stands in `hub.db`: what fails here is made up for later."""
        from backends.local.hub.indexing.applying import apply_changes  # noqa: PLC0415  (it takes a database)

        self._caught_up = False
        with suppress(StorageError):
            await apply_changes(self.hub)
            self._caught_up = True
