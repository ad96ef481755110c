"""A backend that opens on its first call, so that a host gets its list of tools before any database is read."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from backends.backend import Backend
from contract.operation import Operation

__all__ = ["DeferredBackend"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class DeferredBackend:
    """Calls `opener` once, when there is something to do.

    Attributes:
        how_data_enters: A sentence that tells a user how data gets into the workspace; true before it is opened, too.
    """

    def __init__(self, opener: Callable[[], Backend], how_data_enters: str) -> None:
        self.how_data_enters = how_data_enters
        self._opener = opener
        self._backend: Backend | None = None

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer."""
        if self._backend is None:
            self._backend = self._opener()
        return await self._backend.call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close the backend if it was opened."""
        if self._backend is not None:
            await self._backend.aclose()
