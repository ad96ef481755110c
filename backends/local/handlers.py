"""Bind handlers to operations, so that a type checker rejects one that differs from the contract."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiosqlite
from pydantic import BaseModel

from backends.local.database import Database
from contract.operation import Operation

__all__ = ["Handlers", "Scope"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


@dataclass(frozen=True)
class Scope:
    """What a handler may touch: one workspace of one database.

    Attributes:
        withheld_areas: Parts of the product that the workspace has no access to.
        connection: An open write transaction that the handler's writes belong to, or None.
    """

    database: Database
    workspace_id: int
    withheld_areas: frozenset[str] = frozenset()
    connection: aiosqlite.Connection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[aiosqlite.Connection, None]:
        """The open write transaction, which whoever opened it ends; or one of the block's own."""
        if self.connection is not None:
            yield self.connection
            return
        async with self.database.transaction() as connection:
            yield connection


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
