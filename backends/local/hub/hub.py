"""The Music Hub on SQLite, as a backend."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from backends.backend import Backend, Change
from backends.handlers import Handlers
from backends.local.database import Database
from backends.local.hub import (
    enrichment,
    library,
    overrides,
    playback,
    playlist_entries,
    playlists,
    saved,
    scan,
    search,
)
from backends.local.hub.context import Hub
from backends.local.hub.enriching.musicbrainz import MusicBrainz
from backends.local.hub.following import follow, newest_change
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.applying import apply_changes
from backends.local.hub.moments import now_ms
from backends.local.hub.searching.history import searches_kept
from backends.local.hub.user_schema import USER_LAYOUT
from contract.errors import StorageError
from contract.operation import Effect, Operation

__all__ = ["LocalHub"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_HANDLERS = Handlers[Hub]()
for _subject in (
    enrichment,
    library,
    overrides,
    playback,
    playlist_entries,
    playlists,
    saved,
    scan,
    search,
):
    _HANDLERS.include(_subject.HANDLERS)


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
        if not self._caught_up:
            await self._catch_up()
        if self._watching and self._watch is None:
            self._watch = asyncio.create_task(self.watch())
        answer = await _HANDLERS[operation](self.hub, request)
        if operation.effect is not Effect.READ:
            await self._catch_up()
        return answer

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

    async def watch(self) -> None:
        """Watch the library's folders, and scan those in which something changes, until cancelled."""
        from backends.local.hub.scanning.watching import watch  # noqa: PLC0415  (only who serves watches)

        await watch(self.hub.user, self.hub.scans)

    async def aclose(self) -> None:
        """End a scan that is under way, and close the databases. Calling it again does nothing."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        await self.hub.scans.aclose()
        await searches_kept(self.hub)
        await self.hub.user.aclose()
        await self.hub.index.aclose()

    async def _catch_up(self) -> None:
        """Bring the index up to what people did. It stands in `hub.db`: what fails here is made up for later."""
        self._caught_up = False
        with suppress(StorageError):
            await apply_changes(self.hub)
            self._caught_up = True
