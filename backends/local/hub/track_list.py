"""The list of tracks, under any of its filters, in any of its orders."""

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.listing import Page, page_of
from backends.local.hub.selection import Column, Listing, Sort
from backends.local.hub.summaries import TRACK_COLUMNS, track_summary
from backends.local.hub.track_filters import select_tracks
from contract.hub.library import LIST_LIBRARY_TRACKS, LibraryTracks, ListLibraryTracks

__all__ = ["HANDLERS", "TRACKS"]

HANDLERS = Handlers[Hub]()

_KEY, _NEWEST = Column("key", int), Column("key", int, turned=True)

TRACKS = Listing(
    name="tracks",
    alias="t",
    presence="missing",
    shown=TRACK_COLUMNS,
    sorts={
        "title": Sort("tracks_by_title", (Column("sort_title", str), _KEY)),
        "artist": Sort(
            "tracks_by_artist",
            (Column("sort_artist", str), Column("sort_album", str), Column("place", int), _KEY),
            clustered=12,
        ),
        "album": Sort(
            "tracks_by_album",
            (Column("sort_album", str), Column("of_album", int), Column("place", int), _KEY),
            clustered=4,
        ),
        "year": Sort(
            "tracks_by_year",
            (
                Column("year", int, nullable=True),
                Column("of_album", int, turned=True),
                Column("place", int, turned=True),
                _NEWEST,
            ),
            clustered=4,
        ),
        "added": Sort("tracks_by_added", (Column("added_at", int), _NEWEST), clustered=4),
        "duration": Sort("tracks_by_duration", (Column("duration_ms", int), _KEY)),
        "played": Sort("tracks_by_played", (Column("play_count", int), _NEWEST)),
        "lastPlayed": Sort("tracks_by_last_played", (Column("last_played_at", int, nullable=True), _NEWEST)),
    },
)


@HANDLERS.handles(LIST_LIBRARY_TRACKS)
async def list_library_tracks(hub: Hub, request: ListLibraryTracks) -> LibraryTracks:
    """A page of tracks."""
    page = Page.asked(TRACKS, request)
    selection = await select_tracks(hub, request)
    rows, cursor = await page_of(hub, page, selection)
    return LibraryTracks.model_construct(
        tracks=[track_summary(row) for row in rows],
        total=selection.total,
        nextCursor=cursor,
    )
