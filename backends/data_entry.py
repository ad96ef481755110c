"""Where data enters: what an agent tells a user whose workspace lacks some, which depends on whose workspace it is."""

from typing import Protocol, runtime_checkable

from backends.backend import Backend

__all__ = ["AT_THE_SERVICE", "BY_IMPORT", "BY_SCAN", "SaysHowDataEnters", "how_data_enters"]

BY_IMPORT = "The user can add some with: musicengine-mcp import FILE"
"""Of data on this machine, which every backend has that doesn't say otherwise."""

BY_SCAN = "The user can add music with: musicengine-mcp scan FOLDER"
"""Of the hub's library."""

AT_THE_SERVICE = "Data enters at the service itself; `musicengine-mcp import` does not reach it."


@runtime_checkable
class SaysHowDataEnters(Protocol):
    """A backend whose data enters in another way."""

    @property
    def how_data_enters(self) -> str:
        """A sentence for the user."""
        ...


def how_data_enters(backend: Backend) -> str:
    """A sentence that tells a user how data gets into the backend's workspace."""
    return backend.how_data_enters if isinstance(backend, SaysHowDataEnters) else BY_IMPORT
