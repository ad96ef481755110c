"""Tags behind the audio, in whatever order they were put there: what is before them is the audio.

Sources: the ID3v1 and Lyrics3 2.00 descriptions, the APE tag specification of Hydrogenaudio.
"""

from typing import BinaryIO, NamedTuple

__all__ = ["Trailers", "find_trailers"]

_ID3V1 = 128
_APE_FOOTER = 32
_APE_HAS_HEADER = 1 << 31
_LYRICS3_END = 15  # six digits of length, and LYRICS200
_MOST_TRAILERS = 4


class Trailers(NamedTuple):
    """Where the tags behind the audio begin, and whether an APEv2 tag is among them."""

    start: int
    has_ape: bool


def find_trailers(file: BinaryIO, size: int) -> Trailers:
    """Look for them from the end of the file on."""
    end = size
    has_ape = False
    for _ in range(_MOST_TRAILERS):
        file.seek(max(0, end - _ID3V1))
        data = file.read(end - file.tell())
        if data.startswith(b"TAG") and len(data) == _ID3V1:
            end -= _ID3V1
        elif data[-_APE_FOOTER:].startswith(b"APETAGEX"):
            length, flags = _number(data, -20), _number(data, -12)
            if not _APE_FOOTER <= length <= end:
                end -= _APE_FOOTER
                continue
            has_ape = True
            end = max(0, end - length - (_APE_FOOTER if flags & _APE_HAS_HEADER else 0))
        elif data.endswith(b"LYRICS200") and (length := data[-_LYRICS3_END:-9]).isdigit():
            start = end - _LYRICS3_END - int(length)
            file.seek(max(0, start))
            if start < 0 or file.read(11) != b"LYRICSBEGIN":
                break
            end = start
        else:
            break
    return Trailers(end, has_ape)


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")
