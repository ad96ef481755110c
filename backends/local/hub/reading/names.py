"""What a file's name says: whether it is audio, a folder's picture, or the lyrics of the audio beside it.

Names are bytes, as the file system has them: they need not be text. Letters of ASCII are compared without case.
"""

import os
from collections.abc import Iterable

__all__ = ["AUDIO_EXTENSIONS", "extension", "folder_cover", "is_audio", "is_cover", "lyrics_names"]

AUDIO_EXTENSIONS = frozenset(
    {
        b".mp3",
        b".flac",
        *(b".ogg", b".oga", b".opus"),
        *(b".m4a", b".m4b", b".m4r", b".mp4", b".alac"),
        *(b".wav", b".wave", b".bwf"),
        *(b".aif", b".aiff", b".aifc"),
        b".wv",
    }
)
"""With the dot. What is inside decides which format it is."""

_STEMS = (b"cover", b"folder", b"front", b"album")
_PICTURES = (b".jpg", b".jpeg", b".png", b".webp")
_COVERS = {stem + picture: rank for rank, (stem, picture) in enumerate((s, p) for s in _STEMS for p in _PICTURES)}


def extension(name: bytes) -> bytes:
    """The extension of a name or path, with its dot and in lower case; empty if there is none."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122  (bytes)


def is_audio(name: bytes) -> bool:
    """Whether the name is that of an audio file. What macOS leaves beside one on foreign disks (`._name`) is none."""
    return extension(name) in AUDIO_EXTENSIONS and not name.startswith(b"._")


def is_cover(name: bytes) -> bool:
    """Whether the name is one under which a folder's picture is kept."""
    return name.lower() in _COVERS


def folder_cover(names: Iterable[bytes]) -> bytes | None:
    """Of the names in a folder, its picture: cover before folder, front and album, JPEG before PNG before WebP."""
    return min((name for name in names if is_cover(name)), key=lambda name: (_COVERS[name.lower()], name), default=None)


def lyrics_names(audio: bytes) -> tuple[bytes, ...]:
    """The names, or paths, at which the lyrics of an audio file are looked for, the one that is taken first in front.

    Its own stem, as it is written, and .lrc in the ways it is written. So neither the folder has to be listed for it,
    nor does a rescan have to compare all of its names.
    """
    stem = os.path.splitext(audio)[0]  # noqa: PTH122  (bytes)
    return stem + b".lrc", stem + b".LRC", stem + b".Lrc"
