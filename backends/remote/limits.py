"""What a service says of its limits: how long to wait, and whether the next request would be one too many.

A header that makes no sense is taken for missing.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime

__all__ = ["Allowance", "asked_wait", "wait_after_refusal"]

_MOST_DIGITS = 12

_LONGEST = 7 * 24 * 3600
"""Seconds; whoever says that a wait or a window is longer means something else."""


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks to wait (RFC 9110, section 10.2.3), or None if it asks for nothing."""
    text = headers.get("Retry-After", "").strip()
    seconds: float | None = _whole(text)
    if seconds is None and (moment := _moment(text)) is not None:
        seconds = max(0.0, moment - _service_time(headers))
    return _sensible(seconds)


def wait_after_refusal(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait after status 429: what Retry-After asks for, else to the window's end; None if neither helps."""
    seconds = asked_wait(headers)
    if seconds is None:
        seconds = _seconds_until_reset(headers)
    return seconds if seconds is not None and seconds > 0 else None


class Allowance:
    """What is left of one rate class, as far as the service has said."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._reset = 0
        self._remaining = 1
        self._opens_at = 0.0

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take notice of an answer's headers; answers may arrive in another order than they were given."""
        remaining = _whole(headers.get("X-RateLimit-Remaining", "").strip())
        reset, seconds = _reset(headers), _seconds_until_reset(headers)
        if remaining is None or reset is None or seconds is None or reset < self._reset:
            return
        if reset > self._reset or remaining < self._remaining:
            self._reset, self._remaining = reset, remaining
            self._opens_at = self._clock() + seconds

    def wait(self) -> float:
        """Seconds until another request may be sent; 0 if one may be sent now."""
        return max(0.0, self._opens_at - self._clock()) if self._remaining == 0 else 0.0


def _sensible(seconds: float | None) -> float | None:
    return seconds if seconds is not None and seconds <= _LONGEST else None


def _seconds_until_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the window ends, by the service's own clock, or None if it does not say."""
    reset = _reset(headers)
    return None if reset is None else _sensible(reset - _service_time(headers))


def _reset(headers: Mapping[str, str]) -> int | None:
    return _whole(headers.get("X-RateLimit-Reset", "").strip())


def _service_time(headers: Mapping[str, str]) -> float:
    """Now, by the service's clock if it tells: this machine's may go wrong by minutes."""
    moment = _moment(headers.get("Date", ""))
    return time.time() if moment is None else moment


def _moment(text: str) -> float | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
