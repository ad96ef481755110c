"""Rate limits: a sliding window per principal, shared by every process that serves the data folder.

The moments of the last calls are kept, not a count for a fixed minute: so no burst around the turn of a minute
passes twice the limit. They are in a SQLite file of their own, without a sync on commit, since losing them in
a power cut costs nobody anything; docs/decisions/0008-rate-limits.md says what that costs and what else was tried.
"""

import logging
import math
import sqlite3
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backends.local.storage import create_private_file, prepare_folder
from contract.errors import RateLimited, StorageError
from contract.operation import Operation, RateLimit

__all__ = ["Decision", "LimitReached", "RateLimiter"]

logger = logging.getLogger(__name__)

_MS = 1000

_BUSY_SECONDS = 0.3
"""The lock is held for microseconds, unless its holder is not given the processor; nothing else goes on meanwhile."""

_OPEN_AGAIN_SECONDS = 10

_FORGET_AFTER_MS = 3600 * _MS

_FORGET_EVERY = 1000
"""Calls; so that addresses which came once do not stay for ever."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS calls (
        principal TEXT PRIMARY KEY,
        moments BLOB NOT NULL,                    -- of the calls in the window, oldest first: int64 milliseconds
        latest INTEGER NOT NULL
    ) STRICT
"""
# With row ids: the rows of a table without them would keep most of the blob in a page of its own, and each call would
# write two pages.
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
        super().__init__(message, next_step=f"Wait {decision.retry_after} second(s), then try again.")
        self.headers |= decision.headers


class RateLimiter:
    """Counts calls in a file of the data folder.

    It runs on the event loop: one short transaction, which takes less time than handing it to a thread.
    A file that can't be used (the disk is full, say) stops nobody: this process then counts by itself, and tries the
    file again from time to time.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._path = folder / "limits.db"
        self._alone = _open(":memory:")
        self._shared: sqlite3.Connection | None = None
        self._open_from = -math.inf
        self._spent = 0

    def count(self, key_id: int, operation: Operation[Any, Any]) -> Decision | None:
        """Count a call by an API key, unless the operation has no limit.

        Each class has its own count: reads never use up what writes may do.

        Raises:
            LimitReached: The key has no call of this class left.
        """
        if operation.rate_limit is None:
            return None
        decision = self.spend(f"key:{key_id}:{operation.effect}", operation.rate_limit)
        if not decision.allowed:
            raise LimitReached(decision)
        return decision

    def spend(self, principal: str, limit: RateLimit) -> Decision:
        """Count a call of the principal, if there is one left."""
        shared = self._shared or self._reopened()
        if shared is not None:
            try:
                return self._spend(shared, principal, limit)
            except sqlite3.Error as error:
                self._note(error)
        return self._spend(self._alone, principal, limit)

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        self._alone.close()
        if self._shared is not None:
            self._shared.close()

    def _spend(self, connection: sqlite3.Connection, principal: str, limit: RateLimit) -> Decision:
        connection.execute("BEGIN IMMEDIATE")  # from here on no other process decides
        try:
            now = int(self._clock() * _MS)
            row = connection.execute(_GET, (principal,)).fetchone()
            moments = _in_window(row[0] if row else b"", now, limit)
            allowed = len(moments) < limit.requests
            if allowed:
                moments.append(now)
                connection.execute(_PUT, (principal, moments.tobytes(), now))
            if self._spent % _FORGET_EVERY == 0:
                connection.execute(_FORGET, (now - _FORGET_AFTER_MS,))
            self._spent += 1
        finally:
            connection.execute("COMMIT")
        return _decision(moments, now, limit, allowed=allowed)

    def _reopened(self) -> sqlite3.Connection | None:
        """The file, opened for the first time or after it could not be used for a while."""
        if self._clock() >= self._open_from:
            try:
                prepare_folder(self._path.parent)
                create_private_file(self._path)
                self._shared = _open(str(self._path))
            except (sqlite3.Error, StorageError) as error:
                self._note(error)
        return self._shared

    def _note(self, error: Exception) -> None:
        """Do without the file: for one call if another process holds it, else for some time."""
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        if name.startswith("SQLITE_BUSY"):
            return
        logger.warning("limits.db can't be used (%s): for now each process counts by itself", name)
        self._open_from = self._clock() + _OPEN_AGAIN_SECONDS
        if self._shared is not None:
            self._shared.close()
            self._shared = None


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", _TABLE):
            connection.execute(statement)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _in_window(stored: bytes, now: int, limit: RateLimit) -> "array[int]":
    moments: array[int] = array("q")
    moments.frombytes(stored)
    # A clock that was set back must not lock anybody out: what lies ahead of now is dropped as well.
    return moments[bisect_right(moments, now - limit.seconds * _MS) : bisect_right(moments, now)]


def _decision(moments: "array[int]", now: int, limit: RateLimit, *, allowed: bool) -> Decision:
    free_at = (moments[0] if moments else now) + limit.seconds * _MS
    return Decision(
        allowed=allowed,
        limit=limit.requests,
        remaining=limit.requests - len(moments),
        reset=-(-free_at // _MS),
        retry_after=0 if allowed else max(1, -(-(free_at - now) // _MS)),
    )
