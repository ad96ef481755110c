"""Rate limits: a sliding window per principal, shared by every process that serves the data folder.

The moments of the last calls are kept, not a count for a fixed minute: so no burst around the turn of a minute
passes twice the limit. They are in a SQLite file of their own, without a sync on commit, since losing them in
a power cut costs nobody anything; docs/decisions/0008-rate-limits.md says what that costs and what else was tried.
"""

import logging
import sqlite3
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from backends.backend import Backend
from backends.data_entry import how_data_enters
from backends.local.storage import create_private_file, prepare_folder
from contract.errors import RateLimited
from contract.operation import Operation, RateLimit

__all__ = ["Decision", "LimitReached", "LimitedBackend", "RateLimiter"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

logger = logging.getLogger(__name__)

_MS = 1000

_BUSY_SECONDS = 2.0

_FORGET_AFTER_MS = 3600 * _MS

_TABLE = """
    CREATE TABLE IF NOT EXISTS calls (
        principal TEXT PRIMARY KEY,
        moments BLOB NOT NULL,                    -- of the calls in the window, oldest first: int64 milliseconds
        latest INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
"""
_FORGET = "DELETE FROM calls WHERE latest < ?"
_GET = "SELECT moments FROM calls WHERE principal = ?"
_PUT = """
    INSERT INTO calls VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET moments = excluded.moments, latest = excluded.latest
"""


@dataclass(frozen=True)
class Decision:
    """Whether a call may go on, and what its headers say.

    Attributes:
        allowed: Whether it is within the limit.
        limit: Calls in any window.
        remaining: Calls left now.
        reset: When the oldest call leaves the window, and so a call is free again: Unix seconds.
        retry_after: Whole seconds to wait; 0 if the call is allowed.
    """

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the reference."""
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }
        return headers if self.allowed else {**headers, "Retry-After": str(self.retry_after)}


class LimitReached(RateLimited):
    """There is no call left in the window."""

    def __init__(self, decision: Decision, message: str | None = None) -> None:
        super().__init__(message, next_step=f"Wait {decision.retry_after} second(s), as the Retry-After header says.")
        self.decision = decision


class RateLimiter:
    """Counts calls in a file of the data folder.

    It runs on the event loop: one short transaction, which takes less time than handing it to a thread.
    A file that can't be written (the disk is full, say) stops nobody: this process then counts by itself.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        prepare_folder(folder)
        path = folder / "limits.db"
        create_private_file(path)
        self._connection = self._open(str(path))

    def count(self, key_id: int, operation: Operation[Any, Any]) -> Decision:
        """Count a call by an API key. Each class has its own count: reads never use up what writes may do.

        Raises:
            LimitReached: The key has no call of this class left.
        """
        decision = self.spend(f"key:{key_id}:{operation.effect}", operation.rate_limit)
        if not decision.allowed:
            raise LimitReached(decision)
        return decision

    def spend(self, principal: str, limit: RateLimit) -> Decision:
        """Count a call of the principal, if there is one left."""
        return self._or_alone(self._spend, principal, limit)

    def look(self, principal: str, limit: RateLimit) -> Decision:
        """How the principal stands, without counting a call."""
        return self._or_alone(self._look, principal, limit)

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        self._connection.close()

    def _spend(self, principal: str, limit: RateLimit) -> Decision:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")  # from here on no other process decides
        try:
            moments, now = self._moments(principal, limit)
            allowed = len(moments) < limit.requests
            if allowed:
                moments.append(now)
                connection.execute(_PUT, (principal, moments.tobytes(), now))
        finally:
            connection.execute("COMMIT")
        return _decision(moments, now, limit, allowed=allowed)

    def _look(self, principal: str, limit: RateLimit) -> Decision:
        moments, now = self._moments(principal, limit)
        return _decision(moments, now, limit, allowed=len(moments) < limit.requests)

    def _moments(self, principal: str, limit: RateLimit) -> tuple["array[int]", int]:
        """When the principal called within the window, and now; in milliseconds."""
        row = self._connection.execute(_GET, (principal,)).fetchone()
        now = int(self._clock() * _MS)
        moments: array[int] = array("q")
        moments.frombytes(row[0] if row else b"")
        # A clock that was set back must not lock anybody out: what lies ahead of now is dropped as well.
        return moments[bisect_right(moments, now - limit.seconds * _MS) : bisect_right(moments, now)], now

    def _or_alone(self, decide: Callable[[str, RateLimit], Decision], principal: str, limit: RateLimit) -> Decision:
        try:
            return decide(principal, limit)
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            logger.warning("rate limits are counted by this process alone from now on (%s)", name)
            self._connection.close()
            self._connection = self._open(":memory:")
            return decide(principal, limit)

    def _open(self, path: str) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", _TABLE):
            connection.execute(statement)
        connection.execute(_FORGET, (int(self._clock() * _MS) - _FORGET_AFTER_MS,))
        return connection


class LimitedBackend:
    """A backend whose calls count as an API key's, for callers that do not come by a published route."""

    def __init__(self, backend: Backend, limiter: RateLimiter, key_id: int) -> None:
        self._backend = backend
        self._limiter = limiter
        self._key_id = key_id

    @property
    def how_data_enters(self) -> str:
        """As the backend has it."""
        return how_data_enters(self._backend)

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer.

        Raises:
            LimitReached: The key has no call of this class left.
        """
        self._limiter.count(self._key_id, operation)
        return await self._backend.call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close the backend."""
        await self._backend.aclose()


def _decision(moments: "array[int]", now: int, limit: RateLimit, *, allowed: bool) -> Decision:
    free_at = (moments[0] if moments else now) + limit.seconds * _MS
    return Decision(
        allowed=allowed,
        limit=limit.requests,
        remaining=limit.requests - len(moments),
        reset=-(-free_at // _MS),
        retry_after=0 if allowed else max(1, -(-(free_at - now) // _MS)),
    )
