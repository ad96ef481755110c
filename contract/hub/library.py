"""Lists of the library: its tracks, albums and artists, filtered, sorted, and page by page."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from contract.answer import ANSWER
from contract.hub.errors import AlbumNotFound, ArtistNotFound
from contract.hub.ids import AlbumId, ArtistId
from contract.hub.moments import Moment
from contract.hub.summaries import EXAMPLE_TRACK, AlbumSummary, ArtistSummary, Cursor, Limit, TrackSummary
from contract.identifiers import Isrc
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "DEFAULT_ORDERS",
    "EXAMPLE_ALBUM",
    "EXAMPLE_ARTIST",
    "LIST_ALBUMS",
    "LIST_ARTISTS",
    "LIST_LIBRARY_TRACKS",
    "OPERATIONS",
    "AlbumSort",
    "Albums",
    "ArtistSort",
    "Artists",
    "Format",
    "LibraryTracks",
    "ListAlbums",
    "ListArtists",
    "ListLibraryTracks",
    "Missing",
    "NextCursor",
    "Order",
    "Total",
    "TrackSort",
]

TrackSort = Literal["title", "artist", "album", "year", "added", "duration", "played", "lastPlayed"]
AlbumSort = Literal["title", "artist", "year", "added", "played"]
ArtistSort = Literal["name", "tracks", "albums", "played", "added"]

Order = Literal["asc", "desc"]

DEFAULT_ORDERS: dict[str, Order] = {
    "title": "asc",
    "artist": "asc",
    "album": "asc",
    "name": "asc",
    "duration": "asc",
    "year": "desc",
    "added": "desc",
    "played": "desc",
    "lastPlayed": "desc",
    "tracks": "desc",
    "albums": "desc",
}
"""By sort: the order that people mean if they name none."""

Format = Literal["mp3", "flac", "vorbis", "opus", "aac", "alac", "wav", "aiff", "wavpack"]

Missing = Literal["exclude", "only", "include"]

OrderField = Annotated[
    Order | None, Field(description="Left out: names from A, shortest first, all else newest or most first.")
]
GenreField = Annotated[
    str | None, Field(min_length=1, max_length=200, description="Name of a genre, in any spelling of case and accents.")
]
YearField = Annotated[int | None, Field(ge=1, le=9999, description="The range includes both of its ends.")]
SavedField = Annotated[bool | None, Field(description="true: only what is saved; false: only what is not.")]

Total = Annotated[int, Field(description="Of the whole list, under its filters.")]
NextCursor = Annotated[str | None, Field(description="`cursor` of the next page; null at the end.")]


class _List(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Limit = 50
    cursor: Cursor = None


class _OfYears(_List):
    """A list that a range of years may narrow."""

    yearFrom: YearField = None
    yearTo: YearField = None

    @field_validator("yearTo")
    @classmethod
    def _not_before_the_first(cls, last: int | None, info: ValidationInfo) -> int | None:
        first = info.data.get("yearFrom")
        if last is not None and first is not None and last < first:
            raise ValueError("must not be before yearFrom")
        return last


class ListLibraryTracks(_OfYears):
    """Which tracks, in what order."""

    sort: Annotated[TrackSort, Field(description="album: by album, disc and track. What has no value stands last.")] = (
        "title"
    )
    order: OrderField = None
    artist: Annotated[ArtistId | None, Field(description="As artist or album artist.")] = None
    album: AlbumId | None = None
    genre: GenreField = None
    format: Format | None = None
    isrc: Isrc | None = None
    addedSince: Annotated[
        Moment | None, Field(description="Added then or later: a day or an ISO 8601 timestamp, UTC by default.")
    ] = None
    saved: SavedField = None
    missing: Annotated[
        Missing, Field(description="What to do with tracks whose file was not there when it was last looked for.")
    ] = "exclude"


class ListAlbums(_OfYears):
    """Which albums, in what order."""

    sort: Annotated[AlbumSort, Field(description="What has no value stands last.")] = "title"
    order: OrderField = None
    artist: Annotated[ArtistId | None, Field(description="As album artist.")] = None
    genre: Annotated[GenreField, Field(description="Of any of its tracks.")] = None
    compilation: bool | None = None
    saved: SavedField = None


class ListArtists(_List):
    """Which artists, in what order."""

    sort: ArtistSort = "name"
    order: OrderField = None
    genre: Annotated[GenreField, Field(description="Of any of their tracks.")] = None
    saved: SavedField = None


class LibraryTracks(BaseModel):
    """One page of tracks."""

    model_config = ANSWER

    tracks: list[TrackSummary]
    total: Total
    nextCursor: NextCursor


class Albums(BaseModel):
    """One page of albums."""

    model_config = ANSWER

    albums: list[AlbumSummary]
    total: Total
    nextCursor: NextCursor


class Artists(BaseModel):
    """One page of artists."""

    model_config = ANSWER

    artists: list[ArtistSummary]
    total: Total
    nextCursor: NextCursor


EXAMPLE_ALBUM: AlbumSummary = {
    "id": "alb_0f3a9c2e5b7d1846",
    "title": "Release Name",
    "artist": "Artist Name",
    "artistId": "art_0f3a9c2e5b7d1846",
    "year": 2024,
    "compilation": False,
    "trackCount": 11,
    "durationMs": 2405000,
    "hasCover": True,
    "addedAt": "2026-03-08T10:00:00.000Z",
    "playCount": 47,
    "saved": False,
}

EXAMPLE_ARTIST: ArtistSummary = {
    "id": "art_0f3a9c2e5b7d1846",
    "name": "Artist Name",
    "trackCount": 34,
    "albumCount": 3,
    "playCount": 112,
    "saved": True,
}

LIST_LIBRARY_TRACKS = Operation(
    name="list_library_tracks",
    route="GET /api/tracks",
    area=Area.LIBRARY,
    summary="List the library's tracks",
    description=(
        "Returns tracks under any of the filters together, in the asked order. Pages are stable: what is added, "
        "removed or tagged anew meanwhile makes nothing else appear twice or not at all."
    ),
    request=ListLibraryTracks,
    response=LibraryTracks,
    response_description="One page of tracks, the total, and the cursor of the next page.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(ArtistNotFound, AlbumNotFound),
    example=Example(
        request={"sort": "added", "genre": "Indie Pop", "limit": 1},
        response={"tracks": [EXAMPLE_TRACK], "total": 1, "nextCursor": None},
    ),
)

LIST_ALBUMS = Operation(
    name="list_albums",
    route="GET /api/albums",
    area=Area.LIBRARY,
    summary="List the library's albums",
    description="Returns albums that have at least one track there, under any of the filters together.",
    request=ListAlbums,
    response=Albums,
    response_description="One page of albums, the total, and the cursor of the next page.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(ArtistNotFound,),
    example=Example(
        request={"sort": "year", "yearFrom": 2020, "limit": 1},
        response={"albums": [EXAMPLE_ALBUM], "total": 1, "nextCursor": None},
    ),
)

LIST_ARTISTS = Operation(
    name="list_artists",
    route="GET /api/artists",
    area=Area.LIBRARY,
    summary="List the library's artists",
    description="Returns artists that have at least one track there, as artist or album artist.",
    request=ListArtists,
    response=Artists,
    response_description="One page of artists, the total, and the cursor of the next page.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(
        request={"sort": "played", "limit": 1},
        response={"artists": [EXAMPLE_ARTIST], "total": 1, "nextCursor": None},
    ),
)

OPERATIONS = (LIST_LIBRARY_TRACKS, LIST_ALBUMS, LIST_ARTISTS)
