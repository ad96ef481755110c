"""Names of artists, albums and genres: what makes two spellings one, how they sort, who is in a credit."""

import re
from collections.abc import Sequence
from functools import lru_cache

from backends.text import fold

__all__ = ["VARIOUS_ARTISTS", "credited", "folded", "joined", "main_artist", "sort_key"]

VARIOUS_ARTISTS = "Various Artists"

_KEPT = 4096
"""Folded names; those of an album's tracks are mostly the same."""

_ARTICLES = re.compile(r"(?:(?:the|an?|l[ea]s?|el|los|der|die|das) |l['\u2019])(?=\w)")

_PUNCTUATION = re.compile(r"[\W_]+")

_FEATURED = re.compile(r"\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s+(.+?)[)\]]?", re.IGNORECASE)


@lru_cache(_KEPT)
def folded(name: str) -> str:
    """The same for all spellings of a name, and never empty."""
    return fold(name) or name


@lru_cache(_KEPT)
def sort_key(text: str) -> str:
    """What to sort by: folded, from its first letter on, and without a leading article: "The Beatles" are at B."""
    bare = fold(text)
    if not bare[:1].isalnum():
        bare = _PUNCTUATION.sub("", bare, count=1) or bare
    return _ARTICLES.sub("", bare, count=1) if _ARTICLES.match(bare) else bare


def joined(names: Sequence[str]) -> str:
    """Names as one credit: "A", "A & B", "A, B & C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"


def credited(credit: str) -> tuple[str, ...]:
    """The artists in a credit that comes without their names. Only "feat." is plain enough to part it at."""
    main = main_artist(credit)
    if main == credit:
        return (credit,)
    match = _FEATURED.fullmatch(credit, len(main))
    return (main, match[1]) if match else (main,)


def main_artist(credit: str) -> str:
    """The credit without whoever is featured."""
    match = _FEATURED.search(credit)
    return credit[: match.start()] if match and match.start() else credit
