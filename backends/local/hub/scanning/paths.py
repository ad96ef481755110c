"""Paths as the file system has them: bytes, of any length, and not always text."""

import os

from backends.text import clean

__all__ = ["base_name", "join", "open_folder", "parents", "readable_path", "relative", "shown"]

_SHORT = 3800
"""Bytes that every system call takes, with a name of 255 to come: Linux stops at 4096."""


def join(folder: bytes, name: bytes) -> bytes:
    """The path of a name in a folder."""
    return folder + name if folder.endswith(b"/") else folder + b"/" + name


def base_name(path: bytes) -> bytes:
    """The last part of the path."""
    return path.rstrip(b"/").rpartition(b"/")[2]


def relative(path: bytes, folder: bytes) -> bytes | None:
    """The path below the folder; empty if it is the folder, and None if it lies elsewhere."""
    if path == folder:
        return b""
    head = folder if folder.endswith(b"/") else folder + b"/"
    return path[len(head) :] if path.startswith(head) else None


def parents(path: bytes) -> list[bytes]:
    """The path and all folders above it, the nearest first."""
    found = [path]
    while (above := os.path.dirname(found[-1])) != found[-1]:  # noqa: PTH120  (bytes)
        found.append(above)
    return found


def shown(path: bytes) -> str:
    """The path for people: what is no text is replaced, and what can't be seen left out."""
    return clean(path.decode(errors="replace"))


def open_folder(path: bytes) -> int | None:
    """A descriptor of a folder whose path is too long for a system call; None for one that isn't.

    Raises:
        OSError: It can't be opened.
    """
    if len(path) <= _SHORT:
        return None
    descriptor = None
    for piece in _pieces(path):
        above = descriptor
        try:
            descriptor = os.open(piece, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=above)
        finally:
            if above is not None:
                os.close(above)
    return descriptor


def readable_path(folder: bytes, name: bytes, descriptor: int | None) -> bytes:
    """A path by which this process can open the file."""
    if descriptor is None:
        return join(folder, name)
    # Linux alone has such a short way; elsewhere the long path will be refused.
    reached = b"/proc/self/fd/%d" % descriptor
    return join(reached if os.path.isdir(reached) else folder, name)  # noqa: PTH112  (bytes)


def _pieces(path: bytes) -> list[bytes]:
    """The path in parts that a system call takes each, every one below the one before."""
    pieces: list[bytes] = []
    while len(path) > _SHORT:
        end = path.rindex(b"/", 0, _SHORT)
        pieces.append(path[:end])
        path = path[end + 1 :]
    return [*pieces, path]
