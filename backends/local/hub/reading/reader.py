"""One audio file read into what is kept of it, or into the reason why it can't be.

What is inside decides which reader takes a file; its name only says that it is worth a try.
"""

import os
from collections.abc import Callable, Sequence
from typing import BinaryIO

from mutagen import MutagenError

from backends.local.hub.reading.chunks import read_aiff, read_wav
from backends.local.hub.reading.flac import read_flac
from backends.local.hub.reading.limits import TooLong, limited_memory, limited_time
from backends.local.hub.reading.lyrics import lyrics_beside
from backends.local.hub.reading.mp3 import read_mp3
from backends.local.hub.reading.mp4 import read_mp4
from backends.local.hub.reading.names import extension
from backends.local.hub.reading.ogg import read_ogg
from backends.local.hub.reading.opening import NotAudio, open_file
from backends.local.hub.reading.record import AudioFile, Unreadable
from backends.local.hub.reading.wavpack import read_wavpack

__all__ = ["read_audio", "read_batch"]

_SECONDS = 5.0
"""For so long a file may keep the processor busy; an honest one does for a thousandth of it."""

_LONGEST_TAG = 1 << 26

_Reader = Callable[[BinaryIO, int], AudioFile]

_READERS: dict[bytes, tuple[str, _Reader]] = {
    b"OggS": ("Ogg", read_ogg),
    b"wvpk": ("WavPack", read_wavpack),
    b"RIFFWAVE": ("WAV", read_wav),
    b"FORMAIFF": ("AIFF", read_aiff),
    b"FORMAIFC": ("AIFF", read_aiff),
    **dict.fromkeys((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"), ("MP4", read_mp4)),
}
"""By what a file begins with; of RIFF and AIFF without the size between, of MP4 the name of the first atom."""


def read_batch(paths: Sequence[bytes], *, seconds: float = _SECONDS) -> list[AudioFile | Unreadable]:
    """Read several files, in their order: what a process that only reads is given to do.

    One that keeps the processor busy for more than so many seconds, or takes very much memory, is given up.
    """
    with limited_memory(), limited_time(seconds) as begin:
        return [_read_soon(path, begin) for path in paths]


def read_audio(path: bytes) -> AudioFile | Unreadable:
    """Read a file, and the lyrics beside it, however long it takes and whatever memory: a batch has bounds for both."""
    try:
        file, size = open_file(path)
        with file:
            audio = _read(file, size, path)
        beside = lyrics_beside(path)
    except NotAudio as error:
        return Unreadable(str(error))
    except MemoryError:
        return Unreadable("Reading the file takes too much memory.")
    except OSError as error:
        return Unreadable(_why(error))
    except Exception:  # noqa: BLE001  (files of strangers; mutagen's parsers raise whatever they stumble over)
        return Unreadable("The file is damaged or cut off.")
    if beside is not None:
        audio.lyrics, audio.synced = beside
    return audio


def _read_soon(path: bytes, begin: Callable[[], object]) -> AudioFile | Unreadable:
    begin()
    try:
        return read_audio(path)
    except TooLong:
        return Unreadable("Reading the file takes too long.")


def _read(file: BinaryIO, size: int, path: bytes) -> AudioFile:
    kind, reader = _reader(file, size, path)
    try:
        return reader(file, size)
    except MutagenError:
        raise NotAudio(f"The {kind} file is damaged or cut off.") from None


def _reader(file: BinaryIO, size: int, path: bytes) -> tuple[str, _Reader]:
    """What kind of file it is, and what reads it."""
    head = file.read(12)
    mark = head[:4]
    if mark.startswith(b"ID3") or mark == b"fLaC":
        return _behind_id3(file, size, head)
    for sign in (mark, mark + head[8:12], head[4:8]):
        if reader := _READERS.get(sign):
            return reader
    if extension(path) == b".mp3" or (head[0] == 0xFF and head[1:2] >= b"\xe0"):
        return "MP3", read_mp3  # the only one whose audio may begin anywhere
    raise NotAudio("The file is not audio of a kind that can be read.")


def _behind_id3(file: BinaryIO, size: int, head: bytes) -> tuple[str, _Reader]:
    """Of a file that begins with an ID3 tag, what comes behind it: MPEG audio by rights, FLAC now and then."""
    start = 0
    if head.startswith(b"ID3"):
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
        if start > min(size, _LONGEST_TAG):
            raise NotAudio("The file ends within the tag that it begins with, or the tag is far too long.")
    file.seek(start)
    if file.read(4) == b"fLaC":
        return "FLAC", lambda file, size: read_flac(file, size, start)
    return "MP3", read_mp3


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is gone."
    if isinstance(error, PermissionError):
        return "The file may not be opened: permission is denied."
    return (
        f"The file can't be opened or read: {os.strerror(error.errno)}." if error.errno else "The file can't be read."
    )
