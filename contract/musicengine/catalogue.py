"""The label's catalogue: its tracks, one track by ISRC, and the dashboard overview."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.errors import TrackNotFound
from contract.identifiers import Day, IsoDate, Isrc, Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Surface

__all__ = [
    "FIND_TRACKS",
    "GET_OVERVIEW",
    "GET_TRACK",
    "LARGEST_PAGE",
    "LIST_TRACKS",
    "BestArtist",
    "BestTrack",
    "FindTracks",
    "GetOverview",
    "GetTrack",
    "ListTracks",
    "Overview",
    "OverviewData",
    "OverviewStats",
    "Page",
    "Pagination",
    "Track",
    "TrackAnswer",
    "TrackPage",
    "TrackSummary",
]

LARGEST_PAGE = 500

IsrcField = Annotated[Isrc, Field(description="International Standard Recording Code for the track.")]


class Page(BaseModel):
    """Which rows of a longer list to return."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Maximum number of rows to return.")] = 50
    offset: Annotated[int, Field(ge=0, le=10_000_000, description="Zero-based pagination offset.")] = 0


class ListTracks(Page):
    """Which rows of the catalogue to return."""


@with_config(ANSWER)
class TrackSummary(TypedDict):
    """A track as the catalogue list shows it."""

    track_id: Annotated[str, Field(description="Identifier of the track (UUID).")]
    isrc: Annotated[str, Field(description="International Standard Recording Code.")]
    title: str
    artist: str
    album: str | None
    release_date: Day | None
    cover_url: Annotated[str | None, Field(description="Address of the cover image.")]
    spotify_track_url: Annotated[str | None, Field(description="Address of the track on Spotify.")]
    full_tracking: Annotated[bool, Field(description="Whether daily streams are collected for the track.")]
    created_at: Annotated[Timestamp, Field(description="When the track entered the catalogue (UTC).")]


@with_config(ANSWER)
class Pagination(TypedDict):
    """Where a page stands in the whole list."""

    total: int
    limit: int
    offset: int
    has_more: bool


class TrackPage(BaseModel):
    """One page of the catalogue."""

    model_config = ANSWER

    data: list[TrackSummary]
    pagination: Pagination


class GetTrack(BaseModel):
    """Which track."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    isrc: IsrcField


@with_config(ANSWER)
class Track(TypedDict):
    """The whole catalogue record of a track."""

    track_id: Annotated[str, Field(description="Identifier of the track (UUID).")]
    isrc: Annotated[str, Field(description="International Standard Recording Code.")]
    upc: Annotated[str | None, Field(description="UPC (12 digits) or EAN (13 digits) of the release.")]
    title: str
    artist: str
    album: str | None
    release_date: Day | None
    duration_ms: Annotated[int | None, Field(description="Length in milliseconds.")]
    cover_url: Annotated[str | None, Field(description="Address of the cover image.")]
    spotify_track_url: Annotated[str | None, Field(description="Address of the track on Spotify.")]
    label: str | None
    copyright_c: Annotated[str | None, Field(description="(C) line: who owns the release.")]
    copyright_p: Annotated[str | None, Field(description="(P) line: who owns the recording.")]
    full_tracking: Annotated[bool, Field(description="Whether daily streams are collected for the track.")]
    created_at: Annotated[Timestamp, Field(description="When the track entered the catalogue (UTC).")]
    metadata: Annotated[dict[str, Any], Field(description="Whatever else is stored about the track.")]


class TrackAnswer(BaseModel):
    """One track."""

    model_config = ANSWER

    data: Track


class GetOverview(BaseModel):
    """Which day."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    date: Annotated[
        IsoDate | None,
        Field(description="Optional historical day in YYYY-MM-DD format. Defaults to the latest available day."),
    ] = None


@with_config(ANSWER)
class OverviewStats(TypedDict):
    """The workspace in three numbers."""

    total_inner_catalogue_tracks: Annotated[int, Field(description="Tracks in the catalogue.")]
    has_stream_data: Annotated[bool, Field(description="Whether the day has any streams stored.")]
    days_tracked: Annotated[int, Field(description="Days, in all of history, with streams stored.")]


@with_config(ANSWER)
class BestTrack(TypedDict):
    """A track and its streams on the day, all services together."""

    isrc: str
    title: str
    artist: str
    streams: int


@with_config(ANSWER)
class BestArtist(TypedDict):
    """An artist and the streams of all their tracks on the day."""

    artist: str
    streams: int


@with_config(ANSWER)
class OverviewData(TypedDict):
    """Stats and top performers of one day."""

    stats: OverviewStats
    best_tracks: Annotated[list[BestTrack], Field(description="The day's ten most streamed tracks.")]
    best_artists: Annotated[list[BestArtist], Field(description="The day's ten most streamed artists.")]


class Overview(BaseModel):
    """The dashboard of one day."""

    model_config = ANSWER

    success: bool
    data: OverviewData


class FindTracks(Page):
    """Words to look for in the catalogue."""

    query: Annotated[
        str, Field(min_length=1, max_length=200, description="Words of title, artist or album; ISRC; or Spotify link.")
    ]


_EXAMPLE_SUMMARY = {
    "track_id": "9af166df-2fe2-4ea4-bec6-a4ce775f3b30",
    "isrc": "USXXX1234567",
    "title": "Song Name",
    "artist": "Artist Name",
    "album": "Release Name",
    "release_date": "2024-01-01",
    "cover_url": "https://cdn.musicengine.ai/covers/song-name.jpg",
    "spotify_track_url": "https://open.spotify.com/track/abc123",
    "full_tracking": True,
    "created_at": "2026-03-08T10:00:00.000Z",
}

LIST_TRACKS = Operation(
    name="list_tracks",
    route="GET /api/v1/tracks",
    area=Area.CATALOGUE,
    summary="List monitored catalogue tracks",
    description=(
        "Returns the authenticated workspace catalogue in reverse creation order with explicit pagination metadata "
        "for exports, sync jobs, and agent memory."
    ),
    request=ListTracks,
    response=TrackPage,
    response_description="Paginated catalogue track list.",
    effect=Effect.READ,
    access=Access.API_KEY,
    notes=(
        "Results are filtered by the authenticated workspace user_id before query execution.",
        "The response intentionally exposes only published catalogue fields and pagination metadata.",
    ),
    example=Example(
        request={"limit": 50, "offset": 0},
        response={
            "data": [_EXAMPLE_SUMMARY],
            "pagination": {"total": 150, "limit": 50, "offset": 0, "has_more": True},
        },
    ),
)

GET_TRACK = Operation(
    name="get_track",
    route="GET /api/v1/tracks/{isrc}",
    area=Area.CATALOGUE,
    summary="Fetch a single track by ISRC",
    description=(
        "Returns the canonical catalogue record for one ISRC inside the authenticated workspace, including stored "
        "metadata and label data."
    ),
    request=GetTrack,
    response=TrackAnswer,
    response_description="Detailed track metadata.",
    effect=Effect.READ,
    access=Access.API_KEY,
    notes=(
        "The route first authenticates the API key and then queries only the matching workspace row.",
        "ISRC matching is case-insensitive because the handler normalizes the path parameter to uppercase.",
    ),
    errors=(TrackNotFound,),
    example=Example(
        request={"isrc": "USXXX1234567"},
        response={
            "data": {
                "track_id": "9af166df-2fe2-4ea4-bec6-a4ce775f3b30",
                "isrc": "USXXX1234567",
                "upc": "123456789012",
                "title": "Song Name",
                "artist": "Artist Name",
                "album": "Release Name",
                "release_date": "2024-01-01",
                "duration_ms": 187000,
                "cover_url": "https://cdn.musicengine.ai/covers/song-name.jpg",
                "spotify_track_url": "https://open.spotify.com/track/abc123",
                "label": "My Label",
                "copyright_c": "(C) My Label",
                "copyright_p": "(P) My Label",
                "full_tracking": True,
                "created_at": "2026-03-08T10:00:00.000Z",
                "metadata": {},
            }
        },
    ),
)

GET_OVERVIEW = Operation(
    name="get_overview",
    route="GET /api/v1/catalogue/overview",
    area=Area.CATALOGUE,
    summary="Fetch the dashboard overview payload",
    description=(
        "Aggregates high-level workspace metrics, best tracks, and best artists into a compact payload suited to "
        "daily reporting, summaries, and agent briefings."
    ),
    request=GetOverview,
    response=Overview,
    response_description="Overview stats and top performers for the requested or latest day.",
    effect=Effect.READ,
    access=Access.API_KEY,
    notes=(
        "All aggregate queries are parameterized with the authenticated workspace user_id.",
        "The route exposes a compact summary payload rather than raw internal table structures.",
    ),
    example=Example(
        request={"date": "2026-03-08"},
        response={
            "success": True,
            "data": {
                "stats": {"total_inner_catalogue_tracks": 42, "has_stream_data": True, "days_tracked": 12},
                "best_tracks": [
                    {"isrc": "USXXX1234567", "title": "Hit Song", "artist": "Main Artist", "streams": 1500}
                ],
                "best_artists": [{"artist": "Main Artist", "streams": 4500}],
            },
        },
    ),
)

FIND_TRACKS = Operation(
    name="find_tracks",
    route=None,
    area=Area.CATALOGUE,
    summary="Find catalogue tracks by words, ISRC or Spotify link",
    description="Returns the tracks whose title, artist or album holds every word, in reverse creation order.",
    request=FindTracks,
    response=TrackPage,
    response_description="Paginated catalogue track list.",
    effect=Effect.READ,
    access=Access.API_KEY,
    surfaces=frozenset({Surface.MCP}),
    example=Example(
        request={"query": "song name"},
        response={
            "data": [_EXAMPLE_SUMMARY],
            "pagination": {"total": 1, "limit": 50, "offset": 0, "has_more": False},
        },
    ),
)
