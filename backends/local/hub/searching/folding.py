"""Text as search compares it: one rule for what is stored and for what is typed.

Words lose their case and accents and become Latin letters. Scripts that are written without spaces keep their
characters, each a word of its own, so that any part of a name is found. What people write in several ways, such as
AC/DC, T.N.T., a-ha, Don't, P!nk or Motörhead, is stored in each of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backends.local.hub.searching.letters import RUNS, latin_of_unspaced, plain_letters, sign_of, spelt_out, whole_sign

__all__ = ["ARTICLES", "LONGEST_NAME", "Chunk", "Folded", "chunks_of", "folded", "folded_names"]

LONGEST_NAME = 200
"""Of a name as one word; longer ones are equal if they begin alike."""

_LONGEST_WORD = 64

_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")

_AMPERSANDS = re.compile(r"[a-z]+(?:&[a-z]+)+")

# Ke$ha, A$AP, $uicideboy$ and P!nk; but not $100, and not Help!
_DOLLAR = re.compile(r"(?<=[a-z])\$|\$(?=[a-z])")
_EXCLAMATION = re.compile(r"(?<=[a-z])!(?=[a-z])")

ARTICLES = ("the", "a", "an")
_JOINING = frozenset({"and", "n", "und", "et", "y"})
_JOINING_SIGNS = frozenset("\uff06\uff0b\uff0f\uff5c")  # & + / | as signs are written here


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two spaces, or the part of it that is in one script.

    Attributes:
        words: Its words: of "AC/DC" the two, of "Don't" one, of "林檎" each character.
        others: What may stand in place of them: of "AC/DC" ("acdc",), of "Don't" ("don", "t").
        unspaced: Whether the words are characters that follow each other.
    """

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    unspaced: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, folded.

    Attributes:
        words: In their order.
        also: What else people write in place of some of them.
        name: The whole as one word, without a leading article and joining words: two ways to write it become equal.
    """

    words: tuple[str, ...]
    also: tuple[str, ...]
    name: str

    @property
    def text(self) -> str:
        """All that it is found by, the words first."""
        return " ".join((*self.words, *self.also))


@lru_cache(maxsize=8192)
def folded(text: str) -> Folded:
    """Fold a text."""
    if _PLAIN.fullmatch(lowered := text.lower()):
        words = tuple(lowered.split())
        if len(lowered) > _LONGEST_WORD:
            words = tuple(word[:_LONGEST_WORD] for word in words)
        return Folded(words, tuple(_initials(words)), _name(words[0], words))
    plain = plain_letters(text)
    chunks = tuple(_chunks(plain))
    words = tuple(word for chunk in chunks for word in chunk.words)
    signs = tuple(_signs(plain, alone=not words))
    if not words:
        words = signs or tuple(filter(None, [whole_sign("".join(text.split()))[:_LONGEST_WORD]]))
        return Folded(words, (), "".join(words)[:LONGEST_NAME])
    known = set(words)
    also = (word for word in (*_other_words(text, plain, chunks, words), *signs) if word not in known)
    return Folded(words, tuple(dict.fromkeys(also)), _name(plain.split()[0], tuple(_parts(chunks))))


def chunks_of(text: str) -> tuple[Chunk, ...]:
    """The chunks of a text that have words."""
    return tuple(_chunks(plain_letters(text)))


@lru_cache(maxsize=8192)
def folded_names(names: tuple[str, ...]) -> str:
    """Several names that belong to one thing, folded into one text without repetitions."""
    all_folded = [folded(name) for name in names]
    seen = all_folded[0].words
    known = set(seen)
    others = (word for name in all_folded for word in (*name.words, *name.also) if word not in known)
    return " ".join((*seen, *dict.fromkeys(others)))


def _chunks(plain: str) -> Iterator[Chunk]:
    for piece in plain.split():
        latin: list[str] = []
        for run in RUNS.finditer(_EXCLAMATION.sub("i", _DOLLAR.sub("s", piece))):
            if run["unspaced"] is None:
                latin.append(run[0])
                continue
            if latin:
                yield _latin_chunk(latin)
                latin = []
            yield Chunk(tuple(run[0]), unspaced=True)
        if latin:
            yield _latin_chunk(latin)


def _latin_chunk(runs: Sequence[str]) -> Chunk:
    """Of the words between two spaces, without what separates them; apostrophes are still in them."""
    words = tuple(run.replace("'", "")[:_LONGEST_WORD] for run in runs)
    parts = tuple(part[:_LONGEST_WORD] for run in runs for part in run.split("'") if part)
    others: list[tuple[str, ...]] = [(whole,)] if (whole := "".join(words)[:_LONGEST_WORD]) != words[0] else []
    if parts != words:
        others.append(parts)
    return Chunk(words, tuple(others))


def _other_words(text: str, plain: str, chunks: Iterable[Chunk], words: Sequence[str]) -> Iterator[str]:
    for chunk in chunks:
        for other in chunk.others:
            yield from other
        if chunk.unspaced:
            yield from latin_of_unspaced("".join(chunk.words))
    yield from _initials(words)
    if "&" in plain:
        yield from (letters.replace("&", "n") for letters in _AMPERSANDS.findall(plain))
    if not text.isascii() and (spelt := spelt_out(text)) is not None:
        yield from (word for chunk in _chunks(spelt) for word in chunk.words)


def _initials(words: Sequence[str]) -> Iterator[str]:
    """Letters that stand alone one after the other, as one word: of "R E M"."""
    run = ""
    if min(map(len, words), default=0) > 1:  # as in most texts
        return
    for word in (*words, ""):
        if len(word) == 1 and word.isascii():
            run += word
            continue
        if len(run) > 1:
            yield run[:_LONGEST_WORD]
        run = ""


def _signs(plain: str, *, alone: bool) -> Iterator[str]:
    """Signs that stand between two spaces, as ★ in "★ (Remastered)"; "&" and "/" only where there is nothing else."""
    for piece in plain.split():
        if (alone or not RUNS.search(piece)) and (sign := sign_of(piece)) and (alone or sign not in _JOINING_SIGNS):
            yield sign[:_LONGEST_WORD]


def _parts(chunks: Iterable[Chunk]) -> Iterator[str]:
    """The smallest words of each chunk, so that Don't and Don t become one name."""
    for chunk in chunks:
        yield from chunk.others[-1] if chunk.others and len(chunk.others[-1]) > 1 else chunk.words


def _name(first: str, words: Sequence[str]) -> str:
    kept = words[1:] if first in ARTICLES and len(words) > 1 else words
    if not _JOINING.isdisjoint(kept):
        kept = [word for place, word in enumerate(kept) if not _joins(kept, place)]
    return "".join(kept)[:LONGEST_NAME]


def _joins(words: Sequence[str], place: int) -> bool:
    """Whether the word is the "and" of "Guns and Roses"; the N of T.N.T. is not."""
    return (
        words[place] in _JOINING
        and 0 < place < len(words) - 1
        and len(words[place - 1]) > 1
        and len(words[place + 1]) > 1
    )
