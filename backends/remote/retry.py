"""When a call is tried again, and how long it waits before that."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

__all__ = ["TRANSIENT", "RetryPolicy"]

TRANSIENT = frozenset({429, 502, 503, 504})
"""Statuses that a later try may not meet: too many requests, and a gateway that does not reach the service."""


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """Bounds in seconds, and where time and chance come from.

    Attributes:
        attempts: Tries of one call, the first included.
        first_backoff: The longest wait after the first try; it doubles with each.
        longest_backoff: Where doubling ends.
        longest_wait: All waits of one call together. Whoever is asked to wait longer is told so at once.
        attempt_seconds: The longest that one try may take, however slowly its answer trickles in.
        call_seconds: The longest that a call may take, with tries and waits.
    """

    attempts: int = 4
    first_backoff: float = 0.5
    longest_backoff: float = 8
    longest_wait: float = 30
    attempt_seconds: float = 60
    call_seconds: float = 120
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    uniform: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after that try: any up to a bound that doubles, so that clients don't return together."""
        return self.uniform(0, min(self.longest_backoff, self.first_backoff * 2 ** (attempt - 1)))
