"""Daily streams: one track's history, what moved between two periods, and how far the data reach."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.errors import TrackNotFound
from contract.identifiers import Day, IsoDate
from contract.musicengine.catalogue import IsrcField
from contract.operation import Access, Area, Effect, Example, Operation, Surface

__all__ = [
    "GET_COVERAGE",
    "GET_MOVERS",
    "GET_STREAMS",
    "LONGEST_HISTORY",
    "NO_STREAMS",
    "Coverage",
    "DailyStreams",
    "GetCoverage",
    "GetMovers",
    "GetStreams",
    "Movement",
    "Movers",
    "NotCompared",
    "Period",
    "StreamHistory",
    "Streams",
]

NO_STREAMS = "No streams are stored yet."
"""What an agent is told of a workspace without streams; how they get there depends on where the data are."""

LONGEST_HISTORY = 365
"""Daily rows of a track that an answer has at most; a comparison needs two periods, so half of them each."""

Count = Annotated[int, Field(ge=0)]


class GetStreams(BaseModel):
    """Which track, and how much of its history."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    isrc: IsrcField
    days: Annotated[int, Field(ge=1, le=LONGEST_HISTORY, description="How many most-recent daily rows to return.")] = 30


@with_config(ANSWER)
class DailyStreams(TypedDict):
    """One day of one track. A service that reported nothing for the day is null, which is not zero."""

    date: Day
    spotify_streams: Annotated[Count | None, Field(description="Streams on Spotify; null if none were reported.")]
    apple_streams: Annotated[Count | None, Field(description="Streams on Apple Music; null if none were reported.")]


@with_config(ANSWER)
class StreamHistory(TypedDict):
    """A track's latest daily rows, newest first."""

    isrc: str
    historical_data: list[DailyStreams]


class Streams(BaseModel):
    """Daily rows of one track."""

    model_config = ANSWER

    data: StreamHistory


class GetMovers(BaseModel):
    """Which two periods to compare, and from how many streams on a track counts."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    days: Annotated[int, Field(ge=1, le=LONGEST_HISTORY // 2, description="Length of each period in days.")] = 7
    end: Annotated[IsoDate | None, Field(description="Last day, YYYY-MM-DD; default: latest with data.")] = None
    min_streams: Annotated[
        int, Field(ge=0, le=1_000_000_000, description="Ignore tracks below this in both periods.")
    ] = 100
    limit: Annotated[int, Field(ge=1, le=50, description="Tracks in each list.")] = 5


class Period(TypedDict):
    """Days from start to end, both included."""

    start: Day
    end: Day
    missing_days: Annotated[list[Day], Field(description="Days without any data; they are not zero.")]


class Movement(TypedDict):
    """A track in the two periods."""

    isrc: str
    title: str
    artist: str
    streams: Annotated[int, Field(description="Over the compared days only; not the period's total.")]
    previous: int
    change: int
    change_percent: Annotated[float | None, Field(description="Null if there was nothing before.")]
    days_compared: Annotated[int, Field(description="Days with data whose counterpart has data or is before release.")]


class NotCompared(TypedDict):
    """A track with data for less than half of the days, so that a comparison would mislead."""

    isrc: str
    title: str
    artist: str
    days_compared: Annotated[int, Field(description="Days with data whose counterpart has data or is before release.")]


class Movers(BaseModel):
    """What rose and what fell."""

    model_config = ConfigDict(defer_build=True)

    period: Period | None
    previous_period: Period | None
    min_streams: Annotated[int, Field(description="The threshold that was used.")]
    compared: Annotated[int, Field(description="Tracks that could be compared and reach the threshold.")]
    rising: list[Movement]
    falling: list[Movement]
    not_compared_total: int
    not_compared: Annotated[list[NotCompared], Field(description="Tracks with too many missing days.")]
    hint: Annotated[str | None, Field(exclude_if=lambda hint: hint is None)] = None


class GetCoverage(BaseModel):
    """Which day to look at closely."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    date: Annotated[IsoDate | None, Field(description="A day, YYYY-MM-DD; default: latest with data.")] = None


class Coverage(BaseModel):
    """How far the stored streams reach; null where there are none."""

    model_config = ConfigDict(defer_build=True)

    first_day: Day | None
    latest_day: Day | None
    spotify_latest_day: Day | None
    apple_latest_day: Day | None
    days_tracked: Count
    tracks_with_data: Annotated[
        Count | None, Field(description="Tracks with data on the day asked for; null if the service does not tell.")
    ]
    fuller_day: Annotated[Day | None, Field(description="A day shortly before with data of many more tracks, if any.")]
    fuller_day_tracks: Annotated[Count | None, Field(description="Tracks with data on that day.")]


GET_STREAMS = Operation(
    name="get_streams",
    route="GET /api/v1/analytics/spotify/{isrc}",
    area=Area.CATALOGUE,
    summary="Fetch historical stream rows for a tracked ISRC",
    description=(
        "Returns the latest daily analytics rows stored for a tracked ISRC. The payload currently includes "
        "spotify_streams and apple_streams because both metrics are stored in the same daily dataset."
    ),
    request=GetStreams,
    response=Streams,
    response_description="Recent daily analytics rows for the requested ISRC.",
    effect=Effect.READ,
    access=Access.API_KEY,
    notes=(
        "The handler verifies the ISRC belongs to the authenticated workspace before reading analytics rows.",
        f"days is validated to a bounded 1-{LONGEST_HISTORY} window to avoid unbounded response generation.",
    ),
    errors=(TrackNotFound,),
    example=Example(
        request={"isrc": "USXXX1234567", "days": 7},
        response={
            "data": {
                "isrc": "USXXX1234567",
                "historical_data": [
                    {"date": "2024-03-20", "spotify_streams": 15420, "apple_streams": 1200},
                    {"date": "2024-03-19", "spotify_streams": 14900, "apple_streams": 1185},
                ],
            }
        },
    ),
)

GET_MOVERS = Operation(
    name="get_movers",
    route=None,
    area=Area.CATALOGUE,
    summary="Find the tracks that rose and fell most between two periods",
    description=(
        "Compares each track's streams in a period with the period of the same length before it, service by service, "
        "over the days that have data in both."
    ),
    request=GetMovers,
    response=Movers,
    response_description="Rising and falling tracks, and the tracks that could not be compared.",
    effect=Effect.READ,
    access=Access.API_KEY,
    surfaces=frozenset({Surface.MCP}),
    example=Example(
        request={"days": 7, "end": "2026-03-08"},
        response={
            "period": {"start": "2026-03-02", "end": "2026-03-08", "missing_days": []},
            "previous_period": {"start": "2026-02-23", "end": "2026-03-01", "missing_days": []},
            "min_streams": 100,
            "compared": 1,
            "rising": [
                {
                    "isrc": "USXXX1234567",
                    "title": "Hit Song",
                    "artist": "Main Artist",
                    "streams": 10500,
                    "previous": 9800,
                    "change": 700,
                    "change_percent": 7.1,
                    "days_compared": 7,
                }
            ],
            "falling": [],
            "not_compared_total": 0,
            "not_compared": [],
        },
    ),
)

GET_COVERAGE = Operation(
    name="get_coverage",
    route=None,
    area=Area.CATALOGUE,
    summary="Say how far the stored streams reach",
    description=(
        "Returns the first and the latest day with streams, the latest day of each service, and how many tracks have "
        "data on a day."
    ),
    request=GetCoverage,
    response=Coverage,
    response_description="The days that bound the stored streams.",
    effect=Effect.READ,
    access=Access.API_KEY,
    surfaces=frozenset({Surface.MCP}),
    example=Example(
        request={},
        response={
            "first_day": "2026-02-25",
            "latest_day": "2026-03-08",
            "spotify_latest_day": "2026-03-08",
            "apple_latest_day": "2026-03-07",
            "days_tracked": 12,
            "tracks_with_data": 42,
            "fuller_day": None,
            "fuller_day_tracks": None,
        },
    ),
)
