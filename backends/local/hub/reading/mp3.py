"""MPEG audio.

Its length is what a header in the first frame says. Without one mutagen takes it from the file's size and the bit rate
of the first frame, which is right if the bit rate stays the same; frames in several places tell. If it does not, the
frames are counted, which takes all of the file to be read; such files are few and old.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

from mutagen import MutagenError

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.comments import read_ape
from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.id3 import read_id3
from backends.local.hub.reading.opening import NotAudio, parsed
from backends.local.hub.reading.plain_id3 import plain_frames
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.reading.trailers import find_trailers
from backends.local.hub.reading.wholeness import require_mp3

__all__ = ["read_mp3"]

_PLACES = 7
_MOST_FRAMES = 50_000  # about 20 minutes; how long the rest plays is taken from these


def read_mp3(file: BinaryIO, size: int) -> AudioFile:
    """Read an MP3 file."""
    end, has_ape = find_trailers(file, size)
    frames, start = _tag(file, size)
    info = parsed("mp3.MPEGInfo", file, start)
    # `sketchy`: too few frames follow each other. A file that is not longer than that has to begin with one, at least.
    if info.frame_offset >= end or (info.sketchy and info.frame_offset != start):
        raise NotAudio("There is no MPEG audio in the file.")
    require_mp3(file, info.frame_offset, end)
    fields: Fields = {}
    has_cover = read_id3(frames, fields)
    if has_ape:
        has_cover |= read_ape(parsed("apev2.APEv2", file), fields)
    seconds, bitrate = _length(info, file, size, end)
    return audio_file(
        "mp3",
        fingerprint.of_region(file, info.frame_offset, end, "mp3"),
        seconds=seconds,
        bitrate=bitrate,
        sample_rate=info.sample_rate,
        channels=info.channels,
        bit_depth=None,
        has_cover=has_cover,
        fields=fields,
    )


def _tag(file: BinaryIO, size: int) -> tuple[Iterable[Any], int]:
    """The frames of the ID3 tag that the file has, and where the audio begins, if there is one before it."""
    if (plain := plain_frames(file, size)) is not None:
        return plain
    file.seek(0)
    tag = parsed("id3.ID3FileType", file).tags
    return ((), 0) if tag is None else (tag.values(), tag.size)


def _length(info: Any, file: BinaryIO, size: int, end: int) -> tuple[float, float]:
    """Seconds and bit rate: what a header says or, where mutagen guessed from the file's size, what the frames say."""
    start: int = info.frame_offset
    if not info.bitrate or abs(info.length - 8 * (size - start) / info.bitrate) > 1e-6:
        return info.length, info.bitrate
    length = end - start
    places = (start + length * place // _PLACES for place in range(1, _PLACES, 2))
    bitrates = {_bitrate(file, place) for place in places if not _goes_on(file, place, info)}
    if bitrates <= {info.bitrate, None}:
        return 8 * length / info.bitrate, info.bitrate
    seconds = _seconds_of_frames(file, start, end, info.sample_rate)
    return seconds, 8 * length / seconds


def _goes_on(file: BinaryIO, start: int, info: Any) -> bool:
    """Whether two frames behind a place begin like the first of all: far cheaper than to have mutagen look."""
    file.seek(info.frame_offset)
    first = file.read(3)
    length = _samples(info) // 8 * info.bitrate // info.sample_rate
    file.seek(start)
    data = file.read(2 * length + 4)
    at = data.find(first[:2])
    while 0 <= at <= length:
        following = at + length + (data[at + 2] >> 1 & 1)
        if _alike(data[at : at + 3], first) and _alike(data[following : following + 3], first):
            return True
        at = data.find(first[:2], at + 1)
    return False


def _alike(header: bytes, other: bytes) -> bool:
    """But for the padding, and a bit that is anybody's."""
    return len(header) == 3 and header[:2] == other[:2] and header[2] >> 2 == other[2] >> 2


def _bitrate(file: BinaryIO, start: int) -> int | None:
    """That of the first frame behind a place, if there is one."""
    try:
        info = parsed("mp3.MPEGInfo", file, start)
    except MutagenError:
        return None
    return None if info.sketchy else info.bitrate


def _seconds_of_frames(file: BinaryIO, start: int, end: int, sample_rate: int) -> float:
    samples = 0
    at = start
    for _ in range(_MOST_FRAMES):
        if at >= end:
            return samples / sample_rate
        file.seek(at)
        frame = _frame(file)
        if frame is None or frame.sample_rate != sample_rate:
            at += 1
        else:
            samples += _samples(frame)
            at = file.tell()
    return samples / sample_rate * (end - start) / (at - start)


def _frame(file: BinaryIO) -> Any:
    """The frame that begins where the file stands, which then stands behind it; or None."""
    try:
        return parsed("mp3.MPEGFrame", file)
    except MutagenError:
        return None


def _samples(frame: Any) -> int:
    if frame.layer == 1:
        return 384
    return 576 if frame.layer == 3 and frame.version > 1 else 1152
