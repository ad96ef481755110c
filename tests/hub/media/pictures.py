"""Pictures for tests: honest ones, and such as people make who mean harm."""

import struct
import zlib
from io import BytesIO

from PIL import Image

__all__ = ["BLUE", "HOSTILE", "RED", "WHITE", "colour", "encoded", "opened", "plain", "png"]

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)

_FAR = 2**31 - 1


def plain(colour=RED, size=(300, 200), form="PNG", mode="RGB", **options):
    """A picture of one colour."""
    return encoded(Image.new(mode, size, colour), form, **options)


def encoded(picture, form="PNG", **options):
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def opened(data):
    """The picture, which must be a whole one."""
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def colour(data, at=None):
    """That of a point, the middle by default, as near as pictures that are made small have it."""
    picture = opened(data).convert("RGB")
    point = picture.getpixel(at or (picture.width // 2, picture.height // 2))
    return tuple(255 * round(part / 255) for part in point)


def png(width, height, *, extra=b"", data=b"\0" * 100):
    """A PNG that says it is so large, with so much in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _webp(side):
    """An animation in WebP that says it is so large, made of small frames."""
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    data = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=10))
    data[24:27] = data[27:30] = (side - 1).to_bytes(3, "little")
    return bytes(data)


def _gif(side):
    """A GIF whose frame is far larger than the picture."""
    data = bytearray(plain(form="GIF", size=(8, 8)))
    at = data.index(b"\x2c", 13)
    data[at + 5 : at + 9] = struct.pack("<HH", side, side)
    return bytes(data)


def _swollen(megabytes=150):
    coder = zlib.compressobj(1)
    return b"".join(coder.compress(bytes(1 << 20)) for _ in range(megabytes)) + coder.flush()


_SWOLLEN = _swollen()

HOSTILE = {
    "nothing": b"",
    "no picture": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "markup": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "half a JPEG": plain(form="JPEG", size=(900, 900))[:3000],
    "billions of points": png(_FAR, _FAR),
    "no height": png(100, 0),
    "more points than are decoded": png(7000, 7000),
    "many points in WebP": _webp(16384),
    "somewhat too many points in WebP": _webp(5000),
    "a large frame in GIF": _gif(60000),
    "text that swells": png(100, 100, extra=chunk(b"zTXt", b"key\0\0" + _SWOLLEN)),
    "a profile that swells": png(100, 100, extra=chunk(b"iCCP", b"key\0\0" + _SWOLLEN)),
    "a TIFF": plain(form="TIFF"),
}
"""By what is wrong: none of them can be shown."""
