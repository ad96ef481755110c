"""Find the audio files in the library's folders, with what tells whether each has changed."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import cast

from backends.local.hub.reading.names import folder_cover, is_audio, lyrics_names
from backends.local.hub.scanning.paths import join, open_folder, relative

__all__ = ["KEEP_OUT", "LYRICS", "Folder", "Place", "Stamp", "Walk", "left_alone"]

Stamp = tuple[int, int, int, str | None]
"""Size, time of change in ns, inode, and the stamp of the lyrics beside it."""

LYRICS = b".lrc"

_MOST_ENDINGS = 1000
"""To remember; most folders have a handful."""

_NOT_MUSIC = frozenset(
    {b"@eadir", b"#recycle", b"#snapshot", b"$recycle.bin", b"system volume information", b"lost+found", b"__macosx"}
)
"""Folders that systems and storage boxes keep for themselves."""

KEEP_OUT = b".nomedia"
"""A file of this name says that its folder is no music: Android's sign, which others follow."""


_Entries = AbstractContextManager[Iterator[os.DirEntry[bytes]]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a folder of a root, with all below it or by itself."""

    path: bytes
    root_id: int
    deep: bool = True


@dataclass(slots=True)
class Folder:
    """A folder that was looked into.

    Attributes:
        files: Its audio files, by name, in order.
        failed: Names that are there and can't be looked at, with the reason.
    """

    path: bytes
    root_id: int
    files: dict[bytes, Stamp] = field(default_factory=dict[bytes, Stamp])
    failed: dict[bytes, str] = field(default_factory=dict[bytes, str])
    cover: bytes | None = None
    cover_stamp: str | None = None


@dataclass(slots=True)
class _Linked:
    """A symbolic link to a folder, looked into when all real folders have been."""

    path: bytes
    root_id: int


class Walk:
    """One walk through places of some roots; no folder is looked into twice, whatever links lead there.

    Attributes:
        unreadable: Folders that are there and can't be looked into, with the reason.
    """

    def __init__(self, roots: Sequence[bytes]) -> None:
        self.unreadable: dict[bytes, str] = {}
        self._roots = roots
        self._seen: set[tuple[int, int]] = set()
        self._seen_files: set[tuple[int, int]] = set()
        self._linked: deque[_Linked] = deque()
        self._endings: dict[bytes, bool] = {}

    def folders(self, places: Iterable[Place]) -> Iterator[Folder]:
        """Every folder in the places: real ones first, in order, then those that links lead to."""
        for place in places:
            yield from self._below(place.path, place.root_id, deep=place.deep)
        while self._linked:
            linked = self._linked.popleft()
            yield from self._below(linked.path, linked.root_id, deep=True)

    def _below(self, path: bytes, root_id: int, *, deep: bool) -> Iterator[Folder]:
        waiting = [path]
        while waiting:
            folder = Folder(waiting.pop(), root_id)
            try:
                inside = self._look(folder)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                self.unreadable[folder.path] = _reason(error)
                continue
            if inside is None:
                continue
            yield folder
            if deep:
                waiting += (join(folder.path, name) for name in sorted(inside, reverse=True))

    def _look(self, folder: Folder) -> list[bytes] | None:
        """Fill the folder; return the names of the folders in it, or None if it is not to be looked into."""
        descriptor = open_folder(folder.path)
        try:
            there = os.stat(folder.path if descriptor is None else descriptor)  # noqa: PTH116  (bytes)
            identity = (there.st_dev, there.st_ino)
            if identity in self._seen:
                return None
            inside, audio, others = self._listed(folder, descriptor)
            if inside is None:
                return None
            self._seen.add(identity)
            self._stamp(folder, audio, others)
            return inside
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _listed(
        self, folder: Folder, descriptor: int | None
    ) -> tuple[list[bytes] | None, dict[bytes, os.DirEntry[bytes]], dict[bytes, os.DirEntry[bytes]]]:
        """Names of folders, audio files, and other files; no folders at all if the folder is to be left alone."""
        inside: list[bytes] = []
        audio: dict[bytes, os.DirEntry[bytes]] = {}
        others: dict[bytes, os.DirEntry[bytes]] = {}
        endings = self._endings
        with _entries(folder.path, descriptor) as entries:
            for entry in entries:
                name = entry.name if descriptor is None else os.fsencode(entry.name)
                if name[0] == 46 and not name.startswith(b".."):  # hidden; "...And Justice for All" is not
                    if name == KEEP_OUT:
                        return None, {}, {}
                    continue
                ending = name[name.rfind(b".") :]
                hears = endings.get(ending)
                if hears is None:
                    if len(endings) > _MOST_ENDINGS:
                        endings.clear()
                    hears = endings[ending] = is_audio(b"x" + ending)
                if entry.is_file(follow_symlinks=False):
                    (audio if hears else others)[name] = entry
                elif entry.is_dir(follow_symlinks=False):
                    if name.lower() not in _NOT_MUSIC:
                        inside.append(name)
                elif entry.is_symlink():
                    self._follow(folder, name, entry, audio if hears else others)
        return inside, audio, others

    def _follow(
        self, folder: Folder, name: bytes, entry: os.DirEntry[bytes], files: dict[bytes, os.DirEntry[bytes]]
    ) -> None:
        """Take what a link leads to, unless it lies where the walk comes by anyway."""
        path = join(folder.path, name)
        try:
            there = entry.stat()
            target = os.path.realpath(path)
            if entry.is_dir():
                if name.lower() not in _NOT_MUSIC and not self._comes_by(target):
                    self._linked.append(_Linked(path, folder.root_id))
            elif entry.is_file() and not (is_audio(target) and self._comes_by(target)):
                identity = (there.st_dev, there.st_ino)
                if identity not in self._seen_files:
                    self._seen_files.add(identity)
                    files[name] = entry
        except OSError:  # it leads nowhere, or in a circle
            return

    def _comes_by(self, target: bytes) -> bool:
        for root in self._roots:
            below = relative(target, root)
            if below is not None and not any(left_alone(part) for part in below.split(b"/")):
                return True
        return False

    def _stamp(
        self, folder: Folder, audio: dict[bytes, os.DirEntry[bytes]], others: dict[bytes, os.DirEntry[bytes]]
    ) -> None:
        """Note size and time of each audio file, of the lyrics beside it, and of the folder's picture."""
        files = folder.files
        lyrics = {name: entry for name, entry in others.items() if name[-4:].lower() == LYRICS}
        for name in sorted(audio):
            try:
                there = audio[name].stat()
            except FileNotFoundError:
                continue
            except OSError as error:
                folder.failed[name] = _reason(error)
                continue
            beside = _stamp_beside(lyrics, name) if lyrics else None
            files[name] = (there.st_size, there.st_mtime_ns, there.st_ino, beside)
        folder.cover = folder_cover(others) if others else None
        if folder.cover is not None:
            folder.cover_stamp = _stamp_of(others[folder.cover])


def _entries(path: bytes, descriptor: int | None) -> _Entries:
    """What is in the folder; by its descriptor, names are text, whatever the types say."""
    return os.scandir(path) if descriptor is None else cast("_Entries", os.scandir(descriptor))


def left_alone(name: bytes) -> bool:
    """Whether a folder of that name is no music: a hidden one, or one of the system's."""
    return (name.startswith(b".") and not name.startswith(b"..")) or name.lower() in _NOT_MUSIC


def _stamp_beside(lyrics: dict[bytes, os.DirEntry[bytes]], audio: bytes) -> str | None:
    for name in lyrics_names(audio):
        if name in lyrics:
            return _stamp_of(lyrics[name])
    return None


def _stamp_of(entry: os.DirEntry[bytes]) -> str | None:
    try:
        there = entry.stat()
    except OSError:
        return None
    return f"{there.st_size}-{there.st_mtime_ns}"


def _reason(error: OSError) -> str:
    return f"It can't be read: {os.strerror(error.errno or 0)}."
