"""Calls that come by no published route count against the limits all the same."""

from typing import TypeVar

from pydantic import BaseModel

from backends.backend import Backend
from backends.data_entry import how_data_enters
from backends.local.limits import RateLimiter
from contract.operation import Operation

__all__ = ["LimitedBackend"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class LimitedBackend:
    """A backend whose calls count as an API key's, for callers that do not come by a published route."""

    def __init__(self, backend: Backend, limiter: RateLimiter, key_id: int) -> None:
        self._backend = backend
        self._limiter = limiter
        self._key_id = key_id

    @property
    def how_data_enters(self) -> str:
        """As the backend has it."""
        return how_data_enters(self._backend)

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer.

        Raises:
            LimitReached: The key has no call of this class left.
        """
        self._limiter.count(self._key_id, operation)
        return await self._backend.call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close the backend."""
        await self._backend.aclose()
