"""Letters as search compares them: Latin and lower-case, or the characters of scripts without spaces."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

__all__ = ["RUNS", "latin_of_unspaced", "plain_letters", "sign_of", "spelt_out", "whole_sign"]

_APOSTROPHES = dict.fromkeys(map(ord, "`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\uff07"), "'")

# Thai, Lao, Burmese, Khmer, Chinese, Japanese; and Korean, whose particles stick to its words.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3130-\u318f"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f"
    r"\U00020000-\U0003ffff"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")

RUNS = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|'*[a-z0-9][a-z0-9']*")
"""The parts of plain text that are in one script, without the punctuation between them."""

_HAN_OR_NOT = re.compile(r"[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\u3400-\u9fff]+")
_IS_HAN = re.compile(r"[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60
_LONG_VOWEL = "\u30fc"

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

_KINDS_OF_LETTERS = "LN"
_PUNCTUATION_AND_SPACE = {"P": "-", "Z": " "}
_NOTHING = frozenset({"Cc", "Cf", "Cs"})

_ASCII_SIGNS = frozenset("!#$%&*+/<=>?@^|~")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def plain_letters(text: str) -> str:
    """Return the text with each letter as it is compared; spaces, punctuation and signs stay."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    return "".join(map(_plain, composed))


def spelt_out(text: str) -> str | None:
    """The text with its umlauts as two letters each, as people type them without those keys: Motoerhead. Or None."""
    composed = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    spelt = composed.translate(_UMLAUTS)
    return None if spelt == composed else "".join(map(_plain, spelt))


def latin_of_unspaced(run: str) -> list[str]:
    """How a run of characters is written in Latin letters: Chinese as a whole and by syllables, others as a whole."""
    words: list[str] = []
    for part in _HAN_OR_NOT.findall(run):
        syllables = [_latin(character) for character in part] if _IS_HAN.match(part) else []
        words += ["".join(syllables) or _latin(part), *syllables]
    return [word for word in words if word]


def sign_of(piece: str) -> str:
    """The signs of a piece of plain text that has no letters, as one word; empty if it is mere punctuation."""
    return whole_sign("".join(character for character in piece if character in _ASCII_SIGNS or not character.isascii()))


def whole_sign(piece: str) -> str:
    """The piece as one word, with punctuation; in full-width forms, since ASCII words are letters and digits."""
    return piece.translate(_FULL_WIDTH)


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if character.isascii():
        return character
    if category in _NOTHING or unicodedata.combining(character) or character == _LONG_VOWEL:
        return ""
    if (separator := _PUNCTUATION_AND_SPACE.get(category[0])) is not None:
        return separator
    if _IS_UNSPACED.match(character):
        return chr(ord(character) - _TO_HIRAGANA) if ord(character) in _KATAKANA else character
    if category[0] in "LMN":
        return _latin(character)
    return character


def _latin(text: str) -> str:
    return "".join(character for character in anyascii(text).lower() if character.isalnum() and character.isascii())
