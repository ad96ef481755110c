"""Search: tracks, albums, artists and playlists by words; and the words that were searched for."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.ids import AnyId, Kind
from contract.hub.summaries import EXAMPLE_TRACK, AlbumSummary, ArtistSummary, PlaylistSummary, TrackSummary
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "CLEAR_SEARCHES",
    "LIST_SEARCHES",
    "LONGEST_QUERY",
    "LONGEST_SEARCH_HISTORY",
    "MOST_FOUND",
    "OPERATIONS",
    "SEARCH_LIBRARY",
    "AlbumsFound",
    "ArtistsFound",
    "BestHit",
    "ClearSearches",
    "Found",
    "FoundKind",
    "ListSearches",
    "PlaylistsFound",
    "Search",
    "SearchHistory",
    "SearchLibrary",
    "SearchesCleared",
    "TracksFound",
]

LONGEST_QUERY = 500

MOST_FOUND = 50
"""Of each kind; who wants more narrows the words or goes through a list."""

LONGEST_SEARCH_HISTORY = 500


class FoundKind(StrEnum):
    """What can be searched for."""

    TRACKS = "tracks"
    ALBUMS = "albums"
    ARTISTS = "artists"
    PLAYLISTS = "playlists"


class SearchLibrary(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    q: Annotated[
        str,
        Field(
            max_length=LONGEST_QUERY,
            description=(
                "Words of title, artist and album in any order, or an ISRC. Case, accents and punctuation do not "
                "matter, the last word may be incomplete, and others may be mistyped."
            ),
        ),
    ]
    kind: Annotated[FoundKind | None, Field(description="The one kind to look for; left out for all.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND, description="Most to return of each kind.")] = 10
    remember: Annotated[bool, Field(description="Whether to keep it in the history of searches.")] = True


@with_config(ANSWER)
class TracksFound(TypedDict):
    """Tracks, the best first."""

    items: list[TrackSummary]
    more: Annotated[bool, Field(description="Whether there are more than these.")]


@with_config(ANSWER)
class AlbumsFound(TypedDict):
    """Albums, the best first."""

    items: list[AlbumSummary]
    more: Annotated[bool, Field(description="Whether there are more than these.")]


@with_config(ANSWER)
class ArtistsFound(TypedDict):
    """Artists, the best first."""

    items: list[ArtistSummary]
    more: Annotated[bool, Field(description="Whether there are more than these.")]


@with_config(ANSWER)
class PlaylistsFound(TypedDict):
    """Playlists, the best first."""

    items: list[PlaylistSummary]
    more: Annotated[bool, Field(description="Whether there are more than these.")]


@with_config(ANSWER)
class BestHit(TypedDict):
    """The first of its kind that fits better than the first of the other kinds."""

    kind: Literal["tracks", "albums", "artists", "playlists"]
    id: AnyId


class Found(BaseModel):
    """What was found, by kind."""

    model_config = ANSWER

    query: Annotated[str, Field(description="As it was understood: without what can't be seen.")]
    tracks: TracksFound
    albums: AlbumsFound
    artists: ArtistsFound
    playlists: PlaylistsFound
    best: Annotated[BestHit | None, Field(description="The best of all, or null if nothing was found.")]
    similar: Annotated[
        bool, Field(description="Whether words had to be taken for similar ones: the best does not hold them as typed.")
    ]


class ListSearches(BaseModel):
    """How much of the history."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[int, Field(ge=1, le=LONGEST_SEARCH_HISTORY, description="Most entries to return.")] = 50


@with_config(ANSWER)
class Search(TypedDict):
    """Words that were searched for."""

    query: Annotated[str, Field(description="As it was typed last.")]
    times: Annotated[int, Field(description="How often it was searched for.")]
    searchedAt: Annotated[Timestamp, Field(description="The last time.")]


class SearchHistory(BaseModel):
    """Searches, the last first."""

    model_config = ANSWER

    searches: list[Search]
    total: int


class ClearSearches(BaseModel):
    """Which searches to forget."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    query: Annotated[
        str | None, Field(max_length=LONGEST_QUERY, description="The one search to forget; left out for all.")
    ] = None


class SearchesCleared(BaseModel):
    """What is gone."""

    model_config = ANSWER

    cleared: Annotated[int, Field(description="How many searches were forgotten.")]


_NOTHING: dict[str, Any] = {"items": [], "more": False}

SEARCH_LIBRARY = Operation(
    name="search_library",
    route="GET /api/search",
    area=Area.SEARCH,
    summary="Search the library",
    description=(
        "Finds tracks, albums, artists and playlists by words of title, artist and album together. Exact words come "
        "before beginnings of words and those before similar ones, titles before albums before artists, and among "
        "equals what is played more. A query without any letters or signs finds nothing."
    ),
    request=SearchLibrary,
    response=Found,
    response_description="The best of each kind, and the best of all.",
    effect=Effect.READ,
    access=Access.HUB,
    notes=("Searches are kept in the history unless `remember` is false; one that was typed further replaces itself.",),
    example=Example(
        request={"q": "artist song", "limit": 5},
        response={
            "query": "artist song",
            "tracks": {"items": [EXAMPLE_TRACK], "more": False},
            "albums": _NOTHING,
            "artists": _NOTHING,
            "playlists": _NOTHING,
            "best": {"kind": "tracks", "id": Kind.TRACK.example},
            "similar": False,
        },
    ),
)

LIST_SEARCHES = Operation(
    name="list_searches",
    route="GET /api/search/history",
    area=Area.SEARCH,
    summary="List past searches",
    description=f"Returns what was searched for, the last first. The last {LONGEST_SEARCH_HISTORY} are kept.",
    request=ListSearches,
    response=SearchHistory,
    response_description="The searches, and how many are kept.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(
        request={"limit": 1},
        response={
            "searches": [{"query": "artist song", "times": 2, "searchedAt": "2026-03-08T09:30:00.000Z"}],
            "total": 14,
        },
    ),
)

CLEAR_SEARCHES = Operation(
    name="clear_searches",
    route="DELETE /api/search/history",
    area=Area.SEARCH,
    summary="Forget past searches",
    description="Forgets one search, or all of them.",
    request=ClearSearches,
    response=SearchesCleared,
    response_description="How many were forgotten.",
    effect=Effect.DELETE,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={"query": "artist song"}, response={"cleared": 1}),
)

OPERATIONS: tuple[Operation[Any, Any], ...] = (SEARCH_LIBRARY, LIST_SEARCHES, CLEAR_SEARCHES)
