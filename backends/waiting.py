"""Waits that whoever asked can see: a backend says why and for how long, and a surface passes it on."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["WaitListener", "tell_of_wait", "waits_told_to"]

WaitListener = Callable[[str, float], Awaitable[None]]
"""Takes the reason and the seconds, before the wait begins."""

_LISTENER: ContextVar[WaitListener | None] = ContextVar("wait_listener", default=None)


@contextmanager
def waits_told_to(listener: WaitListener) -> Generator[None, None, None]:
    """Let the listener know of every wait within the block, in tasks that it starts as well."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


async def tell_of_wait(reason: str, seconds: float) -> None:
    """Say why a wait begins and how long it takes, if anybody listens."""
    listener = _LISTENER.get()
    if listener is not None:
        await listener(reason, seconds)
