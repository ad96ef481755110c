"""A small library of audio files for the demo: the label's tracks, each a two-second tone with tags."""

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["make_library"]

_TONES = Path(__file__).resolve().parent / "tones"

_NOT_RIPPED = frozenset({"Low Water", "Half a Winter"})
"""A library seldom holds everything."""


def make_library(folder: Path, catalogue: Path) -> int:
    """Write a file for most tracks of the catalogue, in the formats of the tones by turns; return how many."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Track Title"] not in _NOT_RIPPED]
    tones = sorted(_TONES.glob("tone.*"))
    numbers: dict[str, int] = {}
    for position, row in enumerate(rows):
        numbers[row["Release"]] = numbers.get(row["Release"], 0) + 1
        tone = tones[position % len(tones)]
        target = folder / row["Artist Name"] / row["Release"] / f"{row['Track Title']}{tone.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tone, target)
        _tag(target, row, numbers[row["Release"]])
    return len(rows)


def _tag(path: Path, row: Mapping[str, str], number: int) -> None:
    tags = {
        "title": row["Track Title"],
        "artist": row["Artist Name"],
        "album": row["Release"],
        "albumartist": row["Artist Name"],
        "date": row["Release Date"],
        "genre": row["Genre"],
        "tracknumber": str(number),
        "isrc": row["ISRC"],
    }
    from mutagen import File  # noqa: PLC0415  # pyright: ignore[reportUnknownVariableType]  # mutagen has no types
    from mutagen.easymp4 import EasyMP4Tags  # noqa: PLC0415

    EasyMP4Tags.RegisterFreeformKey("isrc", "ISRC")  # pyright: ignore[reportUnknownMemberType]
    file: Any = File(path, easy=True)
    file.update(tags)
    file.save()
