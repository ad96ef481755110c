"""An audio file opened for reading, and given to mutagen, whose classes have no types: what is untyped enters here."""

import io
import os
import stat
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

__all__ = ["NotAudio", "mutagen_class", "open_file", "parsed"]

_WHOLE = 1 << 16
"""A file that is no longer than this is read at once."""

_BUFFER = 1 << 14

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotAudio(Exception):
    """The file can't be read as audio; the text is a sentence for people, and has nothing of the file in it."""


def open_file(path: bytes) -> tuple[BinaryIO, int]:
    """Open a file, and say how long it is.

    Raises:
        OSError: It can't be opened.
        NotAudio: It is not a file, or an empty one.
    """
    raw = io.FileIO(os.open(path, _FLAGS), "rb")  # without waiting, should a pipe stand where a file stood
    try:
        size = _size(raw)
        if size > _WHOLE:
            return io.BufferedReader(raw, _BUFFER), size
        data = raw.read(size)
    except BaseException:
        raw.close()
        raise
    raw.close()
    return io.BytesIO(data), len(data)


def parsed(name: str, file: BinaryIO, *arguments: object) -> Any:
    """What a class of mutagen's makes of a file."""
    return mutagen_class(name)(file, *arguments)


@cache
def mutagen_class(name: str) -> Any:
    """A class of mutagen's, as "mp3.MP3" names it; imported when a file needs it."""
    module, _, class_ = name.partition(".")
    return getattr(import_module(f"mutagen.{module}"), class_)


def _size(raw: io.FileIO) -> int:
    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise NotAudio("This is not a file.")
    if not status.st_size:
        raise NotAudio("The file is empty.")
    return status.st_size
