"""WavPack."""

from typing import BinaryIO

from backends.local.hub.reading import fingerprint
from backends.local.hub.reading.audio import audio_file
from backends.local.hub.reading.comments import read_ape
from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.opening import NotAudio, parsed
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.reading.trailers import find_trailers
from backends.local.hub.reading.wholeness import require_wavpack

__all__ = ["read_wavpack"]

_VERSIONS = range(0x402, 0x411)
"""Of streams, as WavPack 4 and 5 write them."""


def read_wavpack(file: BinaryIO, size: int) -> AudioFile:
    """Read a WavPack file."""
    file.seek(0)
    wavpack = parsed("wavpack.WavPack", file)
    info = wavpack.info
    if info.version not in _VERSIONS:
        raise NotAudio("The file is not WavPack of a version that can be read.")
    end, _ = find_trailers(file, size)
    require_wavpack(file, 0, end, round(info.length * info.sample_rate))
    fields: Fields = {}
    has_cover = read_ape(wavpack.tags, fields)
    return audio_file(
        "wavpack",
        fingerprint.of_region(file, 0, end, "wavpack"),
        seconds=info.length,
        bitrate=8 * end / info.length if info.length else None,
        sample_rate=info.sample_rate,
        channels=info.channels,
        bit_depth=info.bits_per_sample,
        has_cover=has_cover,
        fields=fields,
    )
