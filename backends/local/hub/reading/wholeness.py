"""Whether a file is cut off, as far as its format tells: a copy that broke off, a download under way.

Such a file is reported rather than taken for a track that ends in the middle of the song; it is read again when it
changes. A little may be missing: many an old file lacks the end of its last second, and plays.
"""

from typing import BinaryIO

from backends.local.hub.reading.opening import NotAudio

__all__ = ["require_flac", "require_mp3", "require_wavpack", "require_whole"]

_ENOUGH = 0.9
_FLAC_TAIL, _WAVPACK_TAIL = 1 << 16, 1 << 18  # in which the last frame and the last block begin
_XING = 200  # bytes of a first frame in which its Xing header stands, if there is one


def require_whole(present: float, stated: float) -> None:
    """Refuse a file of whose audio only a part is present.

    Raises:
        NotAudio: It is cut off.
    """
    if present < _ENOUGH * stated:
        raise NotAudio(f"The file is cut off: {max(0, int(100 * present / stated))} % of its audio is there.")


def require_mp3(file: BinaryIO, start: int, end: int) -> None:
    """Look at the Xing header in the first frame, which may say how many bytes of audio there are."""
    file.seek(start)
    data = file.read(_XING)
    at = max(data.find(b"Xing"), data.find(b"Info"))
    flags = int.from_bytes(data[at + 4 : at + 8], "big") if at > 0 else 0
    if flags & 2:
        position = at + (12 if flags & 1 else 8)
        require_whole(end - start, int.from_bytes(data[position : position + 4], "big"))


def require_flac(file: BinaryIO, end: int, block: int, samples: int) -> None:
    """Find the last frame, which says how far the audio has come, of how many samples in all."""
    file.seek(max(0, end - _FLAC_TAIL))
    data = file.read(_FLAC_TAIL)
    at = len(data)
    while (at := data.rfind(b"\xff", 0, at)) >= 0:
        if (
            data[at + 1 : at + 2] in {b"\xf8", b"\xf9"}
            and (position := _position(data[at : at + 16], block)) is not None
        ):
            require_whole(position + block, samples)
            return


def require_wavpack(file: BinaryIO, start: int, end: int, samples: int) -> None:
    """Find the last block, which says how far the audio has come, of how many samples in all."""
    file.seek(max(start, end - _WAVPACK_TAIL))
    data = file.read(min(_WAVPACK_TAIL, end - start))
    at = data.rfind(b"wvpk")
    if at >= 0 and len(data) >= at + 24:
        part = min(1.0, (len(data) - at) / (8 + _number(data, at + 4)))
        require_whole(_number(data, at + 16) + part * _number(data, at + 20), samples)


def _position(header: bytes, block: int) -> int | None:
    """Of the frame of FLAC that a header begins, the first sample; None if it is no header after all.

    Its number is coded like a character of UTF-8, of the frame or, if blocks vary, of the sample; eight bits of check
    sum end the header.
    """
    if len(header) < 16:
        return None
    first = header[4]
    more = next((n for n, mark in enumerate((0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC, 0xFE, 0xFF)) if first < mark), 8) - 1
    more = max(0, more)
    number = first if not more else first & (0x3F >> more)
    for byte in header[5 : 5 + more]:
        number = number << 6 | byte & 0x3F
    size, rate = header[2] >> 4, header[2] & 0x0F
    length = 5 + more + {6: 1, 7: 2}.get(size, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if _crc8(header[:length]) != header[length]:
        return None
    return number if header[1] & 1 else number * block


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _crc8_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1 ^ 0x07 if byte & 0x80 else byte << 1) & 0xFF
    return byte


_CRC8 = tuple(map(_crc8_of, range(256)))
