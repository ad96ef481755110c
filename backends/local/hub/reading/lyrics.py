"""Lyrics: those in a file's tags, and those in the .lrc file beside it, which were put there on purpose and win."""

import codecs
import os
import re
from typing import NamedTuple

from backends.local.hub.reading.fields import Fields
from backends.local.hub.reading.names import lyrics_names
from backends.local.hub.reading.opening import NotAudio, open_file
from backends.text import clean

__all__ = ["Lyrics", "embedded_lyrics", "lyrics_beside"]

_MOST_CHARACTERS = 1 << 16
_MOST_BYTES = 4 * _MOST_CHARACTERS
_TIMED = re.compile(r"^\[[0-9]{1,3}:[0-9]{2}(?:[.:][0-9]{1,3})?\]", re.MULTILINE)
_NAMES = ("SYNCEDLYRICS", "LYRICS", "UNSYNCEDLYRICS")


class Lyrics(NamedTuple):
    """Lines of text; `synced` ones begin with their times, in LRC's form: [01:02.50]."""

    text: str
    synced: bool


def embedded_lyrics(fields: Fields) -> Lyrics | None:
    """The lyrics among a file's tags: the first that have times, or else the first."""
    if fields.keys().isdisjoint(_NAMES):
        return None
    found = [lyrics for name in _NAMES for value in fields.get(name, ()) if (lyrics := _lyrics(value))]
    return next((lyrics for lyrics in found if lyrics.synced), found[0] if found else None)


def lyrics_beside(path: bytes) -> Lyrics | None:
    """The lyrics in the .lrc file beside an audio file, if there is one that can be read."""
    for name in lyrics_names(path):
        if not os.access(name, os.R_OK):  # far cheaper than to try, and most files have none
            continue
        try:
            file, _ = open_file(name)  # without waiting, should a pipe be called so
            with file:
                data = file.read(_MOST_BYTES)
        except (NotAudio, OSError):
            continue
        if lyrics := _lyrics(_decoded(data)):
            return lyrics
    return None


def _lyrics(text: str) -> Lyrics | None:
    lines = (clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n")[: 2 * _MOST_CHARACTERS].split("\n"))
    text = "\n".join(lines).strip("\n")
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS].rpartition("\n")[0] or text[:_MOST_CHARACTERS]
    return Lyrics(text, synced=_TIMED.search(text) is not None) if text else None


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data[1:400:2].count(0) * 2 > len(data[1:400:2]):  # UTF-16 without its mark
        return data.decode("utf-16-le", "replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data)  # what is cut at the end is left out
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
