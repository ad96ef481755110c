"""The playback session read and written as a whole, the way back, and what was played."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import EntryNotFound, LibraryTrackNotFound, NotAllowedNow, NothingToPlay, StaleRevision
from contract.hub.ids import AnyId, Kind, QueueEntryId, TrackId
from contract.hub.playback_session import (
    EXAMPLE_SESSION,
    LARGEST_QUEUE,
    Context,
    ContextKind,
    Device,
    PlaybackSession,
    Repeat,
    State,
)
from contract.hub.queue import QUEUE_OPERATIONS, DeviceId, DeviceName, PositionMs, Volume
from contract.hub.summaries import Cursor, Limit, TrackSummary
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation

__all__ = [
    "GET_PLAYBACK_SESSION",
    "GO_BACK",
    "LIST_PLAYS",
    "OPERATIONS",
    "PUT_PLAYBACK_SESSION",
    "GetPlaybackSession",
    "GoBack",
    "ListPlays",
    "NewContext",
    "NewDevice",
    "NewEntry",
    "Play",
    "PlayPage",
    "PutPlaybackSession",
]

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

_SLOWEST, _FASTEST = 0.25, 4.0


def _bounded_rate(value: float) -> float:
    if _SLOWEST <= value <= _FASTEST:
        return value
    raise ValueError(f"must be a number from {_SLOWEST} to {_FASTEST:g}")


Rate = Annotated[
    float,
    AfterValidator(_bounded_rate),
    Field(description="Speed: 1 is as recorded.", json_schema_extra={"minimum": _SLOWEST, "maximum": _FASTEST}),
]


class GetPlaybackSession(BaseModel):
    """Which part of the queue comes with the session."""

    model_config = _REQUEST

    queueLimit: Annotated[int, Field(ge=0, le=200, description="Most entries of the queue to return.")] = 50
    queueOffset: Annotated[
        int | None,
        Field(ge=0, le=LARGEST_QUEUE, description="First entry to return, from 0; left out: around the current one."),
    ] = None


class NewEntry(BaseModel):
    """An entry of the queue as it is to be: one that is there, or a track."""

    model_config = _REQUEST

    entryId: QueueEntryId | None = None
    trackId: TrackId | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.entryId is None) == (self.trackId is None):
            raise ValueError("must have either entryId, of an entry that is there, or trackId, for a new one")
        return self


class NewDevice(BaseModel):
    """What the sound comes from."""

    model_config = _REQUEST

    id: DeviceId
    name: DeviceName


class NewContext(BaseModel):
    """What the queue was made from."""

    model_config = _REQUEST

    kind: ContextKind
    id: AnyId | None = None
    name: Annotated[str | None, Field(max_length=500)] = None


class PutPlaybackSession(BaseModel):
    """The session as it is to be; what is left out stays as it is."""

    model_config = _REQUEST

    revision: Annotated[int, Field(ge=0, le=2**53, description="Of the session that the change was made for.")]
    state: State | None = None
    entryId: Annotated[
        QueueEntryId | None, Field(description="The entry that is to be current, from its start; null: none.")
    ] = None
    positionMs: Annotated[
        PositionMs | None,
        Field(description="Where the current track is now, in milliseconds; past its end counts as its end."),
    ] = None
    rate: Rate | None = None
    repeat: Repeat | None = None
    shuffle: Annotated[
        bool | None, Field(description="Switched off, the queue is as it was, with what was added meanwhile.")
    ] = None
    volume: Volume | None = None
    device: Annotated[NewDevice | None, Field(description="null: none.")] = None
    queue: Annotated[
        list[NewEntry] | None,
        Field(max_length=LARGEST_QUEUE, description="The whole queue; entries that are there are named by their id."),
    ] = None
    context: Annotated[NewContext | None, Field(description="null: none.")] = None


class GoBack(BaseModel):
    """Nothing to say."""

    model_config = _REQUEST


class ListPlays(BaseModel):
    """Which page of the plays."""

    model_config = _REQUEST

    trackId: Annotated[TrackId | None, Field(description="Of this track alone.")] = None
    limit: Limit = 50
    cursor: Cursor = None


@with_config(ANSWER)
class Play(TypedDict):
    """A track that was played: half of it, or four minutes."""

    track: TrackSummary
    playedAt: Annotated[Timestamp, Field(description="When it had been played for that long.")]
    listenedMs: Annotated[int, Field(description="How long it was played then and there; seeking is not playing.")]
    context: Context | None
    device: Device | None


class PlayPage(BaseModel):
    """One page of the plays."""

    model_config = ANSWER

    plays: list[Play]
    nextCursor: str | None


GET_PLAYBACK_SESSION = Operation(
    name="get_playback_session",
    route="GET /api/playback/session",
    area=Area.PLAYBACK,
    summary="Fetch the playback session",
    description="Returns what is playing and from where, the queue around it, and what can be done now.",
    request=GetPlaybackSession,
    response=PlaybackSession,
    response_description="The playback session.",
    effect=Effect.READ,
    access=Access.HUB,
    example=Example(request={}, response=EXAMPLE_SESSION),
)

PUT_PLAYBACK_SESSION = Operation(
    name="put_playback_session",
    route="PUT /api/playback/session",
    area=Area.PLAYBACK,
    summary="Write the playback session",
    description=(
        "Writes what is sent and leaves the rest as it is. A player says by it where it is; with a revision that is "
        "not the present one nothing is changed, and the error holds the present session."
    ),
    request=PutPlaybackSession,
    response=PlaybackSession,
    response_description="The playback session after the change.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(StaleRevision, EntryNotFound, LibraryTrackNotFound, NothingToPlay),
    example=Example(request={"revision": 41, "volume": 80}, response=EXAMPLE_SESSION),
)

GO_BACK = Operation(
    name="go_back",
    route="POST /api/playback/history/back",
    area=Area.PLAYBACK,
    summary="Go back to what played before",
    description=(
        "Makes the entry current that was current before, however it came to change; if it is no longer in the "
        "queue, its track is put in again, before the current entry."
    ),
    request=GoBack,
    response=PlaybackSession,
    response_description="The playback session after the change.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    errors=(NotAllowedNow,),
    example=Example(request={}, response=EXAMPLE_SESSION),
)

LIST_PLAYS = Operation(
    name="list_plays",
    route="GET /api/playback/history",
    area=Area.PLAYBACK,
    summary="List what was played",
    description="Returns the tracks that were played for half their length or four minutes, the last one first.",
    request=ListPlays,
    response=PlayPage,
    response_description="One page of plays, newest first.",
    effect=Effect.READ,
    access=Access.HUB,
    in_reference=False,
    example=Example(
        request={"limit": 50},
        response={
            "plays": [
                {
                    "track": EXAMPLE_SESSION["current"]["track"],
                    "playedAt": "2026-03-07T21:14:09.120Z",
                    "listenedMs": 187000,
                    "context": {"kind": "album", "id": Kind.ALBUM.example, "name": "Sur le toit"},
                    "device": None,
                }
            ],
            "nextCursor": None,
        },
    ),
)

OPERATIONS = (GET_PLAYBACK_SESSION, PUT_PLAYBACK_SESSION, GO_BACK, LIST_PLAYS, *QUEUE_OPERATIONS)
