"""Bind operations to what composes their answers, so that a type checker rejects one that differs from the contract."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from backends.backend import Backend
from contract.operation import Operation

__all__ = ["ComposedHandlers"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class ComposedHandlers:
    """What composes the answers of one subject, by operation."""

    def __init__(self) -> None:
        self._by_name: dict[str, Callable[[Backend, Any], Awaitable[Any]]] = {}

    def handles(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[
        [Callable[[Backend, RequestT], Awaitable[ResponseT]]], Callable[[Backend, RequestT], Awaitable[ResponseT]]
    ]:
        """Register the decorated function; the backend it gets answers every published operation."""

        def register(
            handler: Callable[[Backend, RequestT], Awaitable[ResponseT]],
        ) -> Callable[[Backend, RequestT], Awaitable[ResponseT]]:
            self._by_name[operation.name] = handler
            return handler

        return register

    def include(self, other: "ComposedHandlers") -> None:
        """Take over another subject's handlers."""
        self._by_name.update(other._by_name)  # noqa: SLF001  (another of our own kind)

    def get(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[[Backend, RequestT], Awaitable[ResponseT]] | None:
        """What composes the operation's answer, or None."""
        return self._by_name.get(operation.name)
