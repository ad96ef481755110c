"""What a reader found in a file, made into the one form: numbers that can be stored, tags, lyrics."""

import math

from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.lyrics import embedded_lyrics
from backends.local.hub.reading.record import AudioFile, Format
from backends.local.hub.reading.tags import tags_of

__all__ = ["audio_file"]

_MOST = 2**31 - 1  # of ms it is 24 days


def audio_file(
    format_: Format,
    fingerprint: bytes,
    *,
    seconds: float,
    bitrate: float | None,
    sample_rate: int,
    channels: int,
    bit_depth: int | None,
    has_cover: bool,
    fields: Fields,
) -> AudioFile:
    """The file as it is kept; a number that is none, or can't be, is left out."""
    lyrics = embedded_lyrics(fields)
    return AudioFile(
        format=format_,
        fingerprint=fingerprint,
        duration_ms=_counted(seconds * 1000) or 0,
        bitrate=_counted(bitrate),
        sample_rate=_counted(sample_rate),
        channels=_counted(channels),
        bit_depth=_counted(bit_depth),
        has_cover=has_cover,
        lyrics=None if lyrics is None else lyrics.text,
        synced=lyrics is not None and lyrics.synced,
        tags=tags_of(fields),
    )


def _counted(value: float | None) -> int | None:
    if not value or not math.isfinite(value):
        return None
    return min(round(value), _MOST) if value > 0 else None
