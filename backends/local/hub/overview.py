"""The library as a whole: what it counts, what it can be filtered by, and which ISRCs it has."""

import json
from collections.abc import Iterable
from typing import Any, cast, get_args

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.facets import EVERY_GENRE
from backends.local.hub.moments import timestamp
from contract.hub.ids import Kind
from contract.hub.library import DEFAULT_ORDERS, AlbumSort, ArtistSort, Order, TrackSort
from contract.hub.overview import (
    FIND_LIBRARY_ISRCS,
    GET_LIBRARY_FILTERS,
    GET_LIBRARY_STATS,
    MOST_GENRES,
    DecadeCount,
    FindLibraryIsrcs,
    FormatStats,
    FoundIsrcs,
    GetLibraryFilters,
    GetLibraryStats,
    LastScan,
    LibraryFilters,
    LibraryStats,
    SavedCounts,
    SortChoice,
    Years,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_FORMATS = f"""
    SELECT format, sum(tracks), sum(duration_ms), sum(size) FROM facets WHERE genre_key = {EVERY_GENRE}
    GROUP BY format ORDER BY sum(tracks) DESC, format
"""
_COUNTS = """
    SELECT
        (SELECT count(*) FROM albums INDEXED BY albums_by_title WHERE shown = 1),
        (SELECT count(*) FROM artists INDEXED BY artists_by_name WHERE shown = 1),
        (SELECT count(*) FROM genres WHERE tracks > 0),
        (SELECT count(*) FROM tracks INDEXED BY tracks_by_title WHERE missing = 1),
        (SELECT count(*) FROM problems)
"""
_LAST_SCAN = "SELECT state, started_at, finished_at FROM scans ORDER BY id DESC LIMIT 1"

_USER_COUNTS = """
    SELECT
        (SELECT count(*) FROM playlists WHERE deleted_at IS NULL),
        (SELECT count(*) FROM plays),
        (SELECT count(*) FROM roots)
"""
_SAVED = "SELECT kind, count(*) FROM saved GROUP BY kind"

_GENRES = f"SELECT name, tracks FROM genres WHERE tracks > 0 ORDER BY tracks DESC, name LIMIT {MOST_GENRES}"
_YEARS = f"SELECT year, sum(tracks) FROM facets WHERE genre_key = {EVERY_GENRE} GROUP BY year ORDER BY year"

_ISRCS = """
    SELECT t.isrc, t.id FROM json_each(?) wanted CROSS JOIN tracks t INDEXED BY tracks_by_isrc ON t.isrc = wanted.value
    WHERE t.missing_since IS NULL ORDER BY wanted.key, t.key
"""


@HANDLERS.handles(GET_LIBRARY_STATS)
async def get_library_stats(hub: Hub, request: GetLibraryStats) -> LibraryStats:  # noqa: ARG001  (nothing to choose)
    """Sums of counts that are kept, and counts of short tables."""
    formats: list[FormatStats] = [
        {"format": format_, "trackCount": tracks, "durationMs": duration_ms, "size": size}
        for format_, tracks, duration_ms, size in await hub.index.look_up(_FORMATS)
    ]
    [(albums, artists, genres, missing, unreadable)] = await hub.index.look_up(_COUNTS)
    [(playlists, plays, roots)] = await hub.user.look_up(_USER_COUNTS)
    return LibraryStats.model_construct(
        tracks=sum(one["trackCount"] for one in formats),
        albums=albums,
        artists=artists,
        genres=genres,
        playlists=playlists,
        durationMs=sum(one["durationMs"] for one in formats),
        size=sum(one["size"] for one in formats),
        plays=plays,
        missing=missing,
        unreadable=unreadable,
        saved=_saved(await hub.user.look_up(_SAVED)),
        formats=formats,
        roots=roots,
        lastScan=_last_scan(await hub.index.look_up(_LAST_SCAN)),
    )


@HANDLERS.handles(GET_LIBRARY_FILTERS)
async def get_library_filters(hub: Hub, request: GetLibraryFilters) -> LibraryFilters:  # noqa: ARG001  (as above)
    """What tracks that are there have."""
    genres = await hub.index.look_up(_GENRES)
    formats = await hub.index.look_up(_FORMATS)
    return LibraryFilters.model_construct(
        genres=[{"name": name, "trackCount": tracks} for name, tracks in genres],
        formats=[{"format": format_, "trackCount": tracks} for format_, tracks, *_ in formats],
        years=_years(await hub.index.look_up(_YEARS)),
        sorts={"tracks": _sorts(TrackSort), "albums": _sorts(AlbumSort), "artists": _sorts(ArtistSort)},
        orders=list(get_args(Order)),
    )


@HANDLERS.handles(FIND_LIBRARY_ISRCS)
async def find_library_isrcs(hub: Hub, request: FindLibraryIsrcs) -> FoundIsrcs:
    """In the order in which they were asked for."""
    found: dict[str, list[str]] = {}
    for isrc, id_ in await hub.index.look_up(_ISRCS, (json.dumps(request.isrcs.split(",")),)):
        found.setdefault(isrc, []).append(id_)
    return FoundIsrcs.model_construct(found=[{"isrc": isrc, "trackIds": ids} for isrc, ids in found.items()])


def _saved(rows: Iterable[tuple[Any, ...]]) -> SavedCounts:
    saved = dict[str, int](rows)
    return {
        "tracks": saved.get(Kind.TRACK, 0),
        "albums": saved.get(Kind.ALBUM, 0),
        "artists": saved.get(Kind.ARTIST, 0),
        "playlists": saved.get(Kind.PLAYLIST, 0),
    }


def _last_scan(rows: Iterable[tuple[Any, ...]]) -> LastScan | None:
    for state, started_at, finished_at in rows:
        finished = None if finished_at is None else timestamp(finished_at)
        return {"state": state, "startedAt": timestamp(started_at), "finishedAt": finished}
    return None


def _years(rows: Iterable[tuple[Any, ...]]) -> Years:
    tracks = dict[int, int](rows)
    unknown = tracks.pop(0, 0)
    decades: dict[int, int] = {}
    for year, count in tracks.items():
        decades[year // 10 * 10] = decades.get(year // 10 * 10, 0) + count
    counted: list[DecadeCount] = [{"decade": decade, "trackCount": count} for decade, count in decades.items()]
    return {
        "first": min(tracks, default=None),
        "last": max(tracks, default=None),
        "unknown": unknown,
        "decades": counted,
    }


def _sorts(names: Any) -> list[SortChoice]:
    return [{"sort": name, "order": DEFAULT_ORDERS[name]} for name in cast("tuple[str, ...]", get_args(names))]
