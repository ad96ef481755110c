"""M4A and other MP4 with audio."""

from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.fields import Fields, add, known_name
from backends.local.hub.reading.opening import NotAudio, mutagen_class
from backends.local.hub.reading.record import AudioFile, Format
from backends.local.hub.reading.wholeness import require_whole

__all__ = ["read_mp4"]

_FORMATS: dict[str, Format] = {"mp4a": "aac", "alac": "alac", "fLaC": "flac", "Opus": "opus"}
_LOSSLESS = frozenset({"alac", "flac"})
_MOST_ATOMS = 100_000
_FREE_FORM = "----:"

_TEXTS = {
    "\xa9nam": "TITLE",
    "\xa9ART": "ARTIST",
    "\xa9alb": "ALBUM",
    "aART": "ALBUMARTIST",
    "\xa9gen": "GENRE",
    "\xa9day": "DATE",
    "\xa9wrt": "COMPOSER",
    "\xa9lyr": "LYRICS",
}
_PAIRS = {"trkn": "TRACKNUMBER", "disk": "DISCNUMBER"}


def read_mp4(file: BinaryIO, size: int) -> AudioFile:
    """Read an MP4 file: its first audio track."""
    start, end = _audio(file, size)
    file.seek(0)
    mp4 = _mp4()(file)
    info = mp4.info
    format_ = _FORMATS.get(info.codec.partition(".")[0])
    if format_ is None:
        raise NotAudio("The MP4 file's audio is protected, or in a coding that can't be read.")
    fields: Fields = {}
    return audio_file(
        format_,
        fingerprint.of_region(file, start, end, format_),
        seconds=info.length,
        bitrate=info.bitrate or (8 * (end - start) / info.length if info.length else None),
        sample_rate=info.sample_rate,
        channels=info.channels,
        bit_depth=info.bits_per_sample if format_ in _LOSSLESS else None,
        has_cover=_read_tags(mp4.tags, fields),
        fields=fields,
    )


@cache
def _mp4() -> Any:
    """Mutagen's class, but that it also writes each tag that it reads, to see whether it could: a fifth of its time."""
    tags = type("MP4Tags", (mutagen_class("mp4.MP4Tags"),), {"_render": _render})
    return type("MP4", (mutagen_class("mp4.MP4"),), {"MP4Tags": tags})


def _render(*_: object) -> bytes:
    return b""


def _audio(file: BinaryIO, size: int) -> tuple[int, int]:
    """Where the longest stretch of media data begins and ends."""
    start, end = max(_media(file, size), key=lambda place: place[1] - place[0], default=(0, 0))
    if not end:
        raise NotAudio("The MP4 file holds no audio.")
    require_whole(size - start, end - start)
    return start, min(end, size)


def _media(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """The stretches of media data, each from its beginning to where it should end."""
    at = 0
    for _ in range(_MOST_ATOMS):
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            return
        length = int.from_bytes(header[:4], "big")
        start = at + 8
        if length == 1:  # it did not fit
            length = int.from_bytes(header[8:], "big")
            start += 8
        end = at + length if length else size
        if end < start:
            return
        if header[4:8] == b"mdat":
            yield start, end
        at = end


def _read_tags(tags: Any, fields: Fields) -> bool:
    """Put the file's tags into `fields`; return whether it has a picture."""
    items: dict[str, Any] = dict(tags or {})
    for key, values in items.items():
        if name := _TEXTS.get(key):
            for value in values:
                add(fields, name, value)
        elif name := _PAIRS.get(key):
            for number, total in values:
                add(fields, name, f"{number}/{total}")
        elif key == "cpil":
            add(fields, "COMPILATION", str(int(values)))
        elif key.startswith(_FREE_FORM) and (name := known_name(key.rpartition(":")[2])):
            for value in values:
                add(fields, name, value.decode("utf-8", "replace"))
    return any(items.get("covr", ()))
