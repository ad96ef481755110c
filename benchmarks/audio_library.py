"""A library of tagged two-second files, made from four tones: ten to an album, three albums to an artist."""

import os
import struct
import tempfile
from pathlib import Path

from mutagen.easyid3 import EasyID3
from mutagen.easymp4 import EasyMP4
from mutagen.flac import FLAC
from mutagen.oggvorbis import OggVorbis

__all__ = ["audio_library"]

_TONES = Path(__file__).parent / "audio"

_TAGS = {".mp3": EasyID3, ".flac": FLAC, ".ogg": OggVorbis, ".m4a": EasyMP4}

_GENRES = ("Rock", "Jazz", "Electronic", "Classical", "Folk")


def audio_library(files: int) -> Path:
    """The folder of so many files, which is kept for the next time."""
    folder = Path(tempfile.gettempdir()) / f"musicengine-benchmark-audio-{os.getuid()}" / str(files)
    if not (folder.parent / f"{files}.done").exists():
        tones = {ending: (_TONES / f"base{ending}").read_bytes() for ending in _TAGS}
        for number in range(files):
            _write(folder, number, tones)
        (folder.parent / f"{files}.done").touch()
    return folder


def _write(folder: Path, number: int, tones: dict[str, bytes]) -> None:
    album = number // 10
    artist = album // 3
    ending = list(tones)[album % 4]
    path = folder / f"Artist {artist}" / f"Album {album}" / f"{number % 10 + 1:02d} Song {number}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = bytearray(tones[ending])
    if ending != ".ogg":  # whose pages have checksums
        struct.pack_into(">I", data, len(data) * 3 // 4, number)  # so that no two have the same audio
    path.write_bytes(data)
    tags = _TAGS[ending](path)
    tags.update(
        title=f"Song {number}",
        artist=f"Artist {artist}",
        albumartist=f"Artist {artist}",
        album=f"Album {album}",
        tracknumber=f"{number % 10 + 1}/10",
        date=str(1960 + album % 60),
        genre=_GENRES[artist % len(_GENRES)],
    )
    tags.save()
