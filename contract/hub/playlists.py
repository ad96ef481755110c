"""Playlists: lists of tracks that people make, in an order of their own."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import Conflict, LibraryTrackNotFound, PlaylistNotFound, StaleRevision
from contract.hub.ids import Kind, PlaylistEntryId, PlaylistId, TrackId
from contract.hub.summaries import EXAMPLE_TRACK, Cursor, Limit, PlaylistSummary, TrackSummary
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "CREATE_PLAYLIST",
    "DELETE_PLAYLIST",
    "EXAMPLE_PLAYLIST",
    "GET_PLAYLIST",
    "LARGEST_PLAYLIST",
    "LIST_PLAYLISTS",
    "LONGEST_DESCRIPTION",
    "LONGEST_NAME",
    "MOST_AT_ONCE",
    "OPERATIONS",
    "UPDATE_PLAYLIST",
    "CreatePlaylist",
    "DeletePlaylist",
    "GetPlaylist",
    "ListPlaylists",
    "Playlist",
    "PlaylistAnswer",
    "PlaylistDeleted",
    "PlaylistEntry",
    "PlaylistPage",
    "PlaylistSort",
    "Revision",
    "UpdatePlaylist",
]

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000

MOST_AT_ONCE = 1000
"""Tracks or entries of one call."""

LARGEST_PLAYLIST = 50_000
"""Entries; moving one may give all of them a new position."""

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        description="What to call it; control and invisible characters are taken out.",
    ),
]

Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION, description="What it is for.")]

Revision = Annotated[
    int | None,
    Field(description="The playlist's revision that the change was made for; refused if it has changed since."),
]


class PlaylistSort(StrEnum):
    """Order of the list."""

    NAME = "name"
    UPDATED = "updated"


class ListPlaylists(BaseModel):
    """Which page of the playlists."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    sort: Annotated[PlaylistSort, Field(description="By name, or the last changed first.")] = PlaylistSort.NAME
    limit: Limit = 50
    cursor: Cursor = None


class PlaylistPage(BaseModel):
    """Playlists, in pages."""

    model_config = ANSWER

    playlists: list[PlaylistSummary]
    total: int
    nextCursor: str | None


class GetPlaylist(BaseModel):
    """Which playlist, and which of its entries."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    limit: Limit = 100
    offset: Annotated[int, Field(ge=0, le=LARGEST_PLAYLIST, description="Position of the first entry to return.")] = 0


@with_config(ANSWER)
class PlaylistEntry(TypedDict):
    """One place in a playlist."""

    id: Annotated[PlaylistEntryId, Field(description="Of the place, which keeps it when it moves.")]
    position: Annotated[int, Field(description="From 0.")]
    addedAt: Timestamp
    track: TrackSummary


class Playlist(BaseModel):
    """A playlist and a page of its entries."""

    model_config = ANSWER

    playlist: PlaylistSummary
    durationMs: Annotated[int, Field(description="Of all its tracks.")]
    entries: list[PlaylistEntry]
    nextOffset: Annotated[int | None, Field(description="`offset` of the next page, or null if this is the last.")]


class CreatePlaylist(BaseModel):
    """A new playlist."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Name
    description: Description | None = None
    trackIds: Annotated[
        list[TrackId], Field(max_length=MOST_AT_ONCE, description="What it holds at first, exactly in this order.")
    ] = []


class UpdatePlaylist(BaseModel):
    """A new name or description; what is left out stays."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    name: Name | None = None
    description: Annotated[Description | None, Field(description="What it is for; an empty text takes it away.")] = None
    revision: Revision = None


class PlaylistAnswer(BaseModel):
    """The playlist as it is now."""

    model_config = ANSWER

    playlist: PlaylistSummary


class DeletePlaylist(BaseModel):
    """Which playlist."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    revision: Revision = None


class PlaylistDeleted(BaseModel):
    """What is gone."""

    model_config = ANSWER

    deleted: Annotated[PlaylistSummary, Field(description="The playlist as it was.")]


_ID = Kind.PLAYLIST.example
_ENTRY = Kind.PLAYLIST_ENTRY.example
_TRACK = Kind.TRACK.example

EXAMPLE_PLAYLIST: dict[str, Any] = {
    "id": _ID,
    "name": "Sunday Morning",
    "description": None,
    "trackCount": 1,
    "createdAt": "2026-03-08T09:30:00.000Z",
    "updatedAt": "2026-03-08T09:30:00.000Z",
    "revision": 1,
    "saved": False,
}

LIST_PLAYLISTS = Operation(
    name="list_playlists",
    route="GET /api/playlists",
    area=Area.PLAYLISTS,
    summary="List the playlists",
    description="Returns the playlists without their entries, by name or the last changed first.",
    request=ListPlaylists,
    response=PlaylistPage,
    response_description="One page of playlists.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(request={}, response={"playlists": [EXAMPLE_PLAYLIST], "total": 1, "nextCursor": None}),
)

GET_PLAYLIST = Operation(
    name="get_playlist",
    route="GET /api/playlists/{id}",
    area=Area.PLAYLISTS,
    summary="Read a playlist",
    description=(
        "Returns a playlist and a page of its entries in order. A track whose file is gone stays in it, marked missing."
    ),
    request=GetPlaylist,
    response=Playlist,
    response_description="The playlist, its whole length, and a page of its entries.",
    effect=Effect.READ,
    access=Access.HUB,
    errors=(PlaylistNotFound,),
    example=Example(
        request={"id": _ID},
        response={
            "playlist": EXAMPLE_PLAYLIST,
            "durationMs": 187000,
            "entries": [{"id": _ENTRY, "position": 0, "addedAt": "2026-03-08T09:30:00.000Z", "track": EXAMPLE_TRACK}],
            "nextOffset": None,
        },
    ),
)

CREATE_PLAYLIST = Operation(
    name="create_playlist",
    route="POST /api/playlists",
    area=Area.PLAYLISTS,
    summary="Create a playlist",
    description=(
        "Creates a playlist, empty or with tracks. Names are taken once, whatever their case: a second playlist of the "
        "same name is refused with the id of the first."
    ),
    request=CreatePlaylist,
    response=PlaylistAnswer,
    response_description="The new playlist.",
    status=201,
    effect=Effect.CREATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound, Conflict),
    example=Example(request={"name": "Sunday Morning", "trackIds": [_TRACK]}, response={"playlist": EXAMPLE_PLAYLIST}),
)

UPDATE_PLAYLIST = Operation(
    name="update_playlist",
    route="PATCH /api/playlists/{id}",
    area=Area.PLAYLISTS,
    summary="Rename or describe a playlist",
    description="Gives a playlist another name or description. What is left out stays as it is.",
    request=UpdatePlaylist,
    response=PlaylistAnswer,
    response_description="The playlist as it is now.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(PlaylistNotFound, StaleRevision, Conflict),
    in_reference=False,
    example=Example(
        request={"id": _ID, "name": "Sunday Evening"},
        response={"playlist": {**EXAMPLE_PLAYLIST, "name": "Sunday Evening", "revision": 2}},
    ),
)

DELETE_PLAYLIST = Operation(
    name="delete_playlist",
    route="DELETE /api/playlists/{id}",
    area=Area.PLAYLISTS,
    summary="Delete a playlist",
    description="Deletes a playlist for good. Its tracks stay in the library; later calls learn that it was deleted.",
    request=DeletePlaylist,
    response=PlaylistDeleted,
    response_description="The playlist as it was.",
    effect=Effect.DELETE,
    access=Access.HUB,
    errors=(PlaylistNotFound, StaleRevision),
    in_reference=False,
    example=Example(request={"id": _ID}, response={"deleted": EXAMPLE_PLAYLIST}),
)

OPERATIONS = (
    LIST_PLAYLISTS,
    GET_PLAYLIST,
    CREATE_PLAYLIST,
    UPDATE_PLAYLIST,
    DELETE_PLAYLIST,
)
