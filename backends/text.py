"""Text of strangers: made clean where it enters, and folded so that what people type finds what files say."""

import unicodedata

__all__ = ["clean", "fold", "search_text"]

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i"})

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def clean(text: str) -> str:
    """Return the text as it may be stored and shown: composed, on one line, and without what can't be seen.

    Control, bidirectional and zero-width characters can make one name look like another, or hide words from
    a reader. Stray halves of characters can't even be stored.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        spaced = (" " if character.isspace() else character for character in text)
        text = "".join(character for character in spaced if unicodedata.category(character) not in _UNSEEN)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return the text without case, accents, and runs of space: "Beyoncé" and "BEYONCE" become one."""
    if text.isascii():  # most are, and it is several times as fast
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.translate(_LETTERS).split())


def search_text(title: str, artist: str, album: str | None) -> str:
    """What a search of the catalogue looks at, folded."""
    return fold(f"{title} {artist} {album or ''}")
