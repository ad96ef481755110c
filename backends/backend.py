"""The one protocol between what faces the outside and what carries operations out."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from contract.operation import Operation

__all__ = ["Backend", "Change", "EventStream", "WatchableBackend"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class Backend(Protocol):
    """Carries operations out. It has one method, so that a wrapper is a backend too."""

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer.

        A write that is repeated under the same key is carried out once; reads take no notice of it.

        Raises:
            ContractError: One of the operation's errors.
        """
        ...

    async def aclose(self) -> None:
        """Release connections. Calling it again does nothing."""
        ...


@dataclass(frozen=True)
class Change:
    """Something that a reader may want to look at again.

    Attributes:
        kind: Of what it is: a playlist, the session, …
        id: Which one; None where there is but one, or where any of them may have changed.
    """

    kind: str
    id: str | None


class EventStream(Protocol):
    """Tells of changes, whoever makes them."""

    def changes(self) -> AbstractAsyncContextManager[AsyncGenerator[Change, None]]:
        """All changes from the beginning of the block on, as they come; without end.

        Raises:
            ContractError: They can't be read.
        """
        ...


@runtime_checkable
class WatchableBackend(Backend, EventStream, Protocol):
    """A backend that tells of changes, too."""
