"""The catalogue's tools: what an agent sees of the operations, one act each, with flat arguments."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.identifiers import Day
from contract.musicengine.analytics import (
    GET_COVERAGE,
    GET_MOVERS,
    GET_STREAMS,
    LONGEST_HISTORY,
    DailyStreams,
    GetMovers,
    Movers,
)
from contract.musicengine.catalogue import (
    FIND_TRACKS,
    GET_OVERVIEW,
    GET_TRACK,
    LIST_TRACKS,
    BestArtist,
    BestTrack,
    GetOverview,
)
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.tool import Tool

__all__ = [
    "GET_OVERVIEW_TOOL",
    "GET_STREAMS_TOOL",
    "GET_TRACK_TOOL",
    "IMPORT_BROWSER_PROFILE_TOOL",
    "LIST_TRACKS_TOOL",
    "TOOLS",
    "WHAT_MOVED_TOOL",
    "Comparison",
    "GetStreamsArguments",
    "GetTrackArguments",
    "ImportProfileArguments",
    "ImportedProfile",
    "ListTracksArguments",
    "MoversResult",
    "OverviewResult",
    "StreamTotals",
    "StreamsResult",
    "TrackResult",
    "TrackRow",
    "TracksResult",
]

_CONFIG = ConfigDict(extra="forbid", defer_build=True)

Detail = Annotated[Literal["concise", "full"], Field(description="full adds every stored field.")]
IsrcOrLink = Annotated[str, Field(max_length=300, description="ISRC such as USXXX1234567, or Spotify track link.")]


class ListTracksArguments(BaseModel):
    """What to look for, and which rows."""

    model_config = _CONFIG

    query: Annotated[
        str | None, Field(max_length=200, description="Words of title, artist or album; ISRC; Spotify link.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    detail: Detail = "concise"


@with_config(ANSWER)
class TrackRow(TypedDict):
    """A track; the members after `release_date` come with detail=full."""

    isrc: str
    title: str
    artist: str
    release_date: Day | None
    track_id: NotRequired[str]
    album: NotRequired[str | None]
    cover_url: NotRequired[str | None]
    spotify_track_url: NotRequired[str | None]
    full_tracking: NotRequired[bool]
    created_at: NotRequired[str]


InLibrary = Annotated[
    dict[str, str] | None,
    Field(
        description="Of these ISRCs, those that the music library on this machine has, with its track ids.",
        exclude_if=lambda there: there is None,
    ),
]


class TracksResult(BaseModel):
    """Tracks, newest first, and how many are left."""

    model_config = ConfigDict(defer_build=True)

    tracks: list[TrackRow]
    total: int
    remaining: Annotated[int, Field(description="Tracks after this page.")]
    next_offset: Annotated[int | None, Field(description="Offset of the next page; null at the end.")]
    in_library: InLibrary = None
    hint: Annotated[str | None, Field(exclude_if=lambda hint: hint is None)] = None


class GetTrackArguments(BaseModel):
    """Which track."""

    model_config = _CONFIG

    isrc: IsrcOrLink
    detail: Detail = "concise"


class TrackResult(BaseModel):
    """A track's record; concise leaves out what is not known, ids, addresses and metadata."""

    model_config = ConfigDict(defer_build=True)

    track: dict[str, Any]
    in_library: InLibrary = None


class GetStreamsArguments(BaseModel):
    """Which track, and how many days."""

    model_config = _CONFIG

    isrc: IsrcOrLink
    days: Annotated[
        int, Field(ge=1, le=LONGEST_HISTORY, description="Length of the period, up to the track's latest day.")
    ] = 28
    detail: Annotated[Literal["concise", "full"], Field(description="full adds the daily figures.")] = "concise"


class StreamTotals(TypedDict):
    """Streams in the period; null for a service that reported nothing at all."""

    spotify: int | None
    apple: int | None
    all: int


class Comparison(TypedDict):
    """The period against the one before it, over the days that have data in both."""

    previous_start: Day
    previous_end: Day
    days_compared: int
    streams: Annotated[int, Field(description="Over the compared days only; the period's total is in totals.")]
    previous_streams: int
    change: int
    change_percent: Annotated[float | None, Field(description="Null if there was nothing before.")]


class StreamsResult(BaseModel):
    """A track's streams over a period of calendar days."""

    model_config = ConfigDict(defer_build=True)

    isrc: str
    title: str
    artist: str
    start: Day | None
    end: Annotated[Day | None, Field(description="The track's latest day with data.")]
    totals: StreamTotals
    daily_average: Annotated[float | None, Field(description="Over the days with data.")]
    best_day: DailyStreams | None
    missing_days: Annotated[list[str], Field(description="Days without data, as day or start/end; not zero.")]
    comparison: Comparison | None
    hint: Annotated[str | None, Field(exclude_if=lambda hint: hint is None)] = None
    daily: Annotated[list[DailyStreams] | None, Field(exclude_if=lambda daily: daily is None)] = None


class OverviewResult(BaseModel):
    """The dashboard of one day."""

    model_config = ConfigDict(defer_build=True)

    date: Annotated[Day | None, Field(description="The day shown.")]
    has_stream_data: bool
    total_tracks: int
    days_tracked: int
    spotify_latest_day: Day | None
    apple_latest_day: Day | None
    tracks_with_data: Annotated[int | None, Field(description="Tracks with data on the day shown.")]
    best_tracks: list[BestTrack]
    best_artists: list[BestArtist]
    hint: Annotated[str | None, Field(exclude_if=lambda hint: hint is None)] = None


class MoversResult(Movers):
    """What moved, and what of it can be played here."""

    in_library: InLibrary = None


class ImportProfileArguments(BaseModel):
    """A name, and where the cookies are; never the cookies themselves."""

    model_config = _CONFIG

    name: Annotated[str, Field(min_length=1, max_length=200, description="Readable name of the profile.")]
    cookie_file: Annotated[str, Field(min_length=1, max_length=4096, description="Path of the file on this machine.")]


class ImportedProfile(BaseModel):
    """The new profile."""

    model_config = ConfigDict(defer_build=True)

    profile_id: int
    name: str
    cookies: Annotated[int, Field(description="How many were stored, encrypted.")]
    message: str


LIST_TRACKS_TOOL = Tool(
    name="catalogue_list_tracks",
    title="List or find tracks",
    description=(
        "List the label's catalogue, newest first, or find tracks by words. Use it to turn a title or artist into an "
        "ISRC. Returns total, remaining and next_offset."
    ),
    arguments=ListTracksArguments,
    result=TracksResult,
    operations=(LIST_TRACKS, FIND_TRACKS),
    example={"limit": 20},
)

GET_TRACK_TOOL = Tool(
    name="catalogue_get_track",
    title="Get one track",
    description=(
        "The catalogue record of one track: release, label, copyright lines. full adds ids, links, and what "
        "statements, charts and Spotify for Artists say under metadata."
    ),
    arguments=GetTrackArguments,
    result=TrackResult,
    operations=(GET_TRACK, FIND_TRACKS),
    example={"isrc": "USXXX1234567"},
)

GET_STREAMS_TOOL = Tool(
    name="catalogue_get_streams",
    title="Get a track's streams",
    description=(
        "Streams of one track on Spotify and Apple Music over its latest days: totals, daily average, best day, change "
        "against the period before, and missing days. Figures are ready to quote; don't add them up again."
    ),
    arguments=GetStreamsArguments,
    result=StreamsResult,
    operations=(GET_STREAMS, GET_TRACK, FIND_TRACKS),
    example={"isrc": "USXXX1234567", "days": 7},
)

GET_OVERVIEW_TOOL = Tool(
    name="catalogue_get_overview",
    title="Overview of a day",
    description=(
        "The label's dashboard for one day: the ten most streamed tracks and artists, catalogue size, and how far each "
        "service's data reach. For change over time use catalogue_what_moved."
    ),
    arguments=GetOverview,
    result=OverviewResult,
    operations=(GET_OVERVIEW, GET_COVERAGE),
    example={},
)

WHAT_MOVED_TOOL = Tool(
    name="catalogue_what_moved",
    title="What moved",
    description=(
        "Which tracks rose and fell most: the latest days against the same number of days before. Answers 'what moved "
        "this week?'. Names the threshold used and the tracks left out for missing days."
    ),
    arguments=GetMovers,
    result=MoversResult,
    operations=(GET_MOVERS,),
    example={"days": 7},
)

IMPORT_BROWSER_PROFILE_TOOL = Tool(
    name="catalogue_import_browser_profile",
    title="Import a browser profile",
    description=(
        "Store a browser session, encrypted, from a cookie file (cookies.txt, browser-extension JSON or Playwright "
        "storage state). Never ask for or pass cookie values: only the file's path."
    ),
    arguments=ImportProfileArguments,
    result=ImportedProfile,
    operations=(IMPORT_BROWSER_PROFILE,),
    example={"name": "DistroKid primary session", "cookie_file": "~/cookies.txt"},
)

TOOLS: tuple[Tool[Any, Any], ...] = (
    LIST_TRACKS_TOOL,
    GET_TRACK_TOOL,
    GET_STREAMS_TOOL,
    GET_OVERVIEW_TOOL,
    WHAT_MOVED_TOOL,
    IMPORT_BROWSER_PROFILE_TOOL,
)
"""In the order in which agents see them."""
