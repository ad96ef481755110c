"""Readers of files for processes that are to go wrong."""

import os
import signal
import time

from backends.local.hub.reading.record import AudioFile, Unreadable


def read(paths):
    """Whatever a file's name says: it kills the reader, holds it up, makes it raise, or is a good file."""
    return [_read(path) for path in paths]


def _read(path):
    name = path.rpartition(b"/")[2]
    if name.startswith(b"killer"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith(b"sleeper"):
        time.sleep(3600)
    if name.startswith(b"raiser"):
        raise RuntimeError
    if name.startswith(b"bad"):
        return Unreadable("It is bad.")
    return AudioFile("flac", name.ljust(16), 1000, None, None, None, None)
