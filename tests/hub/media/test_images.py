"""Pictures of strangers made small: what comes out, and what takes no memory and no time."""

import subprocess
import sys

import pytest
from PIL import Image

from backends.local.hub.media.images import NotAPicture, made_small
from tests.hub.media.pictures import BLUE, HOSTILE, RED, WHITE, colour, encoded, opened, plain
from tests.programs import ROOT

_MOST_MEGABYTES = 100

_PROBE = """
import resource, sys
from backends.local.hub.media.images import NotAPicture, made_small
from tests.hub.media.pictures import HOSTILE
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name, data in HOSTILE.items():
    try:
        made_small(data, 256, "jpeg")
    except NotAPicture:
        continue
    print(name)
print("grew by", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(("form", "pillows"), [("webp", "WEBP"), ("jpeg", "JPEG")])
@pytest.mark.parametrize("kept_as", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_a_picture_of_any_common_form_comes_as_small_as_asked_for(kept_as, form, pillows):
    small = opened(made_small(plain(BLUE, (900, 600), kept_as), 256, form))
    assert (small.format, small.size) == (pillows, (256, 171))
    assert colour(encoded(small)) == BLUE


def test_a_small_picture_is_not_made_larger():
    assert opened(made_small(plain(size=(40, 30)), 1024, "webp")).size == (40, 30)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (plain((0, 255, 255, 0), form="JPEG", mode="CMYK"), RED),
        (encoded(Image.new("RGB", (300, 200), RED).quantize(4)), RED),
        (encoded(Image.new("RGB", (300, 200), RED).quantize(4), "GIF"), RED),
        (plain((255, 0, 0, 0), mode="RGBA"), WHITE),
        (plain((9, 0), mode="LA"), WHITE),
        (plain(1, mode="1"), WHITE),
        (plain(65535, mode="I;16"), WHITE),
        (plain(256, mode="I;16"), (0, 0, 0)),  # of 16 bits: nearly black
    ],
    ids=["ink", "palette", "palette in GIF", "clear", "clear greys", "one bit", "white of 16 bits", "black of 16 bits"],
)
def test_colours_come_out_as_they_are_seen(data, shown):
    assert colour(made_small(data, 64, "jpeg")) == shown


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_the_camera_was_held(orientation):
    upright = Image.new("RGB", (300, 200), WHITE)
    upright.paste(RED, (0, 0, 150, 100))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    taken = upright if undo is None else upright.transpose(undo)
    small = made_small(encoded(taken, "JPEG", exif=exif, quality=95), 128, "jpeg")
    assert opened(small).size == (128, 85)
    assert [colour(small, at) for at in [(20, 20), (100, 20), (20, 70), (100, 70)]] == [RED, WHITE, WHITE, WHITE]
    assert not opened(small).getexif()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damage_in_what_a_camera_noted_does_not_spoil_the_picture():
    data = plain(form="JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(30))
    assert colour(made_small(data, 64, "jpeg")) == RED


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_or_a_harmful_one_is_refused(name):
    with pytest.raises(NotAPicture):
        made_small(HOSTILE[name], 256, "jpeg")


def test_no_hostile_picture_takes_much_memory():
    ran = subprocess.run([sys.executable, "-c", _PROBE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    [grew] = ran.stdout.splitlines()
    assert int(grew.removeprefix("grew by ")) < _MOST_MEGABYTES
