"""Tags that are names with texts: Vorbis comments, as Ogg Vorbis, Opus and FLAC have them, and APEv2."""

from collections.abc import Iterable, Mapping
from typing import Any

from backends.local.hub.reading.fields import Fields, add, known_name

__all__ = ["read_ape", "read_comments"]

_PICTURES = frozenset({"METADATA_BLOCK_PICTURE", "COVERART"})
_APE_NAMES = {"year": "DATE", "record date": "DATE", "original year": "ORIGINALYEAR"}
_TEXT = 0


def read_comments(comments: Iterable[tuple[str, str]] | None, fields: Fields) -> bool:
    """Put Vorbis comments into `fields`; return whether a picture is among them."""
    has_cover = False
    for key, value in comments or ():
        if name := known_name(key):
            add(fields, name, value)
        elif key.upper() in _PICTURES:
            has_cover = True
    return has_cover


def read_ape(items: Mapping[str, Any] | None, fields: Fields) -> bool:
    """Put what an APEv2 tag says into `fields`, where nothing better has said it; return whether it has a picture."""
    has_cover = False
    for key, value in items.items() if items else ():
        if value.kind != _TEXT:
            has_cover |= key.lower().startswith("cover art")
        elif (name := known_name(_APE_NAMES.get(key.lower(), key))) and name not in fields:
            for text in value:
                add(fields, name, text)
    return has_cover
