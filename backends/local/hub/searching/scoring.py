"""How well a row fits a query, so that hits stand in the order that people expect."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backends.local.hub.searching.matching import Row
from backends.local.hub.searching.places import plays_of
from backends.local.hub.searching.query import Query, Term

__all__ = ["Fit", "in_order", "ranked"]

_SIMILAR = 2
"""Costs below it are of words as they were typed: 0 whole, 1 the beginning of a word."""

_FIELDS = ((0, 0), (2, 1), (1, 2))
"""Where title, album and artist stand among a row's texts, and what a word found there costs."""

_ARTIST = 2


class Fit(NamedTuple):
    """How well a row fits; the less, the better, and what stands first counts first.

    Attributes:
        similar: Whether a word had to be taken for a similar one.
        title: 0 the query is the title to the letter, 1 it is another way to write it, 2 a part of the query is the
            title and the rest is of artist or album, 3 none of these.
        cost: Of all words: whole ones cost nothing, a beginning 1, a similar word more.
        field: Words found in the title cost nothing, those of the album 1, of the artist 2.
        missing: Words, of those that may be left out, that are not there.
        beginning: 0 the field is the query, 1 it begins with it, 2 neither.
    """

    similar: bool
    title: int
    cost: int
    field: int
    missing: int
    beginning: int


class _Hit(NamedTuple):
    """Where a word was found, and as what."""

    cost: int
    field: int
    word: str


class _Way(NamedTuple):
    """Texts that all have to be found, each with the spaces around its words."""

    cost: int
    word: str
    first: str
    others: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether they are there; most ways are one word, and most texts lack it."""
        return self.first in text and (not self.others or all(other in text for other in self.others))


class _Sought:
    """A term as the texts to look for, so that a row is looked through in microseconds."""

    def __init__(self, term: Term) -> None:
        parts = [[f" {' '.join(way)} "] if term.unspaced else [f" {word} " for word in way] for way in term.ways]
        words = ["".join(way) for way in term.ways]
        typed = list(zip(words, parts, strict=True))
        whole = [_Way(0, word, way[0], tuple(way[1:])) for word, way in typed]
        begun = [_Way(1, word, way[-1][:-1], tuple(way[:-1])) for word, way in typed] if term.open else []
        similar = [
            _Way(_SIMILAR + distance, "".join(way), f" {way[0]} ", tuple(f" {word} " for word in way[1:]))
            for way, distance in term.similar
        ]
        self.steps = [[*whole], [*begun], *([way] for way in sorted(similar))]

    def find(self, texts: Sequence[str]) -> _Hit | None:
        """The best place: whole before begun before similar, and then title before album before artist."""
        for ways in self.steps:
            for number, field in _FIELDS:
                text = texts[number]
                for way in ways:
                    if way.is_in(text):
                        return _Hit(way.cost, field, way.word)
            for way in ways:
                if way.others and way.cost < _SIMILAR and way.is_in(" ".join(texts)):  # "title-artist" in one
                    return _Hit(way.cost, _ARTIST, way.word)
        return None


def ranked(query: Query, rows: Iterable[Row]) -> list[tuple[Fit, Row]]:
    """The rows that fit, in order."""
    required = [_Sought(term) for term in query.required]
    optional = [_Sought(term) for term in query.optional]
    fits = ((_fit(query, required, optional, row), row) for row in rows)
    return in_order([(how, row) for how, row in fits if how is not None])


def in_order(hits: Iterable[tuple[Fit, Row]]) -> list[tuple[Fit, Row]]:
    """The best first; among equals what was played more, then by title."""
    return sorted(hits, key=lambda hit: (hit[0], -plays_of(hit[1][0]), hit[1][1], hit[1][0]))


def _fit(query: Query, required: Sequence[_Sought], optional: Sequence[_Sought], row: Row) -> Fit | None:
    """How well the row fits, or None if it lacks a word."""
    _, name, *fields = row
    texts = [f" {text} " for text in fields]
    if name == query.name:
        to_the_letter = texts[0].startswith(f" {' '.join(query.words)} ")
        return Fit(similar=False, title=0 if to_the_letter else 1, cost=0, field=0, missing=0, beginning=0)
    found: list[_Hit] = []
    for sought in required:
        hit = sought.find(texts)
        if hit is None:
            return None
        found.append(hit)
    similar = any(hit.cost >= _SIMILAR for hit in found)
    return Fit(
        similar=similar,
        title=2 if name in query.names and not similar else 3,
        cost=sum([hit.cost for hit in found]),
        field=sum([hit.field for hit in found]),
        missing=sum([sought.find(texts) is None for sought in optional]),
        beginning=0 if similar and "".join(hit.word for hit in found) == name else _beginning(query, fields, found),
    )


def _beginning(query: Query, fields: Sequence[str], found: Sequence[_Hit]) -> int:
    """How the one field begins that holds all words."""
    place = found[0].field
    if any(hit.field != place for hit in found):
        return 2
    text = next(fields[number] for number, field in _FIELDS if field == place)
    if not text.startswith(query.beginnings):
        return 2
    return 0 if text in query.beginnings else 1
