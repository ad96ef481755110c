"""Pictures that were made before: kept in the data folder, up to a bound, and found by what they were made of."""

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Literal

__all__ = ["UNUSABLE", "Form", "PictureCache", "Remembered"]

Form = Literal["webp", "jpeg"]
"""In which pictures are made; as Pillow calls them, and their media types."""

_FOLDER = "covers"

_MOST_BYTES = 256 << 20

_LEFT = 0.8
"""Of these, after the oldest have gone."""

_LOOK_EVERY = 100
"""Pictures that are kept, between two looks at how much there is: other processes keep some, too."""

_DAY_SECONDS = 86_400

UNUSABLE = ""
"""In place of a digest: the file has no picture, or none that can be shown."""


class Remembered:
    """What was found out about files before; the oldest is forgotten. Several threads may use it."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """What was put there, or None."""
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: Hashable, value: str) -> None:
        """Remember it."""
        with self._lock:
            self._known[key] = value
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)


class PictureCache:
    """A folder of pictures in the data folder, for its owner alone. What it can't keep is made again each time."""

    def __init__(self, data_folder: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self.folder = data_folder / _FOLDER
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept = 0

    def get(self, name: str) -> bytes | None:
        """The picture that was kept under the name, or None."""
        path = self.folder / name
        try:
            content = path.read_bytes()
            if time() - path.stat().st_mtime > _DAY_SECONDS:
                os.utime(path)  # so that what nobody asks for is the oldest
        except OSError:
            return None
        return content or None

    def put(self, name: str, content: bytes) -> None:
        """Keep a picture: all of it or nothing."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(len(content))
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=".")  # for its owner alone
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                os.replace(temporary, self.folder / name)  # noqa: PTH105  (it is no Path yet)
            except BaseException:
                os.unlink(temporary)  # noqa: PTH108
                raise

    def _make_room(self, coming: int) -> None:
        if self._kept % _LOOK_EVERY == 0:
            self._bytes = sum(size for _, size, _ in self._listed())
        self._kept += 1
        self._bytes += coming
        if self._bytes <= self._most_bytes:
            return
        for _, size, path in sorted(self._listed()):
            if self._bytes <= self._most_bytes * _LEFT:
                break
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108
            self._bytes -= size

    def _listed(self) -> list[tuple[float, int, str]]:
        """When each file was used last, its size, and its path."""
        found: list[tuple[float, int, str]] = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    there = entry.stat(follow_symlinks=False)
                    found.append((there.st_mtime, there.st_size, entry.path))
        return found
