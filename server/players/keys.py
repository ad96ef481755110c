"""The keys of a terminal, one at a time and without Return."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TextIO

__all__ = ["key_presses"]

_MOST = 64
"""Bytes at once: somebody leans on a key, or pastes."""


@asynccontextmanager
async def key_presses(terminal: TextIO) -> AsyncGenerator[asyncio.Queue[str] | None, None]:
    """The keys that are pressed during the block; None if there is no terminal that is ours to read from."""
    if sys.platform == "win32" or not terminal.isatty():
        yield None
        return
    import termios  # noqa: PLC0415  (Windows has none)
    import tty  # noqa: PLC0415

    descriptor = terminal.fileno()
    if os.tcgetpgrp(descriptor) != os.getpgrp():  # in the background, where to touch the terminal is to be stopped
        yield None
        return
    keys = asyncio.Queue[str]()
    loop = asyncio.get_running_loop()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    loop.add_reader(descriptor, _read, descriptor, keys, loop)
    try:
        yield keys
    finally:
        loop.remove_reader(descriptor)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _read(descriptor: int, keys: asyncio.Queue[str], loop: asyncio.AbstractEventLoop) -> None:
    try:
        pressed = os.read(descriptor, _MOST)
    except OSError:
        pressed = b""
    if not pressed:  # the terminal is gone
        loop.remove_reader(descriptor)
    for key in pressed.decode(errors="ignore"):
        keys.put_nowait(key)
