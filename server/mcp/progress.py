"""Progress of a request: a host that asked for it sees why an answer takes its time."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext

__all__ = ["WaitProgress", "report_progress", "reporting_to"]

_SAME_WAIT = 0.25
"""Seconds by which waits may end apart and still be one: requests that run side by side wait for the same moment."""


Context = ServerRequestContext[Any, Any]

_CONTEXT: ContextVar[Context | None] = ContextVar("request", default=None)


@contextmanager
def reporting_to(context: Context | None) -> Generator[None, None, None]:
    """Carry a tool out whose progress the sender of the request may see."""
    token = _CONTEXT.set(context)
    try:
        yield
    finally:
        _CONTEXT.reset(token)


async def report_progress(done: float, total: float | None, message: str) -> None:
    """Tell the sender of the request how far it is; without a progress token the SDK sends nothing."""
    context = _CONTEXT.get()
    if context is not None:
        await context.session.report_progress(done, total, message=message)


class WaitProgress:
    """Tells the host of waits, in steps that count up; without a progress token the SDK sends nothing."""

    def __init__(self, context: Context | None) -> None:
        self._context = context
        self._steps = 0
        self._known_until = -math.inf

    async def __call__(self, reason: str, seconds: float) -> None:
        """Tell of a wait, unless it lies within one that the host knows of."""
        ends = anyio.current_time() + seconds
        if self._context is None or ends <= self._known_until + _SAME_WAIT:
            return
        self._known_until = ends
        self._steps += 1
        message = f"Waiting {max(1, math.ceil(seconds))} s: {reason}."
        await self._context.session.report_progress(self._steps, message=message)
