"""Who calls a tool: whose data it sees, and whether a path that it names is on its own disk."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from backends.backend import Backend
from contract.errors import Forbidden

__all__ = ["Caller", "calling", "refuse_others", "refuse_paths_of_others"]

_CALLER: ContextVar["Caller | None"] = ContextVar("caller", default=None)


@dataclass(frozen=True)
class Caller:
    """What a tool must know of who called it.

    Attributes:
        backend: The data that this caller may see.
        is_on_this_machine: Says whether this program's disk is the caller's own: over stdio it always is, over HTTP
            only for a caller on the same machine.
    """

    backend: Backend
    is_on_this_machine: Callable[[], bool]


@contextmanager
def calling(caller: Caller) -> Generator[Backend, None, None]:
    """Carry a tool out for the caller."""
    token = _CALLER.set(caller)
    try:
        yield caller.backend
    finally:
        _CALLER.reset(token)


def refuse_others(*, instead: str) -> None:
    """For a tool that is for the hub's own machine: go on only if the caller is there.

    Raises:
        Forbidden: The caller is elsewhere.
    """
    caller = _CALLER.get()
    if caller is None or not caller.is_on_this_machine():
        raise Forbidden("This can only be done on the hub's own machine.", next_step=instead)


def refuse_paths_of_others(field: str, *, instead: str) -> None:
    """For a tool whose argument is a path: go on only if that path is on the caller's own disk.

    Args:
        field: The argument.
        instead: What a caller elsewhere can do.

    Raises:
        Forbidden: The caller is elsewhere, so that the path would be read on the server.
    """
    caller = _CALLER.get()
    if caller is None or not caller.is_on_this_machine():
        message = f"{field} would be read on the server's disk, which is not the caller's."
        raise Forbidden(message, field=field, next_step=instead)
