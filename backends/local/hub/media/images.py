"""Pictures of strangers made small: decoded within bounds, turned upright, and written anew."""

import warnings
from contextlib import suppress
from io import BytesIO

from PIL import ExifTags, Image

from backends.local.hub.media.picture_cache import Form

__all__ = ["NotAPicture", "made_small"]

_MOST_PIXELS = {"JPEG": 64_000_000, "WEBP": 16_000_000, "PNG": 25_000_000, "GIF": 25_000_000, "BMP": 25_000_000}
"""What takes about 250 MB while it is decoded. A JPEG is decoded to an eighth of its size at once."""

_FORMATS = tuple(_MOST_PIXELS)
"""Those that pictures in tags and folders have; Pillow reads many more, of which each might have a fault."""

_RESIZED_AS_THEY_ARE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""Modes; other ones, of palettes say, would be resized without smoothing."""

_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by the orientation that EXIF gives."""

_QUALITY = {"webp": 80, "jpeg": 85}

warnings.filterwarnings("ignore", module=r"PIL\.")  # of damage that does no harm, in the words of a file's maker
# Also frames within a file have sizes. So much is a warning to Pillow, and twice as much an error.
Image.MAX_IMAGE_PIXELS = max(_MOST_PIXELS.values())
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NotAPicture(Exception):
    """It is none, or a damaged one, or far too large."""


def made_small(data: bytes, size: int, form: Form) -> bytes:
    """The picture with its longer side of that many pixels, or as it is if that is shorter; without what else is in it.

    Raises:
        NotAPicture: It can't be shown.
    """
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:  # which reads no more than its size
            return _written(_reduced(picture, size), form)
    except Exception as error:  # files of strangers; Pillow raises whatever it stumbles over
        raise NotAPicture from error


def _reduced(picture: Image.Image, size: int) -> Image.Image:
    if picture.width * picture.height > _MOST_PIXELS[picture.format or ""]:
        raise NotAPicture
    turn = _TURNS.get(_orientation(picture))
    if picture.mode not in _RESIZED_AS_THEY_ARE:
        picture = _in_colours(picture)
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)  # of a JPEG, no more than needed is decoded
    return picture if turn is None else picture.transpose(turn)


def _in_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # greys of 16 bits, of which Pillow would cut the upper ones off
        upper = bytes(grey >> 8 for grey in range(1 << 16))
        return picture.convert("I").point(upper, "L")  # pyright: ignore[reportUnknownMemberType]  (NumPy may be there)
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _orientation(picture: Image.Image) -> object:
    """As the camera was held, of a photograph; a number from 1 to 8."""
    with suppress(Exception):  # damaged, it says nothing, and the picture is as good as before
        return picture.getexif().get(ExifTags.Base.Orientation)
    return None


def _written(picture: Image.Image, form: Form) -> bytes:
    """Without transparency: what shines through is paper."""
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    file = BytesIO()
    picture.convert("RGB").save(file, form, quality=_QUALITY[form])
    return file.getvalue()
