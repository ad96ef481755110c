"""Read many tracks and many histories through the published operations, some at once."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import anyio

from backends.backend import Backend
from backends.comparison import Rows, rows_by_day
from contract.errors import ContractError, InvalidRequest, TrackNotFound
from contract.musicengine.analytics import GET_STREAMS, GetStreams
from contract.musicengine.catalogue import (
    GET_OVERVIEW,
    LARGEST_PAGE,
    LIST_TRACKS,
    GetOverview,
    ListTracks,
    OverviewData,
    TrackPage,
    TrackSummary,
)

__all__ = ["Catalogue", "for_each", "read_catalogue", "read_histories", "read_overview"]

_AT_ONCE = 8
"""Enough to hide the way to the service, and few enough to be no burden to it."""

_SMALL_PAGE = 50

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Catalogue:
    """Tracks, newest first.

    Attributes:
        total: How many there are in all, as the service says.
        is_whole: Whether these are all.
    """

    tracks: list[TrackSummary]
    total: int
    is_whole: bool


async def read_catalogue(backend: Backend, most: int) -> Catalogue:
    """The newest tracks, as many as there are up to a bound."""
    size = min(LARGEST_PAGE, most)
    try:
        page = await _page(backend, size, 0)
    except InvalidRequest:
        # The reference gives no bound for a page, so that a service may have a lower one; this size is its example's.
        size = min(_SMALL_PAGE, most)
        page = await _page(backend, size, 0)
    offset, by_isrc = 0, dict[str, TrackSummary]()
    while True:
        # A track that enters the catalogue meanwhile moves the others on, so that one of them comes twice.
        by_isrc |= {track["isrc"]: track for track in page.data}
        offset += len(page.data)
        ended = not page.data or not page.pagination["has_more"]
        if ended or len(by_isrc) >= most:
            return Catalogue(list(by_isrc.values())[:most], page.pagination["total"], is_whole=ended)
        page = await _page(backend, size, offset)


async def read_histories(backend: Backend, isrcs: Iterable[str], days: int) -> Mapping[str, Rows]:
    """The latest daily rows of each track; none for a track that has left the catalogue meanwhile."""
    found: dict[str, Rows] = {isrc: {} for isrc in isrcs}

    async def read(isrc: str) -> None:
        try:
            history = await backend.call(GET_STREAMS, GetStreams(isrc=isrc, days=days))
        except TrackNotFound:
            return
        found[isrc] = rows_by_day(history.data["historical_data"])

    await for_each(found, read)
    return found


async def read_overview(backend: Backend, date: str | None) -> OverviewData:
    """The overview of a day, or of the latest."""
    return (await backend.call(GET_OVERVIEW, GetOverview(date=date))).data


async def for_each(items: Iterable[ItemT], work: Callable[[ItemT], Awaitable[None]]) -> None:
    """Do the work for each item, some at once; the first error ends the rest.

    Raises:
        ContractError: What the work raised first.
    """
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    errors: list[ContractError] = []
    async with anyio.create_task_group() as tasks:

        async def one(item: ItemT) -> None:
            async with limiter:
                try:
                    await work(item)
                except ContractError as error:
                    errors.append(error)
                    tasks.cancel_scope.cancel()

        for item in items:
            tasks.start_soon(one, item)
    if errors:
        raise errors[0]


async def _page(backend: Backend, limit: int, offset: int) -> TrackPage:
    return await backend.call(LIST_TRACKS, ListTracks(limit=limit, offset=offset))
