"""Search in the index, its history in `hub.db`."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.searching.history import forget_searches, remember_search, searches_kept
from backends.local.hub.searching.hits import Hit, Hits, best_of, hits_of
from backends.local.hub.searching.playlists import playlist_names
from backends.local.hub.searching.query import Query
from backends.local.hub.summaries import (
    ALBUM_COLUMNS,
    ARTIST_COLUMNS,
    PLAYLIST_COLUMNS,
    TRACK_COLUMNS,
    album_summary,
    artist_summary,
    playlist_summary,
    track_summary,
)
from backends.text import clean
from contract.hub.search import (
    CLEAR_SEARCHES,
    LIST_SEARCHES,
    SEARCH_LIBRARY,
    BestHit,
    ClearSearches,
    Found,
    FoundKind,
    ListSearches,
    SearchesCleared,
    SearchHistory,
    SearchLibrary,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_PATIENCE_SECONDS = 1.0
"""How long the history waits for searches that are still to be written into it."""

_AMONG = "IN (SELECT value FROM json_each(?))"

_SUMMARIES: dict[FoundKind, tuple[str, Callable[[Sequence[Any]], Any]]] = {
    FoundKind.TRACKS: (f"SELECT t.key, {TRACK_COLUMNS} FROM tracks t WHERE t.key {_AMONG}", track_summary),
    FoundKind.ALBUMS: (f"SELECT a.key, {ALBUM_COLUMNS} FROM albums a WHERE a.key {_AMONG}", album_summary),
    FoundKind.ARTISTS: (f"SELECT r.key, {ARTIST_COLUMNS} FROM artists r WHERE r.key {_AMONG}", artist_summary),
}

_PLAYLISTS = f"SELECT p.id, {PLAYLIST_COLUMNS} FROM playlists p WHERE p.id {_AMONG} AND p.deleted_at IS NULL"

_HISTORY = """
    SELECT (SELECT count(*) FROM searches), query, times, searched_at FROM searches
    ORDER BY searched_at DESC, rowid DESC LIMIT ?
"""

Groups = dict[FoundKind, list[Any]]
"""Summaries of each kind."""


@HANDLERS.handles(SEARCH_LIBRARY)
async def search_library(hub: Hub, request: SearchLibrary) -> Found:
    """All that reads the index is done in one thread at once."""
    text = clean(request.q)
    query = Query.of(text)
    if not query.words:
        return _answer(text, {}, {}, request.limit)
    kinds = list(FoundKind) if request.kind is None else [request.kind]
    names = await playlist_names(hub) if FoundKind.PLAYLISTS in kinds else ()

    def read(connection: sqlite3.Connection) -> tuple[Hits, Groups]:
        hits = hits_of(hub.index, connection, query, kinds=kinds, names=names, wanted=request.limit + 1)
        return hits, {
            kind: _summaries(connection.execute(sql, (_refs(hits[kind], request.limit),)), hits[kind], summary)
            for kind, (sql, summary) in _SUMMARIES.items()
            if hits.get(kind)
        }

    hits, groups = await hub.index.read_in_thread(read)
    if found := hits.get(FoundKind.PLAYLISTS):
        rows = await hub.user.look_up(_PLAYLISTS, (_refs(found, request.limit),))
        groups[FoundKind.PLAYLISTS] = _summaries(rows, found, playlist_summary)
    if request.remember:
        remember_search(hub, text)
    return _answer(text, hits, groups, request.limit)


@HANDLERS.handles(LIST_SEARCHES)
async def list_searches(hub: Hub, request: ListSearches) -> SearchHistory:
    """The last first."""
    await searches_kept(hub, seconds=_PATIENCE_SECONDS)
    rows = list(await hub.user.look_up(_HISTORY, (request.limit,)))
    return SearchHistory.model_construct(
        searches=[{"query": query, "times": times, "searchedAt": timestamp(at)} for _, query, times, at in rows],
        total=rows[0][0] if rows else 0,
    )


@HANDLERS.handles(CLEAR_SEARCHES)
async def clear_searches(hub: Hub, request: ClearSearches) -> SearchesCleared:
    """One or all; what is still to be written is written first."""
    await searches_kept(hub, seconds=_PATIENCE_SECONDS)
    query = None if request.query is None else clean(request.query)
    return SearchesCleared.model_construct(cleared=await forget_searches(hub, query))


def _refs(hits: Sequence[Hit], limit: int) -> str:
    return json.dumps([hit.ref for hit in hits[:limit]])


def _summaries(rows: Any, hits: Sequence[Hit], summary: Callable[[Sequence[Any]], Any]) -> list[Any]:
    """The rows in the order of the hits; one that has gone meanwhile is left out."""
    found = {row[0]: row[1:] for row in rows}
    return [summary(found[hit.ref]) for hit in hits if hit.ref in found]


def _answer(text: str, hits: Hits, groups: Groups, limit: int) -> Found:
    best = best_of(hits)
    found: dict[FoundKind, Any] = {
        kind: {"items": groups.get(kind, []), "more": len(hits.get(kind, ())) > limit} for kind in FoundKind
    }
    return Found.model_construct(
        query=text,
        tracks=found[FoundKind.TRACKS],
        albums=found[FoundKind.ALBUMS],
        artists=found[FoundKind.ARTISTS],
        playlists=found[FoundKind.PLAYLISTS],
        best=None if best is None else _best_hit(best[0], groups),
        similar=best is not None and best[1].fit.similar,
    )


def _best_hit(kind: FoundKind, groups: Groups) -> BestHit | None:
    items = groups[kind]
    return {"kind": kind.value, "id": items[0]["id"]} if items else None
