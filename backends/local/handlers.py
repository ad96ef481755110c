"""Bind handlers to operations, so that a type checker rejects one that differs from the contract."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from backends.local.database import Database
from contract.operation import Operation

__all__ = ["Handlers", "Scope"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


@dataclass(frozen=True)
class Scope:
    """What a handler may touch: one workspace of one database."""

    database: Database
    workspace_id: int


class Handlers:
    """The handlers of one subject, by operation."""

    def __init__(self) -> None:
        self._by_name: dict[str, Callable[[Scope, Any], Awaitable[Any]]] = {}

    def handles(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[
        [Callable[[Scope, RequestT], Awaitable[ResponseT]]], Callable[[Scope, RequestT], Awaitable[ResponseT]]
    ]:
        """Register the decorated function as the operation's handler."""

        def register(
            handler: Callable[[Scope, RequestT], Awaitable[ResponseT]],
        ) -> Callable[[Scope, RequestT], Awaitable[ResponseT]]:
            self._by_name[operation.name] = handler
            return handler

        return register

    def include(self, other: "Handlers") -> None:
        """Take over another subject's handlers."""
        self._by_name.update(other._by_name)  # noqa: SLF001  (another of our own kind)

    def __getitem__(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[[Scope, RequestT], Awaitable[ResponseT]]:
        return self._by_name[operation.name]
