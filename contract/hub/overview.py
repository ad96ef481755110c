"""The library as a whole: what it counts, what it can be filtered by, and which ISRCs it has."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.ids import TrackId
from contract.hub.library import Format, Order
from contract.hub.scan import ScanState
from contract.identifiers import Isrc, Timestamp, normalise_isrc
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "FIND_LIBRARY_ISRCS",
    "GET_LIBRARY_FILTERS",
    "GET_LIBRARY_STATS",
    "MOST_GENRES",
    "MOST_ISRCS",
    "OPERATIONS",
    "DecadeCount",
    "FindLibraryIsrcs",
    "FormatCount",
    "FormatStats",
    "FoundIsrc",
    "FoundIsrcs",
    "GenreCount",
    "GetLibraryFilters",
    "GetLibraryStats",
    "LastScan",
    "LibraryFilters",
    "LibraryStats",
    "SavedCounts",
    "SortChoice",
    "Sorts",
    "Years",
]

MOST_ISRCS = 100
MOST_GENRES = 500


class GetLibraryStats(BaseModel):
    """Nothing to choose."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class GetLibraryFilters(BaseModel):
    """Nothing to choose."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def _isrcs(value: str) -> str:
    parts = [part for part in value.split(",") if part.strip()]
    if not 1 <= len(parts) <= MOST_ISRCS:
        raise ValueError(f"must be 1 to {MOST_ISRCS} ISRCs, separated by commas")
    normal: list[str] = []
    for number, part in enumerate(parts, 1):
        try:
            normal.append(normalise_isrc(part))
        except ValueError as error:
            raise ValueError(f"has no ISRC in place {number}; each {error}") from None
    return ",".join(dict.fromkeys(normal))


_ONE_ISRC = "[A-Za-z]{2}[A-Za-z0-9]{3}[0-9]{7}"
_ISRCS: dict[str, Any] = {"type": "string", "pattern": f"^{_ONE_ISRC}(,{_ONE_ISRC}){{0,{MOST_ISRCS - 1}}}$"}


class FindLibraryIsrcs(BaseModel):
    """Which recordings."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    isrcs: Annotated[
        str,
        Field(max_length=4000, description=f"1 to {MOST_ISRCS} ISRCs, separated by commas."),
        AfterValidator(_isrcs),
        WithJsonSchema(_ISRCS),
    ]


@with_config(ANSWER)
class SavedCounts(TypedDict):
    """How many of each kind are saved."""

    tracks: int
    albums: int
    artists: int
    playlists: int


@with_config(ANSWER)
class FormatStats(TypedDict):
    """The files of one format."""

    format: Format
    trackCount: int
    durationMs: int
    size: Annotated[int, Field(description="Bytes.")]


@with_config(ANSWER)
class LastScan(TypedDict):
    """The scan that began last."""

    state: ScanState
    startedAt: Timestamp
    finishedAt: Timestamp | None


class LibraryStats(BaseModel):
    """The library in numbers; all but `missing` leave out tracks whose files are not there."""

    model_config = ANSWER

    tracks: int
    albums: int
    artists: int
    genres: int
    playlists: int
    durationMs: int
    size: Annotated[int, Field(description="Bytes.")]
    plays: Annotated[int, Field(description="Ever counted, of whatever track.")]
    missing: Annotated[int, Field(description="Tracks whose file was not there when it was last looked for.")]
    unreadable: Annotated[int, Field(description="Files that look like audio and can't be read.")]
    saved: SavedCounts
    formats: Annotated[list[FormatStats], Field(description="The most frequent first.")]
    roots: Annotated[int, Field(description="Folders that the library is made of.")]
    lastScan: LastScan | None


@with_config(ANSWER)
class GenreCount(TypedDict):
    """A genre and how many tracks have it."""

    name: str
    trackCount: int


@with_config(ANSWER)
class FormatCount(TypedDict):
    """A format and how many tracks are in it."""

    format: Format
    trackCount: int


@with_config(ANSWER)
class DecadeCount(TypedDict):
    """A decade and how many tracks are of it."""

    decade: Annotated[int, Field(description="Its first year: 1980.")]
    trackCount: int


@with_config(ANSWER)
class Years(TypedDict):
    """The years that tracks are of; `first` and `last` are null if none says."""

    first: int | None
    last: int | None
    unknown: Annotated[int, Field(description="Tracks that have no year.")]
    decades: Annotated[list[DecadeCount], Field(description="The earliest first.")]


@with_config(ANSWER)
class SortChoice(TypedDict):
    """What a list can be sorted by, and in which order it then is if none is named."""

    sort: str
    order: Order


@with_config(ANSWER)
class Sorts(TypedDict):
    """What each list can be sorted by."""

    tracks: list[SortChoice]
    albums: list[SortChoice]
    artists: list[SortChoice]


class LibraryFilters(BaseModel):
    """What the lists can be filtered and sorted by; the counts are of tracks whose files are there."""

    model_config = ANSWER

    genres: Annotated[list[GenreCount], Field(description=f"The most frequent first; at most {MOST_GENRES}.")]
    formats: Annotated[list[FormatCount], Field(description="The most frequent first.")]
    years: Years
    sorts: Sorts
    orders: list[Order]


@with_config(ANSWER)
class FoundIsrc(TypedDict):
    """An ISRC that the library has."""

    isrc: Isrc
    trackIds: Annotated[list[TrackId], Field(description="Several, if the recording is on several releases.")]


class FoundIsrcs(BaseModel):
    """Those of the ISRCs that the library has, in the order in which they were asked for."""

    model_config = ANSWER

    found: list[FoundIsrc]


GET_LIBRARY_STATS = Operation(
    name="get_library_stats",
    route="GET /api/library/stats",
    area=Area.LIBRARY,
    summary="Fetch the library in numbers",
    description="Counts tracks, albums, artists, genres, playlists, plays and files, and says how the last scan went.",
    request=GetLibraryStats,
    response=LibraryStats,
    response_description="The counts.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(
        request={},
        response={
            "tracks": 1834,
            "albums": 162,
            "artists": 97,
            "genres": 21,
            "playlists": 8,
            "durationMs": 412650000,
            "size": 48318382080,
            "plays": 5120,
            "missing": 3,
            "unreadable": 1,
            "saved": {"tracks": 45, "albums": 12, "artists": 6, "playlists": 2},
            "formats": [
                {"format": "flac", "trackCount": 1500, "durationMs": 337500000, "size": 45097156608},
                {"format": "mp3", "trackCount": 334, "durationMs": 75150000, "size": 3221225472},
            ],
            "roots": 1,
            "lastScan": {
                "state": "completed",
                "startedAt": "2026-11-20T20:00:00.000Z",
                "finishedAt": "2026-11-20T20:00:02.150Z",
            },
        },
    ),
)

GET_LIBRARY_FILTERS = Operation(
    name="get_library_filters",
    route="GET /api/library/filters",
    area=Area.LIBRARY,
    summary="Fetch what lists can be filtered and sorted by",
    description="Returns the genres, formats and years that tracks have, with counts, and the sorts of each list.",
    request=GetLibraryFilters,
    response=LibraryFilters,
    response_description="Values of the filters, and sorts.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(
        request={},
        response={
            "genres": [{"name": "Indie Pop", "trackCount": 420}],
            "formats": [{"format": "flac", "trackCount": 1500}],
            "years": {
                "first": 1967,
                "last": 2026,
                "unknown": 12,
                "decades": [{"decade": 1960, "trackCount": 14}, {"decade": 2020, "trackCount": 611}],
            },
            "sorts": {
                "tracks": [{"sort": "title", "order": "asc"}, {"sort": "added", "order": "desc"}],
                "albums": [{"sort": "title", "order": "asc"}],
                "artists": [{"sort": "name", "order": "asc"}],
            },
            "orders": ["asc", "desc"],
        },
    ),
)

FIND_LIBRARY_ISRCS = Operation(
    name="find_library_isrcs",
    route="GET /api/library/isrcs",
    area=Area.LIBRARY,
    summary="Find which ISRCs the library has",
    description="Returns those of the ISRCs that tracks of the library have whose files are there, with the tracks.",
    request=FindLibraryIsrcs,
    response=FoundIsrcs,
    response_description="The ISRCs that were found, with their tracks.",
    effect=Effect.READ,
    access=Access.HUB,
    in_reference=False,
    example=Example(
        request={"isrcs": "USXXX1234567,DEAAA2600001"},
        response={"found": [{"isrc": "USXXX1234567", "trackIds": ["trk_0f3a9c2e5b7d1846"]}]},
    ),
)

OPERATIONS = (GET_LIBRARY_STATS, GET_LIBRARY_FILTERS, FIND_LIBRARY_ISRCS)
