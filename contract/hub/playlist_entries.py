"""The entries of playlists: tracks put in, taken out and moved."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contract.answer import ANSWER
from contract.hub.errors import Conflict, EntryNotFound, LibraryTrackNotFound, PlaylistNotFound, StaleRevision
from contract.hub.ids import Kind, PlaylistEntryId, PlaylistId, TrackId
from contract.hub.playlists import EXAMPLE_PLAYLIST, LARGEST_PLAYLIST, MOST_AT_ONCE, PlaylistAnswer, Revision
from contract.hub.summaries import PlaylistSummary
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "ADD_PLAYLIST_TRACKS",
    "MOVE_PLAYLIST_ENTRIES",
    "OPERATIONS",
    "REMOVE_PLAYLIST_ENTRIES",
    "AddPlaylistTracks",
    "Duplicates",
    "MovePlaylistEntries",
    "PlaylistEntriesRemoved",
    "PlaylistTracksAdded",
    "RemovePlaylistEntries",
]

Position = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": LARGEST_PLAYLIST})]
"""Counted from 0. Its bounds are the playlist's, so that they are checked where the playlist is known."""

EntryIds = Annotated[
    list[PlaylistEntryId],
    Field(min_length=1, max_length=MOST_AT_ONCE, description="Entries of the playlist; a track may be in several."),
]


class Duplicates(StrEnum):
    """What becomes of a track that the playlist holds already."""

    SKIP = "skip"
    ALLOW = "allow"


class AddPlaylistTracks(BaseModel):
    """Tracks to add, and where."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    trackIds: Annotated[list[TrackId], Field(min_length=1, max_length=MOST_AT_ONCE)]
    position: Annotated[
        Position | None, Field(description="Where the first of them goes: from 0 to the playlist's length, its end.")
    ] = None
    duplicates: Annotated[
        Duplicates, Field(description="Whether a track that is there already is left out or added once more.")
    ] = Duplicates.SKIP
    revision: Revision = None


class PlaylistTracksAdded(BaseModel):
    """What was added, and the playlist as it is now."""

    model_config = ANSWER

    playlist: PlaylistSummary
    added: int
    alreadyThere: Annotated[
        int, Field(description="Tracks of the request that the playlist held already, or that it named twice.")
    ]
    entryIds: Annotated[list[PlaylistEntryId], Field(description="Of the new entries, in order.")]


class RemovePlaylistEntries(BaseModel):
    """Entries to take out."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    entryIds: EntryIds
    revision: Revision = None


class PlaylistEntriesRemoved(BaseModel):
    """How many were taken out, and the playlist as it is now."""

    model_config = ANSWER

    playlist: PlaylistSummary
    removed: int


class MovePlaylistEntries(BaseModel):
    """Entries to move, and where to."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: PlaylistId
    entryIds: EntryIds
    position: Annotated[
        Position, Field(description="Where the first of them stands afterwards, the others behind it as named.")
    ]
    revision: Revision = None


_ID = Kind.PLAYLIST.example
_ENTRY = Kind.PLAYLIST_ENTRY.example

ADD_PLAYLIST_TRACKS = Operation(
    name="add_playlist_tracks",
    route="POST /api/playlists/{id}/tracks",
    area=Area.PLAYLISTS,
    summary="Add tracks to a playlist",
    description=(
        "Adds tracks at a position or at the end, all of them or, if an id is unknown, none. Tracks that the playlist "
        "holds already are left out and counted, unless duplicates are allowed."
    ),
    request=AddPlaylistTracks,
    response=PlaylistTracksAdded,
    response_description="How many were added, their entries, and the playlist as it is now.",
    effect=Effect.CREATE,
    access=Access.HUB,
    errors=(PlaylistNotFound, LibraryTrackNotFound, StaleRevision, Conflict),
    example=Example(
        request={"id": _ID, "trackIds": [Kind.TRACK.example]},
        response={
            "playlist": {**EXAMPLE_PLAYLIST, "revision": 2},
            "added": 1,
            "alreadyThere": 0,
            "entryIds": [_ENTRY],
        },
    ),
)

REMOVE_PLAYLIST_ENTRIES = Operation(
    name="remove_playlist_entries",
    route="DELETE /api/playlists/{id}/tracks",
    area=Area.PLAYLISTS,
    summary="Remove entries from a playlist",
    description="Takes entries out of a playlist: all of them or, if an id is unknown, none.",
    request=RemovePlaylistEntries,
    response=PlaylistEntriesRemoved,
    response_description="How many were taken out, and the playlist as it is now.",
    effect=Effect.DELETE,
    access=Access.HUB,
    errors=(PlaylistNotFound, EntryNotFound, StaleRevision),
    in_reference=False,
    example=Example(
        request={"id": _ID, "entryIds": [_ENTRY]},
        response={"playlist": {**EXAMPLE_PLAYLIST, "trackCount": 0, "revision": 2}, "removed": 1},
    ),
)

MOVE_PLAYLIST_ENTRIES = Operation(
    name="move_playlist_entries",
    route="PUT /api/playlists/{id}/tracks/order",
    area=Area.PLAYLISTS,
    summary="Move entries of a playlist",
    description="Moves entries, one behind the other as named, so that the first of them stands at the position.",
    request=MovePlaylistEntries,
    response=PlaylistAnswer,
    response_description="The playlist as it is now.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(PlaylistNotFound, EntryNotFound, StaleRevision),
    in_reference=False,
    example=Example(
        request={"id": _ID, "entryIds": [_ENTRY], "position": 0},
        response={"playlist": {**EXAMPLE_PLAYLIST, "revision": 2}},
    ),
)

OPERATIONS = (ADD_PLAYLIST_TRACKS, REMOVE_PLAYLIST_ENTRIES, MOVE_PLAYLIST_ENTRIES)
