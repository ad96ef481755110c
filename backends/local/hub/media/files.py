"""Which file a track is, opened for reading: by its id alone, and only while it lies in the library's folders.

A scan follows symbolic links, and notes what it found at their ends. So a link may lead anywhere, but only to what the
scan has read: a file that is not the one that was scanned has to lie in the library's folders, whatever leads to it.
"""

import io
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from backends.local.hub.context import Hub
from backends.local.hub.media.containers import HEAD, Container, container_of
from backends.local.hub.scanning.paths import join, open_folder, readable_path, relative
from contract.hub.errors import MediaNotFound
from contract.hub.library import Format

__all__ = ["ROOTS", "OpenFile", "Stored", "TrackFile", "open_audio", "open_stored", "track_file"]

_TRACK = """
    SELECT f.path, t.name, t.size, t.mtime_ns, t.inode, t.format, t.duration_ms, f.root_id, t.missing_since IS NOT NULL
    FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.id = ?
"""
ROOTS = "SELECT id, path FROM roots"

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_GONE = "The file of this track is not there now."
_SCAN_AGAIN = "Scan the library's folders, once the file is in them."


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as the index knows it.

    Attributes:
        stamp: Size, time of change in ns, and inode where it is known, as the scan found them.
        roots: The library's folders.
    """

    folder: bytes
    name: bytes
    stamp: tuple[int, int, int | None]
    roots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TrackFile:
    """The file of a track, not opened yet."""

    id: str
    stored: Stored
    format: Format
    duration_ms: int


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open for reading; whoever has it closes it.

    Attributes:
        status: Of the file that was opened, whatever stands under its name by now.
        is_scanned: Whether it is the very file that the scan has read.
    """

    raw: io.FileIO
    status: os.stat_result
    is_scanned: bool


async def track_file(hub: Hub, id_: str) -> TrackFile:
    """Which file the track is.

    Raises:
        MediaNotFound: There is no such track, its file is missing, or its folder is no longer one of the library's.
        StorageError: The databases can't be read.
    """
    for folder, name, *stamp, format_, duration_ms, root_id, is_missing in await hub.index.look_up(_TRACK, (id_,)):
        roots = dict(await hub.user.look_up(ROOTS))
        if is_missing or root_id not in roots:
            raise MediaNotFound(_GONE, next_step=_SCAN_AGAIN)
        return TrackFile(id_, Stored(folder, name, tuple(stamp), tuple(roots.values())), format_, duration_ms)
    raise MediaNotFound


def open_audio(file: TrackFile) -> tuple[OpenFile, Container]:
    """Open the file of a track, and look what it is packed in; this may block.

    Raises:
        MediaNotFound: It is not there, is no file, or lies elsewhere.
    """
    try:
        opened = open_stored(file.stored)
        try:
            return opened, container_of(os.pread(opened.raw.fileno(), HEAD, 0), file.format)
        except BaseException:
            opened.raw.close()
            raise
    except OSError:
        raise MediaNotFound(_GONE, next_step=_SCAN_AGAIN) from None


def open_stored(stored: Stored) -> OpenFile:
    """Open a file of the index; this may block.

    Raises:
        OSError: It can't be opened, is no file, or is not what was scanned and lies outside of the library's folders.
    """
    path = join(stored.folder, stored.name)
    folder = open_folder(stored.folder)
    try:
        # Without waiting, should a pipe stand where a file stood.
        raw = io.FileIO(os.open(readable_path(stored.folder, stored.name, folder), _FLAGS), "rb")
    finally:
        if folder is not None:
            os.close(folder)
    try:
        status = os.fstat(raw.fileno())
        is_scanned = _is_scanned(status, stored)
        _require(stat.S_ISREG(status.st_mode) and (is_scanned or _lies_in(path, status, stored.roots)))
    except BaseException:
        raw.close()
        raise
    return OpenFile(raw, status, is_scanned)


def _is_scanned(status: os.stat_result, stored: Stored) -> bool:
    size, mtime_ns, inode = stored.stamp
    return (status.st_size, status.st_mtime_ns) == (size, mtime_ns) and inode in (None, status.st_ino)


def _lies_in(path: bytes, status: os.stat_result, folders: Iterable[bytes]) -> bool:
    """Whether the file that was opened by the path lies in one of the folders, when all links are followed."""
    real = os.path.realpath(path)
    there = os.stat(real)  # noqa: PTH116  (bytes)
    is_the_same = (there.st_dev, there.st_ino) == (status.st_dev, status.st_ino)
    return is_the_same and any(relative(real, folder) for folder in folders)


def _require(is_good: bool) -> None:
    if not is_good:
        raise OSError("this is no file of the library")
