"""The one protocol between what faces the outside and what carries operations out."""

from typing import Protocol, TypeVar

from pydantic import BaseModel

from contract.operation import Operation

__all__ = ["Backend"]

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
