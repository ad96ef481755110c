"""A backend that opens on its first call, so that a host gets its list of tools before any database is read."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from pydantic import BaseModel

from backends.backend import Backend, Change, WatchableBackend
from contract.operation import Operation

__all__ = ["DeferredBackend", "DeferredWatchableBackend"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)
BackendT = TypeVar("BackendT", bound=Backend)


class DeferredBackend(Generic[BackendT]):
    """Calls `opener` once, when there is something to do.

    Attributes:
        how_data_enters: A sentence that tells a user how data gets into the workspace; true before it is opened, too.
    """

    def __init__(self, opener: Callable[[], BackendT], how_data_enters: str) -> None:
        self.how_data_enters = how_data_enters
        self._opener = opener
        self._backend: BackendT | None = None

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer."""
        return await self._opened().call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close the backend if it was opened."""
        if self._backend is not None:
            await self._backend.aclose()

    def _opened(self) -> BackendT:
        if self._backend is None:
            self._backend = self._opener()
        return self._backend


class DeferredWatchableBackend(DeferredBackend[WatchableBackend]):
    """The same for a backend that tells of changes; whoever wants to know of them opens it, too."""

    def changes(self) -> AbstractAsyncContextManager[AsyncGenerator[Change, None]]:
        """All changes from the beginning of the block on, as they come."""
        return self._opened().changes()
