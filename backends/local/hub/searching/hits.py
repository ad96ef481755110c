"""Hits of every kind for a query, and which of them is the best."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backends.local.database import Database
from backends.local.hub.searching.finding import find
from backends.local.hub.searching.places import Group, key_of, plays_of
from backends.local.hub.searching.playlists import Names, find_playlists
from backends.local.hub.searching.query import Query
from backends.local.hub.searching.scoring import Fit
from backends.local.hub.searching.vocabulary import similar_words
from contract.hub.search import FoundKind

__all__ = ["Hit", "Hits", "best_of", "hits_of"]

_GROUPS = {FoundKind.TRACKS: Group.TRACKS, FoundKind.ALBUMS: Group.ALBUMS, FoundKind.ARTISTS: Group.ARTISTS}

_FEW = 3
"""If a word finds fewer, it may have been mistyped, as it may have been in the tags that it was found in."""

_AMONG_EQUALS = (FoundKind.ARTISTS, FoundKind.TRACKS, FoundKind.ALBUMS, FoundKind.PLAYLISTS)
"""Which kind is meant by a name that several have; a track that was played more than the artist goes before it."""

_COUNTED = frozenset({FoundKind.ARTISTS, FoundKind.TRACKS})

_EXACTLY = Fit(similar=False, title=-1, cost=0, field=0, missing=0, beginning=0)

_OF_ISRC = """
    SELECT key, play_count FROM tracks WHERE isrc = ? AND missing_since IS NULL ORDER BY play_count DESC, key LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes:
        fit: How well it fits.
        plays: How often it was played; 0 of a playlist.
        ref: The key of its row, or the id of a playlist.
    """

    fit: Fit
    plays: int
    ref: int | str


Hits = dict[FoundKind, list[Hit]]


def hits_of(
    index: Database,
    connection: sqlite3.Connection,
    query: Query,
    *,
    kinds: Sequence[FoundKind],
    names: Names,
    wanted: int,
) -> Hits:
    """What the words find as they were typed; if that is next to nothing, what words find that are like them.

    Args:
        index: Whose words are kept in memory.
        connection: Of the index.
        query: What was typed.
        kinds: What to look for.
        names: Of the playlists.
        wanted: How many of a kind, at least, if there are so many.
    """
    hits = _as_typed(connection, query, kinds, names, wanted)
    count = sum(map(len, hits.values()))
    if count >= _FEW or (count and len(query.required) > 1):
        return hits
    others = sorted({word for _, row in names for word in row[2].split()})
    for mistakes in (1,) if count else (1, 2):
        loose = similar_words(index, connection, query, others, mistakes=mistakes)
        if loose.is_loose:
            hits = _as_typed(connection, loose, kinds, names, wanted)
        if any(hits.values()):
            break
    return hits


def best_of(hits: Hits) -> tuple[FoundKind, Hit] | None:
    """The hit that fits best, with its kind."""
    firsts = [(kind, hits[kind][0]) for kind in _AMONG_EQUALS if hits.get(kind)]
    return min(firsts, key=lambda first: (first[1].fit, first[0] not in _COUNTED, -first[1].plays), default=None)


def _as_typed(
    connection: sqlite3.Connection, query: Query, kinds: Sequence[FoundKind], names: Names, wanted: int
) -> Hits:
    found = find(connection, query, [_GROUPS[kind] for kind in kinds if kind in _GROUPS], wanted)
    hits: Hits = {
        kind: [Hit(fit, plays_of(row[0]), key_of(row[0])) for fit, row in found[group]]
        for kind, group in _GROUPS.items()
        if group in found
    }
    if FoundKind.PLAYLISTS in kinds:
        hits[FoundKind.PLAYLISTS] = [Hit(fit, 0, id_) for fit, id_ in find_playlists(names, query)]
    if FoundKind.TRACKS in kinds and (exactly := list(_of_isrc(connection, query, wanted))):
        keys = {hit.ref for hit in exactly}
        hits[FoundKind.TRACKS] = exactly + [hit for hit in hits[FoundKind.TRACKS] if hit.ref not in keys]
    return hits


def _of_isrc(connection: sqlite3.Connection, query: Query, wanted: int) -> Iterator[Hit]:
    if query.isrc is not None:
        for key, plays in connection.execute(_OF_ISRC, (query.isrc, wanted)):
            yield Hit(_EXACTLY, plays, key)
