"""A record collection for the player's tests and pictures: artists that do not exist, silent files, drawn covers."""

import math
import random
import struct
import wave
from io import BytesIO
from pathlib import Path

from mutagen.id3 import APIC, ID3, TALB, TCON, TDRC, TIT2, TPE1, TPE2, TRCK
from PIL import Image, ImageColor, ImageDraw, ImageFilter

__all__ = ["COLLECTION", "write_collection", "write_tone"]

# Artist, album, year, genre, and the titles with their lengths in seconds.
COLLECTION = (
    ("Lune Marélie", "Glass Orchard", 2025, "Dream Pop", (("Glass Orchard", 204), ("Night Ferry", 242),
     ("Pale Hours", 198), ("What the Rain Kept", 221), ("Orchard, Reprise", 91))),
    ("Lune Marélie", "Sur le toit", 2026, "Dream Pop", (("Sur le toit", 178), ("Minuit bleu", 211))),
    ("The Paper Harbours", "Tidal Maps", 2024, "Indie Rock", (("Cardboard Lighthouse", 221), ("Low Water", 192),
     ("Postcards from Nowhere", 307), ("Harbour Lights, Off", 244))),
    ("Oskar Vintertid", "Stilla rum", 2023, "Ambient Folk", (("Snöglob", 156), ("Half a Winter", 213),
     ("Stilla rum", 375))),
    ("DJ Saltflat", "Heat Index", 2025, "Electronic", (("Parking Lot Sunrise", 185), ("Heat Index", 169),
     ("Salt (Extended Mix)", 408))),
    ("Kōri", "Small Weather", 2022, "Ambient", (("Fog, Lifting", 264), ("Small Weather", 318), ("Hail", 132))),
    ("Marguerite Vane", "The Long Field", 2021, "Folk", (("The Long Field", 229), ("Barley Moon", 201),
     ("Letters from the Coast", 258))),
    ("Neon Abattoir", "Soft Machines Dream", 2020, "Synthwave", (("Chrome Lullaby", 236), ("Exit 9", 251),
     ("Afterglow Protocol", 283))),
    ("Quartet Ilse", "Four Rooms", 2019, "Classical", (("Room I. Andante", 412), ("Room II. Presto", 187),
     ("Room III. Largo", 521), ("Room IV. Allegro", 298))),
    ("Sable & the Tides", "Undertow", 2024, "Soul", (("Undertow", 217), ("Hold the Line, Love", 233),
     ("Seven Miles Out", 264))),
    ("Tomás Oriol", "Patio", 2018, "Jazz", (("Patio", 341), ("Siesta Larga", 287), ("Persianas", 306))),
    ("Wren Halloway", "Kite Season", 2026, "Indie Pop", (("Kite Season", 193), ("Postcode", 176),
     ("Bright Side of the Bus", 208))),
    ("Ada Quill", "Marginalia", 2017, "Singer-Songwriter", (("Marginalia", 187), ("Ink Weather", 222))),
    ("Halogen Sky", "Arc Lamp", 2016, "Post-Rock", (("Arc Lamp", 462), ("Filament", 389))),
)  # fmt: skip

_SIDE = 640

Colour = tuple[int, ...]

# The ground, a shape on it, and what stands out.
_PALETTES = (
    ("#2b1e3f", "#d96c4f", "#f7c873"), ("#0f3d3e", "#2f8f83", "#f2e3bc"), ("#1d2b53", "#5b7db1", "#ffd6c0"),
    ("#e9e3d5", "#3f5e5a", "#c8553d"), ("#401f3e", "#8c3b63", "#f2a65a"), ("#12263a", "#1f7a8c", "#bfdbf7"),
    ("#f1dcc9", "#b5651d", "#3c2a21"), ("#1b1b2f", "#7b2cbf", "#ff6d9d"), ("#efe9e1", "#72706a", "#1f1f1d"),
    ("#052f2b", "#d4803b", "#f4d8a8"), ("#6b2737", "#e08e45", "#f8f4a6"), ("#dfe8d8", "#6a994e", "#f2784b"),
    ("#24243e", "#51557e", "#d6d5e3"), ("#0b132b", "#3a506b", "#6fffe9"),
)  # fmt: skip

# One silent frame: MPEG-2 layer III, 8 kbit/s, 16 kHz, one channel; 36 ms in 36 bytes.
_FRAME = bytes.fromhex("fff318c4") + bytes(32)
_FRAMES_A_SECOND = 16_000 / 576


def write_collection(folder: Path) -> None:
    """Write the whole collection, an album a folder, each file as long as its title says."""
    for place, (artist, album, year, genre, titles) in enumerate(COLLECTION):
        cover = _cover(place)
        for number, (title, seconds) in enumerate(titles, start=1):
            path = folder / artist / album / f"{number:02} {title}.mp3"
            path.parent.mkdir(parents=True, exist_ok=True)
            # A pulse of its own, so that no two files have the same audio.
            frames = bytearray(_FRAME * round(seconds * _FRAMES_A_SECOND))
            struct.pack_into(">I", frames, 36 * 5 + 30, random.Random(str(path.name)).getrandbits(16))
            path.write_bytes(frames)
            tags = ID3()
            for frame in (TIT2, TPE1, TALB, TPE2, TCON, TDRC, TRCK):
                texts = {TIT2: title, TPE1: artist, TALB: album, TPE2: artist, TCON: genre, TDRC: str(year)}
                tags.add(frame(encoding=3, text=[texts.get(frame, f"{number}/{len(titles)}")]))
            tags.add(APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=cover))
            tags.save(path)


def write_tone(
    path: Path, seconds: float, *, hertz: float = 440, title: str, artist: str = "Tester", codec: int = 1
) -> None:
    """Write a tone as a WAV file; as codec, 1 stands for plain samples, and what is none can't be played."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = 8000
    samples = (round(9000 * math.sin(2 * math.pi * hertz * place / rate)) for place in range(round(seconds * rate)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, 20, codec)
    path.write_bytes(content)
    from mutagen.wave import WAVE  # noqa: PLC0415  (only here)

    tagged = WAVE(path)
    tagged.add_tags()
    tagged.tags.add(TIT2(encoding=3, text=[title]))
    tagged.tags.add(TPE1(encoding=3, text=[artist]))
    tagged.tags.add(TALB(encoding=3, text=["Tones"]))
    tagged.save()


def _cover(place: int) -> bytes:
    """A cover as a designer might have made it: a palette, one idea, a little grain."""
    ground, shape, light = (ImageColor.getrgb(colour) for colour in _PALETTES[place % len(_PALETTES)])
    image = _gradient(ground, _mixed(ground, shape, 0.45))
    _IDEAS[place % len(_IDEAS)](ImageDraw.Draw(image), shape, light)
    if place % len(_IDEAS) == len(_IDEAS) - 1:
        image = image.filter(ImageFilter.GaussianBlur(70))
    grain = Image.effect_noise((_SIDE, _SIDE), 40).convert("RGB")
    out = BytesIO()
    Image.blend(image, grain, 0.07).save(out, "JPEG", quality=88)
    return out.getvalue()


def _sun(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    draw.ellipse((150, 150, 490, 490), fill=light)
    for line in range(7):
        top = 380 + line * 42
        draw.rectangle((0, top, _SIDE, top + 6 + line * 5), fill=shape)


def _arcs(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    for ring in range(9):
        size = 80 + ring * 74
        colour = light if ring % 3 == 0 else shape
        draw.ellipse((-size, _SIDE - size, size, _SIDE + size), outline=colour, width=14)


def _hills(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    draw.ellipse((400, 80, 520, 200), fill=light)
    for row in range(5):
        crest = [(x, 330 + row * 65 + 38 * math.sin(x / (70 + 24 * row) + row * 1.9)) for x in range(0, _SIDE + 8, 8)]
        draw.polygon([(0, _SIDE), *crest, (_SIDE, _SIDE)], fill=_mixed(shape, light, row * 0.13))


def _dots(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    for across in range(9):
        for down in range(9):
            size = 6 + 24 * (math.sin(across * 0.7) * math.cos(down * 0.6) + 1) / 2
            x, y = 56 + across * 66, 56 + down * 66
            draw.ellipse((x - size, y - size, x + size, y + size), fill=light if (across + down) % 5 == 0 else shape)


def _bands(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    for band in range(-2, 7):
        left = band * 150
        draw.polygon([(left, _SIDE), (left + 400, 0), (left + 460, 0), (left + 60, _SIDE)], fill=shape)
    draw.rectangle((90, 430, 250, 550), fill=light)


def _glows(draw: ImageDraw.ImageDraw, shape: Colour, light: Colour) -> None:
    draw.ellipse((-120, 180, 420, 720), fill=shape)
    draw.ellipse((330, -80, 700, 290), fill=light)


_IDEAS = (_sun, _arcs, _hills, _dots, _bands, _glows)


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    return Image.composite(Image.new("RGB", (_SIDE, _SIDE), bottom), Image.new("RGB", (_SIDE, _SIDE), top), mask)


def _mixed(one: Colour, other: Colour, part: float) -> Colour:
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
