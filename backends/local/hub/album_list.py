"""The list of albums, under any of its filters, in any of its orders."""

from dataclasses import replace
from typing import Any

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.listing import Page, count_of, page_of
from backends.local.hub.named import named_artist, named_genre
from backends.local.hub.selection import Bounds, Column, Listing, Selection, Sort, Source
from backends.local.hub.summaries import ALBUM_COLUMNS, album_summary
from contract.hub.library import LIST_ALBUMS, Albums, ListAlbums

__all__ = ["ALBUMS", "HANDLERS"]

HANDLERS = Handlers[Hub]()

_KEY, _NEWEST = Column("key", int), Column("key", int, turned=True)

ALBUMS = Listing(
    name="albums",
    alias="a",
    presence="shown",
    shown=ALBUM_COLUMNS,
    sorts={
        "title": Sort("albums_by_title", (Column("sort_title", str), _KEY)),
        "artist": Sort("albums_by_artist", (Column("sort_artist", str), Column("sort_title", str), _KEY)),
        "year": Sort("albums_by_year", (Column("year", int, nullable=True), _NEWEST)),
        "added": Sort("albums_by_added", (Column("added_at", int), _NEWEST)),
        "played": Sort("albums_by_played", (Column("play_count", int), _NEWEST)),
    },
)

_OF_ARTIST = "a.artist_key = :artist"
_OF_GENRE = "EXISTS (SELECT 1 FROM album_genres g WHERE g.genre_key = :genre AND g.album_key = a.key)"

_ARTISTS_ALBUMS = "SELECT key FROM albums INDEXED BY albums_of_artist WHERE artist_key = :artist"
_GENRES_ALBUMS = "SELECT album_key AS key FROM album_genres WHERE genre_key = :genre"

_SHOWN = "SELECT count(*) FROM albums a INDEXED BY {} WHERE a.shown = 1"
# Those that are not shown are few, and all are counted without a look at any.
_EVERY = """
    SELECT (SELECT count(*) FROM albums) - (SELECT count(*) FROM albums INDEXED BY albums_by_title WHERE shown = 0)
"""
_OF_THE_GENRE = "SELECT count(*) FROM album_genres WHERE genre_key = :genre"


@HANDLERS.handles(LIST_ALBUMS)
async def list_albums(hub: Hub, request: ListAlbums) -> Albums:
    """A page of albums."""
    page = Page.asked(ALBUMS, request)
    selection = await _select(hub, request)
    rows, cursor = await page_of(hub, page, selection)
    return Albums.model_construct(
        albums=[album_summary(row) for row in rows],
        total=selection.total,
        nextCursor=cursor,
    )


async def _select(hub: Hub, request: ListAlbums) -> Selection:
    terms: list[str] = []
    parameters: dict[str, Any] = {}
    found: dict[str, Source] = {}
    if request.artist is not None:
        artist = await named_artist(hub, request.artist)
        parameters["artist"] = artist.key
        found[_OF_ARTIST] = Source(_ARTISTS_ALBUMS, artist.albums, artist.albums)
    if request.genre is not None:
        genre = await named_genre(hub, request.genre)
        if genre is None:
            return Selection(presences=())
        parameters["genre"] = genre.key
        albums = await count_of(hub, _OF_THE_GENRE, {"genre": genre.key})
        found[_OF_GENRE] = Source(_GENRES_ALBUMS, albums, albums)
    if request.saved is not None:
        terms.append("a.saved = 1" if request.saved else "a.saved = 0")
    if request.compilation is not None:
        terms.append("a.compilation = 1" if request.compilation else "a.compilation = 0")
    bounds: tuple[Bounds, ...] = ()
    if request.yearFrom is not None or request.yearTo is not None:
        bounds = (Bounds("year", "yearFrom" if request.yearFrom else None, "yearTo" if request.yearTo else None),)
        parameters |= {name: getattr(request, name) for name in ("yearFrom", "yearTo") if getattr(request, name)}
    best = min(found, key=lambda term: found[term].cost, default=None)
    source = None
    if best is not None:
        source = replace(found[best], rest=(*terms, *(term for term in found if term != best)))
    terms += found
    every = await count_of(hub, _EVERY, {})
    return Selection(
        presences=(1,),
        terms=tuple(terms),
        bounds=bounds,
        parameters=parameters,
        total=await _total(hub, terms, bounds, parameters, source) if terms or bounds else every,
        rows=every,
        probed=1 if found else 0,
        source=source,
    )


async def _total(
    hub: Hub, terms: list[str], bounds: tuple[Bounds, ...], parameters: dict[str, Any], source: Source | None
) -> int:
    ranges = [one.term("a") for one in bounds]
    if source is None:
        sql = _SHOWN.format("albums_by_year" if bounds else "albums_by_title")
        return await count_of(hub, " AND ".join([sql, *terms, *ranges]), parameters)
    if terms == [_OF_GENRE] and not ranges:
        return int(source.kept)
    sql = f"SELECT count(*) FROM ({source.sql}) s CROSS JOIN albums a NOT INDEXED ON a.key = s.key WHERE a.shown = 1"
    return await count_of(hub, " AND ".join([sql, *source.rest, *ranges]), parameters)
