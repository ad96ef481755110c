"""The picture in an audio file's tags: that of the front, if one is said to be it.

Only files are given here that a scan has read within its bounds, as mutagen keeps none.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from mutagen import MutagenError

from backends.local.hub.media.containers import Container
from backends.local.hub.reading.opening import mutagen_class, parsed
from contract.hub.library import Format

__all__ = ["embedded_picture"]

_FRONT = 3
_ICONS = (1, 2)

_OGG = {"vorbis": "oggvorbis.OggVorbis", "opus": "oggopus.OggOpus", "flac": "oggflac.OggFLAC"}
_CHUNKED = {Container.WAV: "wave.WAVE", Container.AIFF: "aiff.AIFF"}

_APE_FRONT = "cover art (front)"


def embedded_picture(file: BinaryIO, container: Container, format_: Format) -> bytes | None:
    """The data of the picture, or None if the file has none that can be read."""
    try:
        return _picture(file, container, format_)
    except Exception:  # noqa: BLE001  (files of strangers; mutagen's parsers raise whatever they stumble over)
        return None


def _picture(file: BinaryIO, container: Container, format_: Format) -> bytes | None:
    if container is Container.FLAC:
        flac = parsed("flac.FLAC", file)
        return _best(flac.pictures) or _of_comments(flac.tags)
    if container is Container.OGG:
        return _of_comments(parsed(_OGG[format_], file).tags)
    if container is Container.MP4:
        return _of_atoms(parsed("mp4.MP4", file).tags)
    if container is Container.WAVPACK:
        return _of_ape(parsed("wavpack.WavPack", file).tags)
    if container in _CHUNKED:
        return _of_id3(parsed(_CHUNKED[container], file).tags)
    return _of_id3(parsed("id3.ID3FileType", file).tags) or _of_ape(_ape(file))


def _best(pictures: Iterable[Any]) -> bytes | None:
    """Of pictures that say what they show: the front, else another one that is no icon, else any."""
    with_data = [picture for picture in pictures if picture.data]
    ranked = sorted(with_data, key=lambda picture: (picture.type != _FRONT, picture.type in _ICONS))
    return bytes(ranked[0].data) if ranked else None


def _of_id3(frames: Mapping[str, Any] | None) -> bytes | None:
    return _best(frame for frame in (frames or {}).values() if frame.FrameID == "APIC")


def _of_atoms(atoms: Mapping[str, Any] | None) -> bytes | None:
    return next((bytes(data) for data in (atoms or {}).get("covr", ()) if data), None)


def _of_comments(comments: Iterable[tuple[str, str]] | None) -> bytes | None:
    """Of Vorbis comments: FLAC's block of a picture or, as it was once done, the data by itself; both as text."""
    blocks: list[Any] = []
    plain: list[bytes] = []
    for key, value in comments or ():
        if key.upper() == "METADATA_BLOCK_PICTURE":
            blocks.append(mutagen_class("flac.Picture")(b64decode(value)))
        elif key.upper() == "COVERART":
            plain.append(b64decode(value))
    return _best(blocks) or next(iter(plain), None)


def _of_ape(items: Mapping[str, Any] | None) -> bytes | None:
    """Of an APEv2 tag: behind the name of a file, and a zero."""
    pictures = {key.lower(): value.value for key, value in (items or {}).items() if key.lower().startswith("cover art")}
    front = pictures.get(_APE_FRONT) or next(iter(pictures.values()), b"")
    return bytes(front).partition(b"\0")[2] or None


def _ape(file: BinaryIO) -> Mapping[str, Any] | None:
    try:
        return parsed("apev2.APEv2", file)
    except MutagenError:
        return None
