"""FLAC. Source, of what mutagen does not say: RFC 9639."""

from typing import Any, BinaryIO

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.comments import read_comments
from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.opening import NotAudio, parsed
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.reading.wholeness import require_flac

__all__ = ["read_flac"]


def read_flac(file: BinaryIO, size: int, start: int) -> AudioFile:
    """Read a FLAC file whose mark stands at `start`."""
    file.seek(0)
    flac = parsed("flac.FLAC", file)
    info = flac.info
    if info.total_samples and not info.bitrate:
        raise NotAudio("The FLAC file holds no audio.")
    require_flac(file, size, info.max_blocksize, info.total_samples)
    fields: Fields = {}
    has_cover = read_comments(flac.tags, fields)
    return audio_file(
        "flac",
        _fingerprint(file, start, size, info),
        seconds=info.length,
        bitrate=info.bitrate,
        sample_rate=info.sample_rate,
        channels=info.channels,
        bit_depth=info.bits_per_sample,
        has_cover=has_cover or bool(flac.pictures),
        fields=fields,
    )


def _fingerprint(file: BinaryIO, start: int, end: int, info: Any) -> bytes:
    """The sum that encoders make over all of the audio is enough; not all make one."""
    facts = "flac", info.sample_rate, info.channels, info.bits_per_sample, info.total_samples, info.md5_signature
    if info.total_samples and info.md5_signature:
        return fingerprint.of_parts((), *facts)
    return fingerprint.of_region(file, _behind_blocks(file, start), end, *facts)


def _behind_blocks(file: BinaryIO, start: int) -> int:
    """Where the frames begin, behind the last block of metadata."""
    at = start + 4
    while True:
        file.seek(at)
        header = file.read(4)
        at += 4 + int.from_bytes(header[1:], "big")
        if len(header) < 4 or header[0] & 0x80:
            return at
