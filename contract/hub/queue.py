"""The queue filled and edited, and the session controlled by plain verbs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.hub.errors import (
    AlbumNotFound,
    ArtistNotFound,
    Conflict,
    EntryNotFound,
    LibraryTrackNotFound,
    NotAllowedNow,
    NothingToPlay,
    PlaylistNotFound,
)
from contract.hub.ids import AnyId, Kind, QueueEntryId, TrackId
from contract.hub.playback_session import EXAMPLE_SESSION, LARGEST_QUEUE, PlaybackSession, Repeat, Verb
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "ADD_TO_QUEUE",
    "CONTROL_PLAYBACK",
    "EDIT_QUEUE",
    "MOST_AT_ONCE",
    "QUEUE_OPERATIONS",
    "AddToQueue",
    "AddedToQueue",
    "Clear",
    "ControlPlayback",
    "DeviceId",
    "DeviceName",
    "EditQueue",
    "PositionMs",
    "Volume",
    "When",
]

MOST_AT_ONCE = 1000
"""Tracks or entries of one call."""

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

_A_WEEK_MS = 604_800_000

PositionMs = Annotated[int, Field(ge=0, le=_A_WEEK_MS)]
Volume = Annotated[int, Field(ge=0, le=100, description="From 0 to 100.")]
DeviceId = Annotated[str, Field(min_length=1, max_length=200)]
DeviceName = Annotated[str, Field(min_length=1, max_length=200)]
EntryIds = Annotated[list[QueueEntryId], Field(min_length=1, max_length=MOST_AT_ONCE)]


When = Literal["now", "next", "last"]
"""At once and playing, after the current entry, or at the end."""

Clear = Literal["all", "upcoming"]
"""The whole queue, or what comes after the current entry."""


class AddToQueue(BaseModel):
    """What to put into the queue, and where: tracks, or all that an id stands for."""

    model_config = _REQUEST

    trackIds: Annotated[list[TrackId] | None, Field(min_length=1, max_length=MOST_AT_ONCE)] = None
    contextId: Annotated[
        AnyId | None, Field(description="An album, artist, playlist or track: all of it, in its own order.")
    ] = None
    when: Annotated[When, Field(description="now: next, and it starts playing; next: after the current entry; last.")]
    replace: Annotated[
        bool, Field(description="Whether all other entries go; with next and last the current one stays and plays on.")
    ] = False
    shuffle: Annotated[bool | None, Field(description="Switch shuffle on or off with it.")] = None
    startIndex: Annotated[
        int | None,
        Field(ge=0, le=LARGEST_QUEUE, description="With now: which of them starts, counted from 0."),
    ] = None


class AddedToQueue(PlaybackSession):
    """The session after the change, and what became of what was asked for."""

    added: Annotated[int, Field(description="New entries.")]
    skipped: Annotated[int, Field(description="Tracks left out, since their files are not there.")]
    skippedIds: Annotated[list[TrackId], Field(description="The first hundred of them.")]


class EditQueue(BaseModel):
    """What to clear, remove and move, in this order; all of it or nothing."""

    model_config = _REQUEST

    clear: Clear | None = None
    remove: Annotated[EntryIds | None, Field(description="Entries to take out.")] = None
    move: Annotated[EntryIds | None, Field(description="Entries to move, in the order in which they are to play.")] = (
        None
    )
    position: Annotated[
        int | None,
        Field(
            ge=0,
            le=LARGEST_QUEUE,
            description="Of move: the place, from 0, that the first of them has afterwards.",
        ),
    ] = None


class ControlPlayback(BaseModel):
    """A verb, with what it needs."""

    model_config = _REQUEST

    action: Verb
    entryId: Annotated[QueueEntryId | None, Field(description="For play: start this entry; left out: go on.")] = None
    positionMs: Annotated[PositionMs | None, Field(description="For seek: within the track, in milliseconds.")] = None
    volume: Annotated[Volume | None, Field(description="For setVolume: from 0 to 100.")] = None
    repeat: Annotated[Repeat | None, Field(description="For setRepeat.")] = None
    shuffle: Annotated[bool | None, Field(description="For setShuffle.")] = None
    deviceId: Annotated[DeviceId | None, Field(description="For setDevice; left out: none.")] = None
    deviceName: Annotated[DeviceName | None, Field(description="For setDevice.")] = None


ADD_TO_QUEUE = Operation(
    name="add_to_queue",
    route="POST /api/playback/queue",
    area=Area.PLAYBACK,
    summary="Play or queue tracks",
    description=(
        "Puts tracks, or a whole album, artist or playlist, into the queue, now, next or last; with `replace` and "
        "`now` it plays them in place of what was there. Tracks whose files are not there are left out."
    ),
    request=AddToQueue,
    response=AddedToQueue,
    response_description="The playback session after the change, and how many entries are new.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(LibraryTrackNotFound, AlbumNotFound, ArtistNotFound, PlaylistNotFound, NothingToPlay, Conflict),
    in_reference=False,
    example=Example(
        request={"contextId": Kind.ALBUM.example, "when": "now", "replace": True},
        response={**EXAMPLE_SESSION, "added": 1, "skipped": 0, "skippedIds": []},
    ),
)

EDIT_QUEUE = Operation(
    name="edit_queue",
    route="PATCH /api/playback/queue",
    area=Area.PLAYBACK,
    summary="Remove, move and clear queue entries",
    description=(
        "Takes entries out of the queue or gives them another place. If the current one is taken out, what follows "
        "it takes its place."
    ),
    request=EditQueue,
    response=PlaybackSession,
    response_description="The playback session after the change.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(EntryNotFound,),
    in_reference=False,
    example=Example(request={"clear": "upcoming"}, response=EXAMPLE_SESSION),
)

CONTROL_PLAYBACK = Operation(
    name="control_playback",
    route="POST /api/playback/control",
    area=Area.PLAYBACK,
    summary="Control playback",
    description=(
        "Carries out one verb as a player's buttons do: `previous` starts the track again once it has played for more "
        "than three seconds, and `next` and `previous` pass over tracks whose files are not there."
    ),
    request=ControlPlayback,
    response=PlaybackSession,
    response_description="The playback session after the change.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(EntryNotFound, NothingToPlay, NotAllowedNow),
    in_reference=False,
    example=Example(request={"action": "setVolume", "volume": 80}, response=EXAMPLE_SESSION),
)

QUEUE_OPERATIONS = (ADD_TO_QUEUE, EDIT_QUEUE, CONTROL_PLAYBACK)
