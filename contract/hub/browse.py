"""The library as people look through it: what is new, what is played, and shelf by shelf."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.ids import AnyId
from contract.hub.summaries import LARGEST_PAGE, Cursor
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = ["BROWSE_LIBRARY", "OPERATIONS", "Browse", "BrowseItem", "BrowseLibrary", "BrowseSection", "Section"]

Section = Literal["recentlyAdded", "recentlyPlayed", "mostPlayed", "rediscover", "genres", "decades", "folders"]


class BrowseLibrary(BaseModel):
    """What to look through."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    section: Annotated[Section | None, Field(description="Left out: the beginning of every section.")] = None
    folder: Annotated[
        str | None,
        Field(max_length=64, pattern="^fld_[0-9]+_[0-9]+$", description="`folder` of an item of the section folders."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Most items of a section.")] = 10
    cursor: Cursor = None


@with_config(ANSWER)
class BrowseItem(TypedDict):
    """Something to play, or to look into."""

    kind: Literal["track", "album", "genre", "decade", "folder"]
    name: str
    id: Annotated[AnyId | None, Field(description="Of a track or album: what to play, save or fetch.")]
    artist: Annotated[str | None, Field(description="Of a track or album.")]
    trackCount: Annotated[int | None, Field(description="Of an album, genre or decade.")]
    playCount: Annotated[int | None, Field(description="Of a track or album.")]
    filters: Annotated[
        dict[str, Any] | None, Field(description="Arguments of list_library_tracks that list what is in it.")
    ]
    folder: Annotated[str | None, Field(description="Of a folder: the argument that looks into it.")]


@with_config(ANSWER)
class BrowseSection(TypedDict):
    """A section, or a page of it."""

    section: Section
    title: str
    items: list[BrowseItem]
    nextCursor: Annotated[
        str | None, Field(description="`cursor` of its next page, with its section; null at the end.")
    ]


class Browse(BaseModel):
    """The sections that were asked for."""

    model_config = ANSWER

    sections: list[BrowseSection]


BROWSE_LIBRARY = Operation(
    name="browse_library",
    route="GET /api/browse",
    area=Area.LIBRARY,
    summary="Look through the library",
    description=(
        "Returns what was added or played last, what is played most, what was played often but not for half a year "
        "(rediscover), genres, decades, and folders one level at a time."
    ),
    request=BrowseLibrary,
    response=Browse,
    response_description="The beginning of each section, or a page of one.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(
        request={"section": "recentlyAdded", "limit": 1},
        response={
            "sections": [
                {
                    "section": "recentlyAdded",
                    "title": "Recently added",
                    "items": [
                        {
                            "kind": "album",
                            "name": "Release Name",
                            "id": "alb_0f3a9c2e5b7d1846",
                            "artist": "Artist Name",
                            "trackCount": 11,
                            "playCount": 47,
                            "filters": {"album": "alb_0f3a9c2e5b7d1846", "sort": "album"},
                            "folder": None,
                        }
                    ],
                    "nextCursor": None,
                }
            ]
        },
    ),
)

OPERATIONS = (BROWSE_LIBRARY,)
