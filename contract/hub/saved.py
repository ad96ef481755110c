"""What people saved: tracks, albums, artists and playlists they want to find again."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound, PlaylistNotFound
from contract.hub.ids import AnyId, Kind
from contract.hub.summaries import AlbumSummary, ArtistSummary, Cursor, Limit, PlaylistSummary, TrackSummary
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "LIST_SAVED",
    "OPERATIONS",
    "SAVE_ITEMS",
    "UNSAVE_ITEMS",
    "ItemsSaved",
    "ItemsUnsaved",
    "ListSaved",
    "SaveItems",
    "SavedItem",
    "SavedKind",
    "SavedPage",
    "UnsaveItems",
]

_MOST_AT_ONCE = 200

_Ids = Annotated[
    list[AnyId],
    Field(min_length=1, max_length=_MOST_AT_ONCE, description="Of tracks, albums, artists and playlists, mixed."),
]


SavedKind = Literal["track", "album", "artist", "playlist"]


class ListSaved(BaseModel):
    """Which page of what was saved."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    kind: Annotated[SavedKind | None, Field(description="Only this kind; all of them if it is left out.")] = None
    limit: Limit = 50
    cursor: Cursor = None


@with_config(ANSWER)
class SavedItem(TypedDict):
    """Something saved, with the summary of its kind."""

    id: AnyId
    kind: SavedKind
    name: Annotated[str, Field(description="What it is called; of what is gone, what it was called when it was saved.")]
    savedAt: Timestamp
    missing: Annotated[bool, Field(description="Whether it is not there at present.")]
    track: NotRequired[TrackSummary]
    album: NotRequired[AlbumSummary]
    artist: NotRequired[ArtistSummary]
    playlist: NotRequired[PlaylistSummary]


class SavedPage(BaseModel):
    """What was saved, the last first, in pages."""

    model_config = ANSWER

    items: list[SavedItem]
    total: int
    nextCursor: str | None


class SaveItems(BaseModel):
    """What to save."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    ids: _Ids


class ItemsSaved(BaseModel):
    """How many are saved now."""

    model_config = ANSWER

    saved: Annotated[int, Field(description="That were not saved before.")]
    alreadySaved: int


class UnsaveItems(BaseModel):
    """What not to keep saved."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    ids: _Ids


class ItemsUnsaved(BaseModel):
    """How many were saved before."""

    model_config = ANSWER

    removed: int
    notSaved: Annotated[int, Field(description="That were not saved before either.")]


_EXAMPLE_ITEM: dict[str, Any] = {
    "id": Kind.ARTIST.example,
    "kind": "artist",
    "name": "Artist Name",
    "savedAt": "2026-03-08T09:30:00.000Z",
    "missing": False,
    "artist": {
        "id": Kind.ARTIST.example,
        "name": "Artist Name",
        "trackCount": 12,
        "albumCount": 1,
        "playCount": 40,
        "saved": True,
    },
}

LIST_SAVED = Operation(
    name="list_saved",
    route="GET /api/saved",
    area=Area.SAVED,
    summary="List what was saved",
    description="Returns saved tracks, albums, artists and playlists, the last saved first.",
    request=ListSaved,
    response=SavedPage,
    response_description="One page of what was saved.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(request={"kind": "artist"}, response={"items": [_EXAMPLE_ITEM], "total": 1, "nextCursor": None}),
)

SAVE_ITEMS = Operation(
    name="save_items",
    route="POST /api/saved",
    area=Area.SAVED,
    summary="Save tracks, albums, artists and playlists",
    description="Saves all of them or, if an id is unknown, none. What is saved already stays as it is.",
    request=SaveItems,
    response=ItemsSaved,
    response_description="How many were new.",
    effect=Effect.CREATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound, AlbumNotFound, ArtistNotFound, PlaylistNotFound),
    in_reference=False,
    example=Example(request={"ids": [Kind.ARTIST.example]}, response={"saved": 1, "alreadySaved": 0}),
)

UNSAVE_ITEMS = Operation(
    name="unsave_items",
    route="DELETE /api/saved",
    area=Area.SAVED,
    summary="Take items out of what was saved",
    description="Takes them out of what was saved, whether they are there at present or not; they themselves stay.",
    request=UnsaveItems,
    response=ItemsUnsaved,
    response_description="How many were saved before.",
    effect=Effect.DELETE,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={"ids": [Kind.ARTIST.example]}, response={"removed": 1, "notSaved": 0}),
)

OPERATIONS = (LIST_SAVED, SAVE_ITEMS, UNSAVE_ITEMS)
