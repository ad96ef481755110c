"""What a query asks for: its words, each with what may stand in its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backends.local.hub.searching.folding import ARTICLES, Chunk, chunks_of, folded
from contract.identifiers import normalise_isrc

__all__ = ["Query", "Similar", "Term"]

_MOST_TERMS = 12
"""More words than this narrow nothing any more."""

_LIKELY_COMPLETE = 4

# Words that people add and leave out as they like; if there are others, these need not be found.
_OPTIONAL = frozenset({
    *("the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il"),
    *("and", "n", "und", "et", "y", "of", "in", "on", "by", "from", "feat", "ft", "featuring"),
    *("remaster", "remastered", "official", "video", "audio", "lyrics", "mp3", "flac", "hq", "hd"),
})  # fmt: skip

_REMASTERED = re.compile(r"\b(remaster(?:ed)?)\W+(?:19|20)\d\d\b|\b(?:19|20)\d\d\W+(remaster(?:ed)?)\b", re.IGNORECASE)
"""Shops write the year of it behind the title: "Remastered 2011", "2011 Remaster"."""


Similar = tuple[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the query.

    Attributes:
        ways: Ways to write it, each of them words that all have to be found: "ac" and "dc", or "acdc".
        unspaced: Whether the words are characters that follow each other.
        open: Whether it is the last, which may go on.
        similar: Other ways that may be meant, with how far they are from it.
    """

    ways: tuple[tuple[str, ...], ...]
    unspaced: bool = False
    open: bool = False
    similar: tuple[Similar, ...] = ()

    @property
    def word(self) -> str | None:
        """The one Latin word that it is, or None."""
        first = self.ways[0]
        return first[0] if len(first) == 1 and not self.unspaced else None


@dataclass(frozen=True, slots=True)
class Query:
    """A query, folded.

    Attributes:
        name: The whole as one word, as names are stored.
        words: All words, in order.
        required: What has to be found.
        optional: What is better found than not.
        names: What a title would be called that is the beginning or the end of the query: of "nirvana lithium" both.
        beginnings: How a text begins that begins with the query, whatever its article.
        isrc: The ISRC that it is, or None.
    """

    name: str
    words: tuple[str, ...]
    required: tuple[Term, ...]
    optional: tuple[Term, ...] = ()
    names: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    isrc: str | None = None

    @classmethod
    def of(cls, text: str) -> "Query":
        """What the text asks for; nothing is required if it has neither letters nor signs."""
        whole, bare = folded(text), _REMASTERED.sub(r"\1\2", text)
        chunks = chunks_of(bare) or tuple(Chunk((sign,)) for sign in whole.words)
        terms = [_term(chunk, is_last=chunk is chunks[-1]) for chunk in chunks]
        required = [term for term in terms if term.word not in _OPTIONAL]
        optional = [term for term in terms if term.word in _OPTIONAL] if required else []
        return cls(
            name=whole.name,
            words=whole.words,
            required=tuple((required or terms)[:_MOST_TERMS]),
            optional=tuple(optional[:_MOST_TERMS]),
            names=frozenset(name for _, name in _halves(whole.words)),
            beginnings=_beginnings(whole.words),
            isrc=_isrc(text),
        )

    @property
    def halves(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Names that the beginning or the end of the query may be, with the words beside it that are to be found."""
        for beside, name in _halves(self.words):
            if rest := tuple(word for word in beside if word not in _OPTIONAL):
                yield name, rest

    def with_similar(self, similar: Sequence[Sequence[Similar]]) -> "Query":
        """The same with other ways that the required words may be meant."""
        terms = (replace(term, similar=tuple(words)) for term, words in zip(self.required, similar, strict=True))
        return replace(self, required=tuple(terms))

    @property
    def is_loose(self) -> bool:
        """Whether other words than those typed are looked for."""
        return any(term.similar for term in self.required)

    @property
    def seems_complete(self) -> bool:
        """Whether the last word, should it be found, hardly goes on: it is of some length, and others narrow it."""
        word = self.required[-1].word
        return len(self.required) > 1 and word is not None and len(word) >= _LIKELY_COMPLETE

    def closed(self) -> "Query":
        """The same with a last word that is complete."""
        if not self.required[-1].open:
            return self
        return replace(self, required=tuple(replace(term, open=False) for term in self.required))


def _beginnings(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        return ()
    bare = " ".join(words[1:] if words[0] in ARTICLES and len(words) > 1 else words)
    return (bare, *(f"{article} {bare}" for article in ARTICLES))


def _halves(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(words) > _MOST_TERMS:
        return
    for place in range(1, len(words)):
        for half, beside in ((words[:place], words[place:]), (words[place:], words[:place])):
            if name := folded(" ".join(half)).name:
                yield beside, name


def _term(chunk: Chunk, *, is_last: bool) -> Term:
    return Term((chunk.words, *chunk.others), chunk.unspaced, open=is_last and not chunk.unspaced)


def _isrc(text: str) -> str | None:
    try:
        return normalise_isrc(text)
    except ValueError:
        return None
