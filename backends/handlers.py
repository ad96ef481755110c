"""Bind handlers to operations, so that a type checker rejects one that differs from the contract."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from contract.operation import Area, Operation

__all__ = ["DeferredHandlers", "Handlers"]

ContextT = TypeVar("ContextT")
RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class Handlers(Generic[ContextT]):
    """The handlers of one subject, by operation; the context is what each may work with."""

    def __init__(self) -> None:
        self._by_name: dict[str, Callable[[ContextT, Any], Awaitable[Any]]] = {}

    def handles(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[
        [Callable[[ContextT, RequestT], Awaitable[ResponseT]]], Callable[[ContextT, RequestT], Awaitable[ResponseT]]
    ]:
        """Register the decorated function as the operation's handler."""

        def register(
            handler: Callable[[ContextT, RequestT], Awaitable[ResponseT]],
        ) -> Callable[[ContextT, RequestT], Awaitable[ResponseT]]:
            self._by_name[operation.name] = handler
            return handler

        return register

    def include(self, other: "Handlers[ContextT]") -> None:
        """Take over another subject's handlers."""
        self._by_name.update(other._by_name)  # noqa: SLF001  (another of our own kind)

    def get(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[[ContextT, RequestT], Awaitable[ResponseT]] | None:
        """The operation's handler, or None."""
        return self._by_name.get(operation.name)

    def __getitem__(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[[ContextT, RequestT], Awaitable[ResponseT]]:
        return self._by_name[operation.name]


class DeferredHandlers(Handlers[ContextT]):
    """The handlers of many subjects: a subject is imported when an operation of its area is first called."""

    def __init__(self, modules: Mapping[Area, tuple[str, ...]]) -> None:
        """The handlers of these modules, each of which has them as HANDLERS."""
        super().__init__()
        self._modules = modules

    def __getitem__(
        self, operation: Operation[RequestT, ResponseT]
    ) -> Callable[[ContextT, RequestT], Awaitable[ResponseT]]:
        if operation.name not in self._by_name:
            for module in self._modules[operation.area]:
                self.include(importlib.import_module(module).HANDLERS)
        return super().__getitem__(operation)
