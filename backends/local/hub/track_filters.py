"""What the filters of the list of tracks leave, and how many tracks that are."""

import json
from collections.abc import Iterable
from dataclasses import replace

from backends.local.hub.context import Hub
from backends.local.hub.facets import DAY_MS, EVERY_GENRE
from backends.local.hub.listing import count_of, kept_column
from backends.local.hub.selection import Selection, Source
from backends.local.hub.track_sources import Filters, facets
from contract.hub.library import ListLibraryTracks

__all__ = ["select_tracks"]

_PRESENCES = {"exclude": (0,), "only": (1,), "include": (0, 1)}

_SINCE = """
    SELECT coalesce((SELECT sum(tracks) FROM days WHERE day > :day), 0) + (
        SELECT count(*) FROM tracks INDEXED BY tracks_by_added
        WHERE missing = 0 AND added_at >= :since AND added_at < :tomorrow
    )
"""
_THESE = "SELECT value AS key FROM json_each(:keys)"

_MOST_KEYS = 2000
"""Of one selection; more would weigh on memory."""

_MISSING = "SELECT count(*) FROM tracks t INDEXED BY tracks_by_title WHERE t.missing = 1"


async def select_tracks(hub: Hub, request: ListLibraryTracks) -> Selection:
    """Which tracks the request leaves, and how many.

    Raises:
        ArtistNotFound: The artist is not known.
        AlbumNotFound: The album is not known.
    """
    filters = await Filters.of(hub, request)
    if filters is None:
        return Selection(presences=())
    presences = _PRESENCES[request.missing]
    missing = await count_of(hub, _MISSING, {}) if 1 in presences else 0
    selection = Selection(
        presences=presences,
        terms=tuple(filters.terms),
        bounds=tuple(filters.bounds),
        parameters=filters.parameters,
        total=await count_of(hub, _MISSING + _where(filters, filters.terms), filters.parameters) if missing else 0,
        rows=(filters.every if 0 in presences else 0) + missing,
        probed=filters.probed,
        source=filters.source,
    )
    return await _with_those_there(hub, filters, selection) if 0 in presences else selection


async def _with_those_there(hub: Hub, filters: Filters, selection: Selection) -> Selection:
    """The selection, with the tracks that are not missing in its total."""
    there = await _known_count(hub, filters)
    if there is not None:
        return replace(selection, total=selection.total + there)
    source = filters.source
    if source is None:
        raise RuntimeError("each of these filters names its tracks")
    found = f"FROM ({source.sql}) s CROSS JOIN tracks t NOT INDEXED ON t.key = s.key WHERE t.missing = 0"
    found += _where(filters, source.rest)
    if source.kept > _MOST_KEYS or selection.presences != (0,):
        [there] = await kept_column(hub, f"SELECT count(*) {found}", filters.parameters, source.cost)
        return replace(selection, total=selection.total + there)
    # Once they are counted they are known, and need not be found a second time, nor for the next page.
    keys = await kept_column(hub, f"SELECT t.key {found}", filters.parameters, source.cost)
    return replace(
        selection,
        total=len(keys),
        parameters={**selection.parameters, "keys": json.dumps(sorted(keys))},
        source=Source(_THESE, len(keys), len(keys)),
    )


async def _known_count(hub: Hub, filters: Filters) -> int | None:
    """How many tracks that are not missing are left, as far as that is counted already."""
    request = filters.request
    if not (filters.artist or filters.album or request.isrc or request.addedSince):
        return await facets(hub, filters.genre.key if filters.genre else EVERY_GENRE, request)
    if len(filters.terms) + len(filters.bounds) > 1:
        return None
    if group := filters.artist or filters.album:
        return group.tracks
    if not request.addedSince:
        return None
    since = filters.parameters["since"]
    day = since // DAY_MS
    return await count_of(hub, _SINCE, {"day": day, "since": since, "tomorrow": (day + 1) * DAY_MS})


def _where(filters: Filters, terms: Iterable[str]) -> str:
    """These conditions and the ranges, behind another condition."""
    return "".join(f" AND {term}" for term in (*terms, *(bounds.term("t") for bounds in filters.bounds)))
