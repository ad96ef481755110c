"""Fold text so that what people type finds what files say."""

import unicodedata

__all__ = ["fold", "search_text"]

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i"})


def fold(text: str) -> str:
    """Return the text without case, accents, and runs of space: "Beyoncé" and "BEYONCE" become one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.translate(_LETTERS).split())


def search_text(title: str, artist: str, album: str | None) -> str:
    """What a search of the catalogue looks at, folded."""
    return fold(f"{title} {artist} {album or ''}")
