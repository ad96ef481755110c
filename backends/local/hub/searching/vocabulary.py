"""The words of the index, kept in memory, and what a mistyped one may have been meant to be."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from backends.local.database import Database
from backends.local.hub.searching.query import Query, Similar, Term

__all__ = ["similar_words"]

# Words are only ever added, so that those which came since are all there is to read; unless the index is a new one.
_SINCE = "SELECT key, word FROM search_words WHERE key >= ? ORDER BY key"

_MOST_SIMILAR = 8
_SHORTEST_PART = 3

_ALIKE = (
    *(("1", "one"), ("2", "two", "to", "too", "ii"), ("3", "three", "iii"), ("4", "four", "for", "iv")),
    *(("5", "five", "v"), ("6", "six", "vi"), ("7", "seven", "vii"), ("8", "eight", "viii"), ("9", "nine", "ix")),
    *(("10", "ten", "x"), ("11", "eleven", "xi"), ("12", "twelve", "xii"), ("13", "xiii"), ("14", "xiv")),
    *(("u", "you"), ("r", "are"), ("pt", "part"), ("vol", "volume"), ("no", "nr", "number"), ("st", "saint", "sankt")),
    *(("mr", "mister"), ("dr", "doctor"), ("vs", "versus"), ("bros", "brothers"), ("til", "till", "until")),
)  # fmt: skip
"""Ways to write one word."""

_OTHERS = {word: [other for other in alike if other != word] for alike in _ALIKE for word in alike}


class _Vocabulary:
    def __init__(self) -> None:
        self.words: set[str] = set()
        self._by_length: dict[int, list[str]] = {}
        self._last: tuple[Any, ...] = (0, "")

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Read the words that came since the last time."""
        rows = connection.execute(_SINCE, self._last[:1]).fetchall()
        if self._last[0] and rows[:1] != [self._last]:
            self.words, self._by_length = set(), {}
            rows = connection.execute(_SINCE, (0,)).fetchall()
        for _, word in rows:
            if word not in self.words:
                self.words.add(word)
                self._by_length.setdefault(len(word), []).append(word)
        self._last = rows[-1] if rows else (0, "")

    def near(self, word: str, farthest: int, others: Sequence[str]) -> list[tuple[str, int]]:
        """Words so few mistakes away, the nearest first.

        A mistake is a letter more, a letter less, another letter, or two that changed places.
        """
        lengths = range(len(word) - farthest, len(word) + farthest + 1)
        found = [
            (other, int(distance))
            for words in (*(self._by_length.get(length, ()) for length in lengths), others)
            for other, distance, _ in extract(word, words, scorer=OSA.distance, score_cutoff=farthest, limit=None)
            if distance
        ]
        return sorted(set(found), key=lambda hit: (hit[1], hit[0]))[:_MOST_SIMILAR]


_VOCABULARIES: WeakKeyDictionary[Database, _Vocabulary] = WeakKeyDictionary()


def similar_words(
    index: Database, connection: sqlite3.Connection, query: Query, others: Sequence[str], *, mistakes: int
) -> Query:
    """The query with what else its words may have been meant to be.

    Args:
        index: Whose words are known, and kept in memory.
        connection: Of the index.
        query: What was typed.
        others: Words that are known besides.
        mistakes: How many are forgiven in a word that is long enough.
    """
    vocabulary = _VOCABULARIES.setdefault(index, _Vocabulary())
    vocabulary.catch_up(connection)
    terms = query.required
    similar: list[list[Similar]] = [list(_of_one(vocabulary, term, others, mistakes=mistakes)) for term in terms]
    for place in range(len(terms) - 1):
        first, second = terms[place].word, terms[place + 1].word
        if first and second and (joined := first + second) in vocabulary.words:
            similar[place].append(((joined,), 0))
            similar[place + 1].append(((joined,), 0))
    return query.with_similar(similar)


def _of_one(vocabulary: _Vocabulary, term: Term, others: Sequence[str], *, mistakes: int) -> Iterator[Similar]:
    word = term.word
    if word is None or not word.isascii():
        return
    for other in _OTHERS.get(word, ()):
        yield (other,), 0
    for parts in _splits(word):
        if max(map(len, parts)) >= _SHORTEST_PART and all(_is_known(vocabulary, part) for part in parts):
            yield parts, 0
    if not word.isdigit() and (farthest := _forgiven(len(word), mistakes=mistakes)):
        for other, distance in vocabulary.near(word, farthest, others):
            yield (other,), distance


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """Two words that were written as one, perhaps with an "and" between them."""
    for place in range(1, len(word)):
        first, second = word[:place], word[place:]
        yield first, second
        for joining in ("n", "and"):
            if len(first) > 1 and len(rest := second.removeprefix(joining)) > 1 and rest != second:
                yield first, rest


def _is_known(vocabulary: _Vocabulary, part: str) -> bool:
    """Single letters and numbers are not kept, and may well be there."""
    return part in vocabulary.words or len(part) == 1 or part.isdigit()


def _forgiven(length: int, *, mistakes: int) -> int:
    return min(mistakes, 0 if length < 4 else 1 if length < 6 else 2)
