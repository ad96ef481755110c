"""Two systems behind one backend: the label's catalogue and the hub."""

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from backends.backend import Backend
from backends.data_entry import how_data_enters
from contract.operation import Access, Operation

__all__ = ["HasLibrary", "JoinedBackend", "has_library", "library_began"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


@runtime_checkable
class HasLibrary(Protocol):
    """A backend that carries out the hub's operations, too."""

    @property
    def hub(self) -> Backend:
        """What carries them out."""
        ...

    def library_began(self) -> bool:
        """Whether anybody has ever used the hub: one that was not is not begun by looking something up."""
        ...


def has_library(backend: Backend) -> bool:
    """Whether the hub's operations can be called."""
    return isinstance(backend, HasLibrary)


def library_began(backend: Backend) -> bool:
    """Whether there is a hub that somebody has used."""
    return isinstance(backend, HasLibrary) and backend.library_began()


class JoinedBackend:
    """Gives each operation to the system that it is of.

    Attributes:
        catalogue: MusicEngine's operations go there.
        hub: The Music Hub's operations go there.
        how_data_enters: As the catalogue says.
        library_began: Whether anybody has ever used the hub.
    """

    def __init__(self, catalogue: Backend, hub: Backend, library_began: Callable[[], bool]) -> None:
        self.catalogue = catalogue
        self.hub = hub
        self.how_data_enters = how_data_enters(catalogue)
        self.library_began = library_began

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer."""
        backend = self.hub if operation.access is Access.HUB else self.catalogue
        return await backend.call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close both."""
        try:
            await self.hub.aclose()
        finally:
            await self.catalogue.aclose()
