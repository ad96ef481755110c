"""How much media work a hub does at once, and what it remembers of pictures."""

from dataclasses import dataclass, field

import anyio

from backends.local.hub.media.picture_cache import Remembered

__all__ = ["MediaWork"]


@dataclass(frozen=True)
class MediaWork:
    """Of one hub.

    Attributes:
        files: Threads that open files and read them. Should a network drive hang, these hang with it, and no others do.
        pictures: Threads that decode pictures, which takes memory.
        transcoders: Processes that transcode.
        remembered: Which picture each file has, as far as anybody asked.
    """

    files: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(16))
    pictures: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    transcoders: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(8))
    remembered: Remembered = field(default_factory=Remembered)
