"""Ogg Vorbis, Opus, and FLAC in Ogg."""

from typing import BinaryIO, NamedTuple

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.comments import read_comments
from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.opening import NotAudio, parsed
from backends.local.hub.reading.record import AudioFile, Format

__all__ = ["read_ogg"]

_HEAD = 1 << 10
_LONGEST_PAGE = 65307
_PAGE_HEADER = 27  # bytes, the last of which says how many bytes of sizes follow
_OPUS_RATE = 48000

_CODECS: dict[bytes, tuple[Format, str]] = {
    b"\x01vorbis": ("vorbis", "oggvorbis.OggVorbis"),
    b"OpusHead": ("opus", "oggopus.OggOpus"),
    b"\x7fFLAC": ("flac", "oggflac.OggFLAC"),
}
"""By what the first packet of a stream begins with."""


class _Page(NamedTuple):
    position: int
    packets: bytes


def read_ogg(file: BinaryIO, size: int) -> AudioFile:
    """Read an Ogg file: the first stream in it that is audio."""
    format_, class_ = _codec(file)
    pages = _last_pages(file, size)
    file.seek(0)
    ogg = parsed(class_, file)
    info = ogg.info
    rate: int = _OPUS_RATE if format_ == "opus" else info.sample_rate
    fields: Fields = {}
    has_cover = read_comments(ogg.tags, fields)
    seconds = max(0, info.length)
    return audio_file(
        format_,
        fingerprint.of_parts(
            (page.packets for page in pages),
            *(format_, rate, info.channels, info.serial, [page.position for page in pages]),
        ),
        seconds=seconds,
        bitrate=getattr(info, "bitrate", 0) or (size * 8 / seconds if seconds else None),
        sample_rate=rate,
        channels=info.channels,
        bit_depth=info.bits_per_sample if format_ == "flac" else None,
        has_cover=has_cover,
        fields=fields,
    )


def _codec(file: BinaryIO) -> tuple[Format, str]:
    """That of the first stream that is audio: all streams begin before any goes on."""
    file.seek(0)
    head = file.read(_HEAD)
    marks = [mark for mark in _CODECS if mark in head]
    if not marks:
        raise NotAudio("The Ogg file holds neither Vorbis, nor Opus, nor FLAC.")
    return _CODECS[min(marks, key=head.index)]


def _last_pages(file: BinaryIO, size: int) -> list[_Page]:
    """The last two pages with audio, the last one first.

    A page with no position has no packet that ends on it, and one at position 0 has headers.

    Raises:
        NotAudio: The last page of the file is not whole, or none has audio.
    """
    file.seek(max(0, size - 2 * _LONGEST_PAGE))
    data = file.read(2 * _LONGEST_PAGE)
    pages: list[_Page] = []
    at = end = len(data)
    while len(pages) < 2 and (at := data.rfind(b"OggS", 0, at)) >= 0:
        page = _page(data[at:end])
        if page is None:
            if end == len(data):
                raise NotAudio("The Ogg file is cut off: it ends in the middle of a page.")
            continue  # the mark of a page, and no page: it is in the audio
        end = at
        if page.position > 0:
            pages.append(page)
    if not pages:
        raise NotAudio("The Ogg file is cut off before its audio begins.")
    return pages


def _page(data: bytes) -> _Page | None:
    """The page that the data begins with, if all of it is there."""
    if len(data) < _PAGE_HEADER or data[4]:
        return None
    start = _PAGE_HEADER + data[_PAGE_HEADER - 1]
    size = sum(data[_PAGE_HEADER:start])
    if len(data) < start + size:
        return None
    return _Page(int.from_bytes(data[6:14], "little", signed=True), data[start : start + size])
