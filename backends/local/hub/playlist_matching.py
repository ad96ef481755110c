"""Lines of a playlist file as tracks of the library: by path first, then by what #EXTINF says."""

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from backends.local.hub.context import Hub
from backends.local.hub.playlist_files import Line
from backends.text import fold

__all__ = ["Match", "match_lines"]

_EXACT = """
    SELECT t.id FROM folders f JOIN tracks t ON t.folder_key = f.key WHERE f.path = ? AND t.name = ?
"""

_ALL = """
    SELECT t.key, t.id, f.path, t.name, t.artist, t.title, t.duration_ms, t.missing_since IS NOT NULL
    FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.key > ? ORDER BY t.key LIMIT 20000
"""

_NEAR_MS = 3_000
"""#EXTINF has whole seconds, and players round and measure in their own ways."""

_STREAM = "it is the address of a stream"
_SEVERAL = "several files of the library could be meant"
_NOTHING = "the library has no file of that path or name"
_NOTHING_TOLD = f"{_NOTHING}, nor a track of that artist, title and length"


@dataclass(frozen=True)
class Match:
    """The track that a line means, or why there is none."""

    line: Line
    track_id: str | None
    reason: str = ""


@dataclass(frozen=True)
class _File:
    """A file of the library.

    Attributes:
        parts: Of its path, the last first, without regard to case.
    """

    id: str
    parts: tuple[str, ...]
    credit: tuple[str, str]
    duration_ms: int
    missing: bool


async def match_lines(hub: Hub, folder: bytes, lines: Sequence[Line]) -> list[Match]:
    """Each line's track; relative paths are taken from the folder, in which the playlist file lies."""
    found: dict[int, str] = {}
    for line in lines:
        for path in _paths(line, folder):
            track_id = await _at(hub, path)
            if track_id is not None:
                found[line.number] = track_id
                break
    others = [line for line in lines if line.number not in found and not _is_stream(line)]
    files = _Files(others, folder)
    if others:
        await files.gather(hub)
    return [Match(line, found[line.number]) if line.number in found else files.match(line, folder) for line in lines]


class _Files:
    """The files of the library that the lines could mean, gathered in one pass over all."""

    def __init__(self, lines: Iterable[Line], folder: bytes) -> None:
        self._by_name: dict[str, list[_File]] = {}
        self._by_credit: dict[tuple[str, str], list[_File]] = {}
        for line in lines:
            for path in _paths(line, folder):
                self._by_name[_parts(path)[0]] = []
            for credit in _credits(line):
                self._by_credit[credit] = []

    async def gather(self, hub: Hub) -> None:
        """Look through the library, a chunk at a time."""
        key = 0
        while rows := list(await hub.index.read(_ALL, (key,))):
            key = rows[-1][0]
            for row in rows:
                self._take(row)

    def match(self, line: Line, folder: bytes) -> Match:
        """The one file that the line means."""
        if _is_stream(line):
            return Match(line, None, _STREAM)
        several = False
        for candidates in (self._by_path(line, folder), self._told(line)):
            best = _present(candidates)
            if len(best) == 1:
                return Match(line, best[0].id)
            several |= len(best) > 1
        if several:
            return Match(line, None, _SEVERAL)
        return Match(line, None, _NOTHING if line.title is None else _NOTHING_TOLD)

    def _take(self, row: tuple[Any, ...]) -> None:
        _, id_, folder, name, artist, title, duration_ms, missing = row
        same_name = self._by_name.get(_folded(name))
        credit = (fold(artist), fold(title))
        same_credit = self._by_credit.get(credit)
        if same_name is None and same_credit is None:
            return
        file = _File(id_, (*_parts(name), *_parts(folder)), credit, duration_ms, bool(missing))
        for files in (same_name, same_credit):
            if files is not None:
                files.append(file)

    def _by_path(self, line: Line, folder: bytes) -> list[_File]:
        """Those of the name and the folder above it, and of these those that share most of the path."""
        for path in _paths(line, folder):
            parts = _parts(path)
            shared = [(_shared(parts, file.parts), file) for file in self._by_name.get(parts[0], ())]
            most = max((count for count, _ in shared), default=0)
            alike = [file for count, file in shared if count == most and most > 1]
            if alike:
                return alike if len(alike) == 1 else _nearest(alike, line.duration_ms) or alike
        return []

    def _told(self, line: Line) -> list[_File]:
        found = [file for credit in _credits(line) for file in self._by_credit[credit]]
        return _nearest(found, line.duration_ms) if line.duration_ms else found


async def _at(hub: Hub, path: bytes) -> str | None:
    for (track_id,) in await hub.index.look_up(_EXACT, os.path.split(path)):
        return track_id
    return None


def _paths(line: Line, folder: bytes) -> Iterator[bytes]:
    """The paths that the line could mean, the most literal first; absolute, and each once."""
    seen: set[bytes] = set()
    for written in _readings(line):
        for base in (folder, os.path.realpath(folder)):
            path = os.path.normpath(os.path.join(base, written))  # noqa: PTH118  (bytes)
            if path not in seen and b"\0" not in path:
                seen.add(path)
                yield path


def _readings(line: Line) -> Iterator[bytes]:
    """Players write paths, addresses, and the paths of Windows; with or without percent signs for odd letters."""
    bare = line.text.strip()
    if bare.lower().startswith("file:"):
        yield from _of_address(bare)
        return
    yield line.raw
    for text in dict.fromkeys((line.text, bare)):
        written = text.encode()
        yield written
        yield written.replace(b"\\", b"/")
        yield unquote_to_bytes(written)
        yield unquote_to_bytes(written.replace(b"\\", b"/"))


def _of_address(address: str) -> Iterator[bytes]:
    """RFC 8089: file:/path, file:///path or file://host/path."""
    rest = address[len("file:") :]
    if rest.startswith("//"):
        _, slash, path = rest[2:].partition("/")
        rest = slash + path
    yield unquote_to_bytes(rest)
    yield rest.encode()


def _is_stream(line: Line) -> bool:
    scheme, colon, _ = line.text.strip().partition("://")
    return bool(colon) and scheme.isalnum() and scheme.lower() != "file"


def _parts(path: bytes) -> tuple[str, ...]:
    return tuple(_folded(part) for part in reversed(path.split(b"/")) if part) or ("",)


def _folded(name: bytes) -> str:
    """Without regard to case, and to how accents are written: two machines may differ in both."""
    return unicodedata.normalize("NFC", os.fsdecode(name)).casefold()


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts they have in common, from the last on."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _credits(line: Line) -> list[tuple[str, str]]:
    """Artist and title, at each place where the one may end: both may hold a dash."""
    words = (line.title or "").split(" - ")
    return [(fold(" - ".join(words[:at])), fold(" - ".join(words[at:]))) for at in range(1, len(words))]


def _nearest(files: Iterable[_File], duration_ms: int | None) -> list[_File]:
    """Those whose length is as said, the nearest alone if it is one."""
    if duration_ms is None:
        return []
    near = [(abs(file.duration_ms - duration_ms), file) for file in files]
    least = min((difference for difference, _ in near), default=0)
    return [file for difference, file in near if difference == least and difference <= _NEAR_MS]


def _present(files: Sequence[_File]) -> list[_File]:
    """Those that are there, if any are: the others may be where one of these was before."""
    files = list({file.id: file for file in files}.values())
    return [file for file in files if not file.missing] or files
