"""Compare what a walk finds with what the index says: what is to be read, what is gone, what has come back."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backends.local.hub.scanning.paths import join
from backends.local.hub.scanning.walking import Folder, Place

__all__ = ["Comparison", "Found", "KnownFolder"]

_FOLDERS = "SELECT path, key, root_id, cover, cover_stamp FROM folders"

_TRACKS = """
    SELECT name, key, size, mtime_ns, sidecar_stamp, missing_since IS NOT NULL FROM tracks WHERE folder_key = ?
"""

_PROBLEMS = "SELECT folder_key, name, size, mtime_ns, reason FROM problems"


@dataclass(slots=True)
class KnownFolder:
    """A folder as the index has it."""

    key: int
    root_id: int
    cover: bytes | None
    cover_stamp: str | None


@dataclass(slots=True)
class Found:
    """A file that is new or has changed.

    Attributes:
        key: Of the track at this path, or None.
        missing: Whether that track is marked missing.
    """

    folder: bytes
    root_id: int
    name: bytes
    size: int
    mtime_ns: int
    inode: int
    sidecar_stamp: str | None
    key: int | None
    missing: bool

    @property
    def path(self) -> bytes:
        """Of the file."""
        return join(self.folder, self.name)


@dataclass(slots=True)
class _Problems:
    """Files of one folder that could not be read: size, time of change and reason by name."""

    files: dict[bytes, tuple[int, int, str]] = field(default_factory=dict[bytes, tuple[int, int, str]])


class _Places:
    """Folders with all that is below them, and some by themselves."""

    def __init__(self, deep: Iterable[bytes], alone: Iterable[bytes] = ()) -> None:
        deep = list(deep)
        self._alone = {*deep, *alone}
        self._heads = tuple(join(path, b"") for path in deep)

    def __contains__(self, path: bytes) -> bool:
        return path in self._alone or path.startswith(self._heads)


class Comparison:
    """What differs between the folders that were looked into and the index, as it was when this was made.

    Attributes:
        folders: All folders of the index, by path.
        to_read: Files that are new or have changed.
        gone: By root, keys of tracks whose files are not there any more.
        returned: Keys of tracks that were missing, and whose files are there again as they were.
        covers: Pictures, with their stamps, of folders for which the index has none or another.
        rooted: Roots of folders for which the index has another.
        still_unreadable: Paths of files that could not be read before and have not changed, with the reasons.
        solved: Folder key and name of problems whose files are gone or different.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.folders = {path: KnownFolder(*facts) for path, *facts in connection.execute(_FOLDERS)}
        self.to_read: list[Found] = []
        self.gone: dict[int, list[int]] = {}
        self.returned: list[int] = []
        self.covers: dict[bytes, tuple[bytes | None, str | None]] = {}
        self.rooted: dict[bytes, int] = {}
        self.still_unreadable: list[tuple[bytes, str]] = []
        self.solved: list[tuple[int, bytes]] = []
        self.files = 0
        self.unchanged = 0
        self._connection = connection
        self._visited: set[int] = set()
        self._problems: dict[int, _Problems] = {}
        for key, name, size, mtime_ns, reason in connection.execute(_PROBLEMS):
            self._problems.setdefault(key, _Problems()).files[name] = (size, mtime_ns, reason)

    def take(self, folder: Folder) -> None:
        """Compare one folder."""
        self.files += len(folder.files)
        known = self.folders.get(folder.path)
        if known is None:
            if folder.files:
                self.to_read += [
                    Found(folder.path, folder.root_id, name, *stamp, None, False)
                    for name, stamp in folder.files.items()
                ]
                self._note_cover(folder)
            return
        self._visited.add(known.key)
        if (known.cover, known.cover_stamp) != (folder.cover, folder.cover_stamp):
            self._note_cover(folder)
        if known.root_id != folder.root_id:
            self.rooted[folder.path] = folder.root_id
        self._compare(folder, known.key)

    def finish(self, places: Sequence[Place], unreadable: Iterable[bytes], roots: Iterable[bytes]) -> None:
        """Take note of folders that were to be found in these places and were not, or that are of no root any more.

        What lies below an unreadable folder is left as it is.
        """
        here = _Places([place.path for place in places if place.deep], [place.path for place in places])
        shut, ours = _Places(unreadable), _Places(roots)
        for path, known in self.folders.items():
            if known.key in self._visited:
                continue
            if path not in ours or (path in here and path not in shut):
                self._compare(Folder(path, known.root_id), known.key)

    def _note_cover(self, folder: Folder) -> None:
        self.covers[folder.path] = (folder.cover, folder.cover_stamp)

    def _compare(self, folder: Folder, key: int) -> None:
        rows: dict[bytes, tuple[int, int, int, str | None, int]] = {
            row[0]: row[1:] for row in self._connection.execute(_TRACKS, (key,))
        }
        problems = self._problems.get(key)
        unchanged = 0
        for name, stamp in folder.files.items():
            row = rows.pop(name, None)
            if row is not None and row[1] == stamp[0] and row[2] == stamp[1] and row[3] == stamp[3]:
                if row[4]:
                    self.returned.append(row[0])
                else:
                    unchanged += 1
            elif problems is None or not self._is_known_bad(folder, name, stamp, problems):
                track, missing = (row[0], bool(row[4])) if row else (None, False)
                self.to_read.append(Found(folder.path, folder.root_id, name, *stamp, track, missing))
        self.unchanged += unchanged
        if rows and (gone := [row[0] for name, row in rows.items() if not row[4] and name not in folder.failed]):
            self.gone.setdefault(folder.root_id, []).extend(gone)
        if problems is not None:
            self.solved += [(key, name) for name in problems.files if name not in folder.failed]

    def _is_known_bad(
        self, folder: Folder, name: bytes, stamp: Sequence[int | str | None], problems: _Problems
    ) -> bool:
        problem = problems.files.get(name)
        if problem is None or problem[:2] != tuple(stamp[:2]):
            return False
        del problems.files[name]
        self.still_unreadable.append((join(folder.path, name), problem[2]))
        return True
