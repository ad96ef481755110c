"""ID3, before MPEG audio and within WAV and AIFF, as mutagen reads it: all versions made into frames of 2.4.

The names of what has no frame of its own are Picard's, for MusicBrainz.
"""

from collections.abc import Callable, Iterable
from typing import Any

from backends.local.hub.reading.fields import Fields, add, known_name

__all__ = ["read_id3"]

_LATIN_1 = 0
_MILLISECONDS = 2
_MASTER = 1
_UNNAMED = "Unknown"  # what mutagen calls a genre whose number has no name
_MUSICBRAINZ = "http://musicbrainz.org"

_TEXTS = {
    "TIT2": "TITLE",
    "TPE1": "ARTIST",
    "TALB": "ALBUM",
    "TPE2": "ALBUMARTIST",
    "TCMP": "COMPILATION",
    "TPOS": "DISCNUMBER",
    "TRCK": "TRACKNUMBER",
    "TDRC": "DATE",
    "TDRL": "RELEASEDATE",
    "TDOR": "ORIGINALDATE",
    "TSRC": "ISRC",
    "TCOM": "COMPOSER",
    "TPUB": "LABEL",
}


def read_id3(frames: Iterable[Any], fields: Fields) -> bool:
    """Put the texts of a tag's frames into `fields`; return whether a picture is among them."""
    has_cover = False
    for frame in frames:
        id_: str = frame.FrameID
        if name := _TEXTS.get(id_):
            _add_texts(frame, name, fields)
        elif reads := _OTHERS.get(id_):
            reads(frame, fields)
        elif id_ == "APIC":
            has_cover |= bool(frame.data)
    return has_cover


def _add_texts(frame: Any, name: str, fields: Fields) -> None:
    for value in frame.text:
        if text := _text(str(value), frame.encoding):
            add(fields, name, text)


def _text(text: str, encoding: int) -> str:
    """Latin-1 by the standard; writers on Windows put what is not in it where it has no letters."""
    if encoding == _LATIN_1 and not text.isascii():
        try:
            return text.encode("latin-1").decode("cp1252")
        except UnicodeError:
            pass
    return text


def _genre(frame: Any, fields: Fields) -> None:
    for genre in frame.genres:
        if genre != _UNNAMED:
            add(fields, "GENRE", _text(genre, frame.encoding))


def _user_text(frame: Any, fields: Fields) -> None:
    if name := known_name(frame.desc):
        _add_texts(frame, name, fields)


def _identifier(frame: Any, fields: Fields) -> None:
    if frame.owner == _MUSICBRAINZ:
        add(fields, "MUSICBRAINZTRACKID", frame.data.decode("ascii", "replace"))


def _lyrics(frame: Any, fields: Fields) -> None:
    add(fields, "LYRICS", _text(frame.text, frame.encoding))


def _timed_lyrics(frame: Any, fields: Fields) -> None:
    """Synchronised lyrics as lines of LRC; where line breaks in the texts tell lines apart, their parts are joined."""
    if frame.format != _MILLISECONDS:  # else in MPEG frames, which few write
        return
    broken = any("\n" in text for text, _ in frame.text[1:])
    lines: list[str] = []
    for text, ms in frame.text:
        if lines and broken and not text.startswith("\n"):
            lines[-1] += text.rstrip("\n")
        else:
            lines.append(f"[{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms // 10 % 100:02d}]{text.strip()}")
    if lines:
        add(fields, "SYNCEDLYRICS", "\n".join(lines))


def _volume(frame: Any, fields: Fields) -> None:
    """Relative volume adjustment, of the master channel, named "track" or "album"."""
    kind = frame.desc.upper()
    if kind in {"TRACK", "ALBUM"} and frame.channel == _MASTER:
        fields.setdefault(f"REPLAYGAIN{kind}GAIN", [f"{frame.gain:.2f}"])
        fields.setdefault(f"REPLAYGAIN{kind}PEAK", [f"{frame.peak:.6f}"])


_OTHERS: dict[str, Callable[[Any, Fields], None]] = {
    "TCON": _genre,
    "TXXX": _user_text,
    "UFID": _identifier,
    "USLT": _lyrics,
    "SYLT": _timed_lyrics,
    "RVA2": _volume,
}
