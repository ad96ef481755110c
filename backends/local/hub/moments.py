"""Moments: milliseconds since 1970 in the databases, ISO 8601 in answers."""

import time
from datetime import UTC, datetime

__all__ = ["now_ms", "timestamp"]


def now_ms() -> int:
    """The present moment."""
    return time.time_ns() // 1_000_000


def timestamp(ms: int) -> str:
    """A moment as answers show it, in UTC to the millisecond: 2026-03-08T09:30:00.000Z."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"
