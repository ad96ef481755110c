"""How much reading may cost, whatever a file makes of it: kept by the system, since mutagen keeps no bounds of its own.

It holds in processes that do nothing but read, as those of a scan: memory is bounded for a process as a whole, and
time by a signal, which its main thread gets. A system without either has neither bound.
"""

import mmap
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

try:
    import resource
except ImportError:  # Windows
    resource = None

__all__ = ["TooLong", "limited_memory", "limited_time"]

_MOST_BYTES = 384 << 20
"""Above what the process has already: room for the longest tags, several times over."""

_PAGES = "/proc/self/statm"


class TooLong(BaseException):
    """Reading took longer than it may. Not an Exception: parsers catch those and go on."""


@contextmanager
def limited_memory() -> Generator[None, None, None]:
    """Have what takes too much memory fail with a MemoryError."""
    used = _used()
    if resource is None or used is None:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = used + _MOST_BYTES
    if before[0] == resource.RLIM_INFINITY or most < before[0]:
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def limited_time(seconds: float) -> Generator[Callable[[], object], None, None]:
    """Have what computes for longer fail with TooLong; the function that is given begins the time anew.

    Only computing counts: a slow disk is no fault of the file's.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return

    def begin() -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds, seconds)  # again, should the first be lost in a destructor

    before = signal.signal(signal.SIGPROF, _end)
    begin()
    try:
        yield begin
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _end(*_: object) -> None:
    raise TooLong


def _used() -> int | None:
    """The bytes of addresses that this process has in use."""
    try:
        with open(_PAGES, "rb") as pages:  # noqa: PTH123  (pathlib takes long to import)
            return int(pages.read().split()[0]) * mmap.PAGESIZE
    except OSError:
        return None
