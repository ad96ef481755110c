"""The list of artists, under any of its filters, in any of its orders."""

from typing import Any

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.listing import Page, count_of, page_of
from backends.local.hub.named import named_genre
from backends.local.hub.selection import Column, Listing, Selection, Sort, Source
from backends.local.hub.summaries import ARTIST_COLUMNS, artist_summary
from contract.hub.library import LIST_ARTISTS, Artists, ListArtists

__all__ = ["ARTISTS", "HANDLERS"]

HANDLERS = Handlers[Hub]()

_NEWEST = Column("key", int, turned=True)

ARTISTS = Listing(
    name="artists",
    alias="r",
    presence="shown",
    shown=ARTIST_COLUMNS,
    sorts={
        "name": Sort("artists_by_name", (Column("sort_name", str), Column("key", int))),
        "tracks": Sort("artists_by_tracks", (Column("tracks", int), _NEWEST)),
        "albums": Sort("artists_by_albums", (Column("albums", int), _NEWEST)),
        "played": Sort("artists_by_played", (Column("play_count", int), _NEWEST)),
        "added": Sort("artists_by_added", (Column("added_at", int), _NEWEST)),
    },
)

_OF_GENRE = "EXISTS (SELECT 1 FROM artist_genres g WHERE g.genre_key = :genre AND g.artist_key = r.key)"
_GENRES_ARTISTS = "SELECT artist_key AS key FROM artist_genres WHERE genre_key = :genre"
_OF_THE_GENRE = "SELECT count(*) FROM artist_genres WHERE genre_key = :genre"

_SHOWN = "SELECT count(*) FROM artists r INDEXED BY artists_by_name WHERE r.shown = 1"
# Those that are not shown are few, and all are counted without a look at any.
_EVERY = """
    SELECT (SELECT count(*) FROM artists) - (SELECT count(*) FROM artists INDEXED BY artists_by_name WHERE shown = 0)
"""
_OF_THE_GENRE_AND = f"""
    SELECT count(*) FROM ({_GENRES_ARTISTS}) s CROSS JOIN artists r NOT INDEXED ON r.key = s.key WHERE r.shown = 1
"""


@HANDLERS.handles(LIST_ARTISTS)
async def list_artists(hub: Hub, request: ListArtists) -> Artists:
    """A page of artists."""
    page = Page.asked(ARTISTS, request)
    selection = await _select(hub, request)
    rows, cursor = await page_of(hub, page, selection)
    return Artists.model_construct(
        artists=[artist_summary(row) for row in rows],
        total=selection.total,
        nextCursor=cursor,
    )


async def _select(hub: Hub, request: ListArtists) -> Selection:
    terms: list[str] = []
    parameters: dict[str, Any] = {}
    source = None
    if request.saved is not None:
        terms.append("r.saved = 1" if request.saved else "r.saved = 0")
    where = "".join(f" AND {term}" for term in terms)
    every = await count_of(hub, _EVERY, {})
    if request.genre is None:
        total = await count_of(hub, _SHOWN + where, {}) if terms else every
    else:
        genre = await named_genre(hub, request.genre)
        if genre is None:
            return Selection(presences=())
        parameters["genre"] = genre.key
        found = await count_of(hub, _OF_THE_GENRE, parameters)
        source = Source(_GENRES_ARTISTS, found, found, rest=tuple(terms))
        total = await count_of(hub, _OF_THE_GENRE_AND + where, parameters) if terms else found
        terms.append(_OF_GENRE)
    return Selection(
        presences=(1,),
        terms=tuple(terms),
        parameters=parameters,
        total=total,
        rows=every,
        probed=1 if source else 0,
        source=source,
    )
