"""Shares: a playlist, an artist, an album or a track that people without the hub may open while it is shared."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import (
    AlbumNotFound,
    ArtistNotFound,
    Conflict,
    LibraryTrackNotFound,
    PlaylistNotFound,
    ShareNotFound,
)
from contract.hub.ids import AnyId, Kind, ShareId
from contract.hub.share_sessions import SHARE_SESSION_OPERATIONS, ShareKind
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "CREATE_SHARE",
    "DEFAULT_DAYS",
    "DELETE_SHARE",
    "LIST_SHARES",
    "LONGEST_NOTE",
    "MOST_DAYS",
    "MOST_SHARES",
    "OPERATIONS",
    "CreateShare",
    "DeleteShare",
    "ListShares",
    "Reach",
    "Share",
    "ShareAnswer",
    "ShareDeleted",
    "ShareList",
]

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

DEFAULT_DAYS = 30
MOST_DAYS = 365
LONGEST_NOTE = 200

MOST_SHARES = 500
"""At a time."""

Reach = Literal["anywhere", "network", "machine"]
"""From where the link can be opened."""


class CreateShare(BaseModel):
    """What to share, and for how long."""

    model_config = _REQUEST

    id: Annotated[AnyId, Field(description="Of a playlist, an artist, an album or a track.")]
    days: Annotated[
        int | None,
        Field(ge=1, le=MOST_DAYS, description="How long it is shared; null: until it is unshared."),
    ] = DEFAULT_DAYS
    note: Annotated[
        str | None, Field(max_length=LONGEST_NOTE, description="For whom, say. Whoever opens the link does not see it.")
    ] = None
    keyed: Annotated[
        bool,
        Field(
            description=(
                "Whether the link holds a key. Without one, whoever knows the id can open it: those of albums and "
                "artists can be worked out from their names."
            )
        ),
    ] = True


@with_config(ANSWER)
class Share(TypedDict):
    """Something that is shared."""

    id: Annotated[ShareId, Field(description="Of the share.")]
    kind: ShareKind
    itemId: Annotated[AnyId, Field(description="Of what is shared.")]
    name: Annotated[str, Field(description="What it is called; of what is gone, what it was called.")]
    missing: Annotated[bool, Field(description="Whether it is gone, so that nobody can open it at present.")]
    note: str | None
    keyed: Annotated[bool, Field(description="Whether the link holds a key.")]
    createdAt: Timestamp
    expiresAt: Annotated[Timestamp | None, Field(description="null: when it is unshared.")]
    listeners: Annotated[int, Field(description="Pages on which it is open at present.")]
    path: Annotated[
        str | None,
        Field(description="Of its page. A key is told once, when it is made: afterwards null, where the link has one."),
    ]
    url: Annotated[str | None, Field(description="The link to pass on: `path` at the hub's own address.")]
    reach: Annotated[
        Reach | None,
        Field(description="From where the link can be opened: anywhere, the hub's own network, or its machine alone."),
    ]


class ShareAnswer(BaseModel):
    """The new share."""

    model_config = ANSWER

    share: Share


class ListShares(BaseModel):
    """Which shares."""

    model_config = _REQUEST

    itemId: Annotated[AnyId | None, Field(description="Only those of this playlist, artist, album or track.")] = None


class ShareList(BaseModel):
    """What is shared, the last first."""

    model_config = ANSWER

    shares: list[Share]


class DeleteShare(BaseModel):
    """Which share."""

    model_config = _REQUEST

    id: ShareId


class ShareDeleted(BaseModel):
    """What is shared no longer."""

    model_config = ANSWER

    deleted: Annotated[Share, Field(description="The share as it was.")]


_PLAYLIST = Kind.PLAYLIST.example

_EXAMPLE_SHARE: dict[str, Any] = {
    "id": Kind.SHARE.example,
    "kind": "playlist",
    "itemId": _PLAYLIST,
    "name": "Sunday Morning",
    "missing": False,
    "note": "For Anna",
    "keyed": True,
    "createdAt": "2026-03-08T09:30:00.000Z",
    "expiresAt": "2026-04-07T09:30:00.000Z",
    "listeners": 0,
    "path": None,
    "url": None,
    "reach": None,
}

_NEW_PATH = f"/share/playlist/{_PLAYLIST}?key=mhub_link_…"

_NOT_FOUND = (LibraryTrackNotFound, AlbumNotFound, ArtistNotFound, PlaylistNotFound)

CREATE_SHARE = Operation(
    name="create_share",
    route="POST /api/shares",
    area=Area.SHARES,
    summary="Share something",
    description=(
        "Makes a link under which anybody can see and play a playlist, an artist, an album or a track, until it "
        "expires or is unshared. What is added to a shared playlist later is shared with it. A second share of the "
        "same thing is another link."
    ),
    request=CreateShare,
    response=ShareAnswer,
    response_description="The share, with its link.",
    status=201,
    effect=Effect.CREATE,
    access=Access.HUB,
    errors=(*_NOT_FOUND, Conflict),
    notes=("The link's key is in this answer alone; the hub keeps a hash of it.",),
    in_reference=False,
    example=Example(
        request={"id": _PLAYLIST, "note": "For Anna"},
        response={
            "share": {
                **_EXAMPLE_SHARE,
                "path": _NEW_PATH,
                "url": f"https://hub.example{_NEW_PATH}",
                "reach": "anywhere",
            }
        },
    ),
)

LIST_SHARES = Operation(
    name="list_shares",
    route="GET /api/shares",
    area=Area.SHARES,
    summary="List what is shared",
    description="Returns what is shared at present, the last first. Links with a key are not shown again.",
    request=ListShares,
    response=ShareList,
    response_description="The shares.",
    effect=Effect.READ,
    access=Access.HUB,
    in_reference=False,
    example=Example(request={}, response={"shares": [_EXAMPLE_SHARE]}),
)

DELETE_SHARE = Operation(
    name="delete_share",
    route="DELETE /api/shares/{id}",
    area=Area.SHARES,
    summary="Unshare something",
    description=(
        "Ends a share: its link opens nothing any more, and what is being played by it stops. Other shares of the same "
        "thing go on."
    ),
    request=DeleteShare,
    response=ShareDeleted,
    response_description="The share as it was.",
    effect=Effect.DELETE,
    access=Access.HUB,
    errors=(ShareNotFound,),
    in_reference=False,
    example=Example(request={"id": Kind.SHARE.example}, response={"deleted": _EXAMPLE_SHARE}),
)


OPERATIONS = (CREATE_SHARE, LIST_SHARES, DELETE_SHARE, *SHARE_SESSION_OPERATIONS)
