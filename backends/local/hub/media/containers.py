"""What an audio file is packed in, by how it begins: that says what it is sent as, and where pictures are in it."""

from collections.abc import Mapping
from enum import StrEnum

from contract.hub.library import Format

__all__ = ["HEAD", "Container", "container_of"]

HEAD = 12
"""Bytes of the beginning that tell."""


class Container(StrEnum):
    """The value is what ffmpeg calls the reader of such files."""

    MPEG = "mp3"
    FLAC = "flac"
    OGG = "ogg"
    MP4 = "mov"
    WAV = "wav"
    AIFF = "aiff"
    WAVPACK = "wv"

    @property
    def media_type(self) -> str:
        """As what it is sent. Sources: RFC 3003, 9639, 5334, 4337; the others are what browsers know."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Container.MPEG: "audio/mpeg",
    Container.FLAC: "audio/flac",
    Container.OGG: "audio/ogg",
    Container.MP4: "audio/mp4",
    Container.WAV: "audio/wav",
    Container.AIFF: "audio/aiff",
    Container.WAVPACK: "audio/x-wavpack",
}

_MARKS = {
    b"OggS": Container.OGG,
    b"fLaC": Container.FLAC,
    b"wvpk": Container.WAVPACK,
    b"RIFFWAVE": Container.WAV,
    b"FORMAIFF": Container.AIFF,
    b"FORMAIFC": Container.AIFF,
    **dict.fromkeys((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"), Container.MP4),
}
"""Of RIFF and AIFF without the size between, of MP4 the name of the first atom."""

_BY_FORMAT: Mapping[Format, Container] = {
    "mp3": Container.MPEG,
    "flac": Container.FLAC,
    "vorbis": Container.OGG,
    "opus": Container.OGG,
    "aac": Container.MP4,
    "alac": Container.MP4,
    "wav": Container.WAV,
    "aiff": Container.AIFF,
    "wavpack": Container.WAVPACK,
}


def container_of(head: bytes, format_: Format) -> Container:
    """The container of a file in which a scan found audio of that format.

    Where the beginning says nothing, an ID3 tag stands before FLAC or MPEG audio, and the format tells which.
    """
    for sign in (head[:4], head[:4] + head[8:12], head[4:8]):
        if sign in _MARKS:
            return _MARKS[sign]
    return _BY_FORMAT[format_]
