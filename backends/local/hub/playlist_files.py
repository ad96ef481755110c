"""Playlist files: M3U and M3U8, read as players write them, and written so that every player reads them.

An entry is a line with a path or an address; before it a line `#EXTINF:seconds,Artist - Title` may tell of it. Other
lines that begin with # are comments. M3U8 is UTF-8; M3U is whatever the writer's machine had.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.playlists import LARGEST_PLAYLIST

__all__ = ["Line", "PlaylistFile", "Written", "read_playlist_file", "write_playlist_file"]

_LARGEST_FILE = 32 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")

_INFO = re.compile(r"#EXTINF:\s*(-?\d{1,9})(?:\.\d*)?[^,]*,(.*)", re.IGNORECASE | re.DOTALL)

_NAME = re.compile(r"#PLAYLIST:(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One entry of a playlist file.

    Attributes:
        number: Of the line in the file, from 1.
        raw: As it stands there.
        text: The same as text.
        title: What #EXTINF calls it, "Artist - Title" mostly, or None.
        duration_ms: What #EXTINF says, or None.
    """

    number: int
    raw: bytes
    text: str
    title: str | None
    duration_ms: int | None


@dataclass(frozen=True)
class PlaylistFile:
    """What a playlist file holds.

    Attributes:
        folder: That it lies in, from which its relative paths are.
        name: That it gives itself, or None.
    """

    folder: bytes
    name: str | None
    lines: list[Line]


@dataclass(frozen=True)
class Written:
    """One entry to write: the path of its file, and whether that is not there at present."""

    path: bytes
    artist: str
    title: str
    duration_ms: int
    missing: bool


def read_playlist_file(path: Path) -> PlaylistFile:
    """The entries of the file.

    Raises:
        InvalidRequest: It can't be read, or is no playlist.
    """
    encoding, lines = _lines(_content(path))
    name: str | None = None
    found: list[Line] = []
    title: str | None = None
    duration_ms: int | None = None
    for number, raw in enumerate(lines, start=1):
        text = raw.decode(encoding, errors="replace")
        bare = text.strip()
        if match := _INFO.match(bare):
            seconds = int(match[1])
            title, duration_ms = clean(match[2]) or None, 1000 * seconds if seconds > 0 else None
        elif match := _NAME.match(bare):
            name = clean(match[1]) or name
        elif bare and not bare.startswith("#"):
            found.append(Line(number, raw, text, title, duration_ms))
            title = duration_ms = None
    if len(found) > LARGEST_PLAYLIST:
        raise InvalidRequest(f"The file has more entries than a playlist takes: {LARGEST_PLAYLIST:,}.")
    return PlaylistFile(_folder_of(path), name, found)


def write_playlist_file(path: Path, name: str, entries: Iterable[Written], *, overwrite: bool) -> None:
    """Write the file whole or not at all, in UTF-8.

    Paths are relative for files below its folder, so that both can move together, and absolute for others.

    Raises:
        InvalidRequest: There is such a file already, or it can't be written.
    """
    folder = _folder_of(path)
    lines = ["#EXTM3U", f"#PLAYLIST:{clean(name)}"]
    for entry in entries:
        if entry.missing:
            lines.append("# The next file was not there when this was written.")
        lines.append(f"#EXTINF:{round(entry.duration_ms / 1000)},{clean(f'{entry.artist} - {entry.title}')}")
        lines.append(_written_path(entry.path, folder))
    try:
        _write(path, "\n".join([*lines, ""]).encode(), overwrite)
    except FileExistsError:
        raise InvalidRequest(
            "There is a file of that name already. Nothing was written.",
            field="FILE",
            next_step="Choose another name, or overwrite it with --force.",
        ) from None
    except OSError as error:
        raise InvalidRequest(f"The file can't be written: {error.strerror}.", field="FILE") from None


def _folder_of(path: Path) -> bytes:
    return os.fsencode(path.absolute().parent)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidRequest(f"The file can't be read: {error.strerror}.", field="FILE") from None
    if len(content) > _LARGEST_FILE:
        raise InvalidRequest("The file is too large for a playlist.", field="FILE")
    return content


def _lines(content: bytes) -> tuple[str, list[bytes]]:
    """The lines, and what they are written in: UTF-8 if all of them are, else as Windows wrote before."""
    if content.startswith(_UTF_16_BOMS):
        content = content.decode("utf-16", errors="replace").encode()
    content = content.removeprefix(_BOM)
    if b"\0" in content:
        raise InvalidRequest("The file is no playlist: it holds binary data.", field="FILE")
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252", content.splitlines()
    return "utf-8", content.splitlines()


def _written_path(path: bytes, folder: bytes) -> str:
    below = next((rest for base in _bases(folder) if (rest := _below(path, base))), None)
    written = path if below is None else below
    if not _is_plain(written):
        # A file: address takes any byte; a relative one is not understood by all.
        return f"file://{quote_from_bytes(path)}"
    return written.decode()


def _bases(folder: bytes) -> tuple[bytes, bytes]:
    return folder, os.path.realpath(folder)


def _below(path: bytes, folder: bytes) -> bytes | None:
    """The path from that folder on, or None if it lies elsewhere."""
    prefix = folder if folder.endswith(b"/") else folder + b"/"
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def _is_plain(path: bytes) -> bool:
    """Whether every player reads this line as this path: no comment, no address, no Windows path."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        return False
    odd = text.startswith("#") or text.lower().startswith("file:") or "\\" in text or "://" in text
    return not odd and text.isprintable() and text == text.strip()


def _write(path: Path, content: bytes, overwrite: bool) -> None:
    if not overwrite and os.path.lexists(path):
        raise FileExistsError
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".playlist-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        temporary.chmod(0o666 & ~_umask())
        if overwrite:
            temporary.replace(path)
        else:
            _put_where_nothing_is(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _put_where_nothing_is(temporary: Path, path: Path) -> None:
    """A link refuses to replace what came meanwhile; where a file system has none, the look before has to do."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        temporary.replace(path)


def _umask() -> int:
    """What the user takes away of every new file's permissions."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
