"""WAV and AIFF: files of chunks, of which mutagen reads the ID3 tag, and not the formats' own texts.

RF64, a form of WAV for more than 4 GB of audio, it does not read at all.

Sources: Microsoft's RIFF, Apple's AIFF and AIFF-C.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.fields import Fields, add
from backends.local.hub.reading.id3 import read_id3
from backends.local.hub.reading.opening import NotAudio, parsed
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.reading.wholeness import require_whole

__all__ = ["read_aiff", "read_wav"]

_MOST_CHUNKS = 2000
_MOST_TEXT = 1 << 17
_ENDLESS = 0x7FFF0000

_TEXTS = {
    b"INAM": "TITLE",
    b"IART": "ARTIST",
    b"IPRD": "ALBUM",
    b"ICRD": "DATE",
    b"IGNR": "GENRE",
    b"ITRK": "TRACKNUMBER",
    b"IPRT": "TRACKNUMBER",
    b"IMUS": "COMPOSER",
    b"NAME": "TITLE",
    b"AUTH": "ARTIST",
}
"""In the INFO list of WAV, and among the chunks of AIFF."""


class _Chunk(NamedTuple):
    name: bytes
    start: int
    size: int


class _Kind(NamedTuple):
    format: Literal["wav", "aiff"]
    name: str
    parser: str
    order: str
    audio: bytes
    """The name of the chunk that holds it."""


_WAV = _Kind("wav", "WAV", "wave.WAVE", "<", b"data")
_AIFF = _Kind("aiff", "AIFF", "aiff.AIFF", ">", b"SSND")


def read_wav(file: BinaryIO, size: int) -> AudioFile:
    """Read a WAV file. What its ID3 tag says goes before what stands in its INFO list."""
    return _read(file, size, _WAV)


def read_aiff(file: BinaryIO, size: int) -> AudioFile:
    """Read an AIFF file. What its ID3 tag says goes before what stands in its text chunks."""
    return _read(file, size, _AIFF)


def _read(file: BinaryIO, size: int, kind: _Kind) -> AudioFile:
    audio, texts = _read_chunks(file, size, kind)
    if audio is None:
        raise NotAudio(f"The {kind.name} file holds no audio.")
    if audio.size < _ENDLESS:  # as recorders state it that do not know it beforehand
        require_whole(size - audio.start, audio.size)
    length = min(audio.size, size - audio.start)
    file.seek(0)
    iff = parsed(kind.parser, file)
    info = iff.info
    if not info.sample_rate or (length and not info.length):
        raise NotAudio(f"The {kind.name} file does not say how its audio is coded.")
    fields: Fields = {}
    has_cover = read_id3(() if iff.tags is None else iff.tags.values(), fields)
    facts = kind.format, info.channels, info.sample_rate, info.bits_per_sample
    return audio_file(
        kind.format,
        fingerprint.of_region(file, audio.start, audio.start + length, *facts),
        seconds=info.length * length / audio.size if audio.size else 0,
        bitrate=info.bitrate,
        sample_rate=info.sample_rate,
        channels=info.channels,
        bit_depth=info.bits_per_sample,
        has_cover=has_cover,
        fields={**texts, **fields},
    )


def _read_chunks(file: BinaryIO, size: int, kind: _Kind) -> tuple[_Chunk | None, Fields]:
    """The chunk with the audio, if there is one, and the texts in chunks of their own."""
    audio: _Chunk | None = None
    texts: Fields = {}
    for chunk in _chunks(file, 12, size, kind.order):
        if chunk.name == kind.audio:
            audio = audio or chunk
        elif chunk.name == b"LIST" and file.read(4) == b"INFO":
            for part in _chunks(file, chunk.start + 4, min(chunk.start + chunk.size, size), kind.order):
                _read_text(file, part, texts)
        else:
            _read_text(file, chunk, texts)
    return audio, texts


def _chunks(file: BinaryIO, start: int, end: int, order: str) -> Iterator[_Chunk]:
    """The chunks between two places, each when the file stands where its content begins."""
    form = struct.Struct(f"{order}4sI")
    for _ in range(_MOST_CHUNKS):
        file.seek(start)
        header = file.read(8)
        if len(header) < 8 or start + 8 > end:
            return
        name, size = form.unpack(header)
        yield _Chunk(name, start + 8, size)
        start += 8 + size + size % 2


def _read_text(file: BinaryIO, chunk: _Chunk, texts: Fields) -> None:
    """Take a text, which does not say how it is coded."""
    name = _TEXTS.get(chunk.name)
    if name is None:
        return
    data = file.read(min(chunk.size, _MOST_TEXT)).partition(b"\0")[0]
    try:
        add(texts, name, data.decode())
    except UnicodeDecodeError:
        add(texts, name, data.decode("cp1252", "replace"))
