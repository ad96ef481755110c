"""Browsing: what is new, what is played, and shelf by shelf."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from backends.handlers import Handlers
from backends.local.hub.album_list import ALBUMS
from backends.local.hub.browse_items import album_item, decade_item, genre_item, track_item
from backends.local.hub.context import Hub
from backends.local.hub.cursors import cursor_of, position_in
from backends.local.hub.facets import EVERY_GENRE
from backends.local.hub.folders import look_into
from backends.local.hub.listing import Page, page_of
from backends.local.hub.selection import Bounds, Listing, Selection
from backends.local.hub.track_list import TRACKS
from contract.errors import InvalidRequest
from contract.hub.browse import BROWSE_LIBRARY, Browse, BrowseItem, BrowseLibrary, BrowseSection, Section

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_TITLES: dict[Section, str] = {
    "recentlyAdded": "Recently added",
    "recentlyPlayed": "Recently played",
    "mostPlayed": "Most played",
    "rediscover": "Rediscover",
    "genres": "Genres",
    "decades": "Decades",
    "folders": "Folders",
}

_DAY_MS = 86_400_000

_NOT_FOR_LONG_DAYS = 180
_OFTEN = 3
"""Plays that make a track worth to be found again."""


@dataclass(frozen=True)
class _Top:
    """A section that is the beginning of a list in one of its orders.

    Attributes:
        least: The least value of what it is sorted by.
        not_since_days: How long its tracks have not been played.
    """

    listing: Listing
    sort: str
    least: int | None = None
    not_since_days: int | None = None


_TOPS: dict[Section, _Top] = {
    "recentlyAdded": _Top(ALBUMS, "added"),
    "recentlyPlayed": _Top(TRACKS, "lastPlayed", least=1),
    "mostPlayed": _Top(TRACKS, "played", least=1),
    "rediscover": _Top(TRACKS, "played", least=_OFTEN, not_since_days=_NOT_FOR_LONG_DAYS),
}


@dataclass(frozen=True)
class _Shelves:
    """A section of groups, of which there are few, each with a number to sort by and one to tell it by.

    Attributes:
        sql: Selects both, with the parameters `rank`, `tie` and `limit`, and then what an item is made of.
    """

    sql: str
    item: Any
    first: tuple[int, int] = field(default=(2**62, -1))


_GROUPS: dict[Section, _Shelves] = {
    "genres": _Shelves(
        """
        SELECT tracks, key, name, tracks FROM genres
        WHERE tracks > 0 AND (tracks < :rank OR (tracks = :rank AND key > :tie)) ORDER BY tracks DESC, key LIMIT :limit
        """,
        genre_item,
    ),
    "decades": _Shelves(
        f"""
        SELECT year / 10 * 10, 0, year / 10 * 10, sum(tracks) FROM facets
        WHERE genre_key = {EVERY_GENRE} AND year > 0 AND year / 10 * 10 < :rank AND :tie < 1
        GROUP BY 1 ORDER BY 1 DESC LIMIT :limit
        """,
        decade_item,
    ),
}


@HANDLERS.handles(BROWSE_LIBRARY)
async def browse_library(hub: Hub, request: BrowseLibrary) -> Browse:
    """The beginning of each section, or a page of one."""
    section = request.section or ("folders" if request.folder is not None else None)
    if request.folder is not None and section != "folders":
        raise InvalidRequest("folder goes with the section folders only.", field="folder")
    if section is None and request.cursor is not None:
        raise InvalidRequest("cursor goes with the section that gave it.", field="cursor")
    wanted: tuple[Section, ...] = get_args(Section) if section is None else (section,)
    return Browse.model_construct(sections=[await _section(hub, one, request) for one in wanted])


async def _section(hub: Hub, section: Section, request: BrowseLibrary) -> BrowseSection:
    if section in _TOPS:
        items, cursor = await _top(hub, section, _TOPS[section], request)
    elif section in _GROUPS:
        items, cursor = await _groups(hub, section, _GROUPS[section], request)
    else:
        items, cursor = await look_into(hub, request.folder, cursor=request.cursor, limit=request.limit)
    return {"section": section, "title": _TITLES[section], "items": items, "nextCursor": cursor}


async def _top(hub: Hub, section: Section, top: _Top, request: BrowseLibrary) -> tuple[list[BrowseItem], str | None]:
    page = Page.of(top.listing, top.sort, "desc", _about(section), cursor=request.cursor, limit=request.limit)
    parameters: dict[str, Any] = {}
    terms: tuple[str, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    if top.least is not None:
        bounds = (Bounds(page.sort.columns[0].name, "least", None),)
        parameters["least"] = top.least
    if top.not_since_days is not None:
        terms = ("t.last_played_at < :before",)
        # Of a day, so that what was read once today need not be read again.
        parameters["before"] = (hub.clock() // _DAY_MS - top.not_since_days) * _DAY_MS
    presences = (1,) if top.listing is ALBUMS else (0,)
    selection = Selection(presences, terms, bounds, parameters, total=1, rows=1)  # near the top of the index
    rows, cursor = await page_of(hub, page, selection)
    item = album_item if top.listing is ALBUMS else track_item
    return [item(row) for row in rows], cursor


async def _groups(
    hub: Hub, section: Section, shelves: _Shelves, request: BrowseLibrary
) -> tuple[list[BrowseItem], str | None]:
    about = _about(section)
    rank, tie = shelves.first
    if request.cursor is not None:
        rank, tie = position_in(request.cursor, about, (int, int), nullable=False)
    found = list(await hub.index.look_up(shelves.sql, {"rank": rank, "tie": tie, "limit": request.limit + 1}))
    items = [shelves.item(*row[2:]) for row in found[: request.limit]]
    return items, cursor_of(about, found[request.limit - 1][:2]) if len(found) > request.limit else None


def _about(section: Section) -> Mapping[str, Any]:
    return {"list": "browse", "section": section}
