"""Events: what has changed in the hub and how far a scan has come, told to whoever listens (Server-Sent Events)."""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import TooManyStreams
from contract.hub.ids import Kind, QueueEntryId
from contract.hub.playback_session import State
from contract.hub.scan import EXAMPLE_FIGURES, ScanFigures
from contract.identifiers import Timestamp
from contract.operation import EVENT_STREAM, Access, Area, Effect, Example, Operation, Surface

__all__ = [
    "EVENT_KINDS",
    "FOLLOW_LIBRARY",
    "FOLLOW_SCAN",
    "OPERATIONS",
    "EventKind",
    "FollowLibrary",
    "FollowScan",
    "LibraryEvent",
    "ScanEvent",
    "SessionNews",
]

EventKind = Literal[
    "session", "playlist", "saved", "plays", "overrides", "library", "roots", "scan", "searches", "resync"
]
"""Resync: anything may have changed, since the feed does not reach back to where the listener was."""

EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

_CHOSEN = tuple(kind for kind in EVENT_KINDS if kind != "resync")


def _known_kinds(value: str) -> str:
    if set(value.split(",")) <= set(_CHOSEN):
        return value
    raise ValueError(f"must be some of these, separated by commas: {', '.join(_CHOSEN)}")


Kinds = Annotated[
    str,
    AfterValidator(_known_kinds),
    Field(
        max_length=200,
        description=f"Kinds of events to be told, separated by commas: {', '.join(_CHOSEN)}; by default all.",
        examples=["session,playlist"],
    ),
]


class FollowLibrary(BaseModel):
    """Which events, and from where on."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    kinds: Kinds | None = None
    lastEventId: Annotated[
        str | None,
        Field(
            max_length=200,
            description="`id` of the last event that is known; a Last-Event-ID header counts more.",
        ),
    ] = None


class FollowScan(BaseModel):
    """Which scan: each one that runs."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


@with_config(ANSWER)
class SessionNews(TypedDict):
    """What a player needs at once of a session that has changed; the rest is in the session itself."""

    revision: Annotated[int, Field(description="A player that wrote this very one has nothing to do.")]
    state: State
    entryId: Annotated[QueueEntryId | None, Field(description="The current entry of the queue.")]
    positionMs: Annotated[int, Field(description="Where the current track was at `positionAt`, in milliseconds.")]
    positionAt: Timestamp | None
    rate: float
    volume: Annotated[int, Field(description="From 0 to 100.")]
    deviceId: Annotated[str | None, Field(description="Of what the sound is to come from.")]


class LibraryEvent(BaseModel):
    """The data of one event."""

    model_config = ANSWER

    kind: Annotated[EventKind, Field(description="What changed; the event bears the same name.")]
    id: Annotated[
        str | None,
        Field(description="Which one; null where there is but one, or where any of them may have changed."),
    ]
    session: Annotated[
        SessionNews | None,
        Field(description="How the session stands, with an event of it; if null all the same, ask for the session."),
    ]


class ScanEvent(BaseModel):
    """The data of one event."""

    model_config = ANSWER

    scan: Annotated[ScanFigures | None, Field(description="The running scan, or the last one; null if there was none.")]


_EXAMPLE_EVENT: dict[str, Any] = {
    "kind": "session",
    "id": None,
    "session": {
        "revision": 42,
        "state": "playing",
        "entryId": Kind.QUEUE_ENTRY.example,
        "positionMs": 61000,
        "positionAt": "2026-03-08T10:30:00.000Z",
        "rate": 1.0,
        "volume": 80,
        "deviceId": None,
    },
}

FOLLOW_LIBRARY = Operation(
    name="follow_library",
    route="GET /api/library/events",
    area=Area.EVENTS,
    summary="Follow what changes",
    description=(
        "Tells of each change in the hub within 300 ms, whichever program makes it, until the caller hangs up: events "
        "named by their kind, each with one JSON object. Of changes that come together each is told once."
    ),
    request=FollowLibrary,
    response=LibraryEvent,
    response_description="A stream of events, whose data is this.",
    effect=Effect.READ,
    access=Access.HUB,
    surfaces=frozenset({Surface.REST}),
    errors=(TooManyStreams,),
    media_types=(EVENT_STREAM,),
    notes=(
        "Each event has an `id`. Whoever connects again with the last one in the Last-Event-ID header misses nothing.",
        "Where the feed no longer reaches back so far, one event `resync` says that anything may have changed.",
        "A comment comes every 15 seconds. The stream ends when the caller's token does.",
    ),
    example=Example(request={"kinds": "session,playlist"}, response=_EXAMPLE_EVENT),
)

FOLLOW_SCAN = Operation(
    name="follow_scan",
    route="GET /api/scan/progress",
    area=Area.EVENTS,
    summary="Follow scans",
    description=(
        "Tells at once how the running scan stands, or how the last one ended; then how far it has come, four times a "
        "second at most, and its end. The stream stays open for the next scan."
    ),
    request=FollowScan,
    response=ScanEvent,
    response_description="A stream of events called `progress`, whose data is this.",
    effect=Effect.READ,
    access=Access.HUB,
    surfaces=frozenset({Surface.REST}),
    errors=(TooManyStreams,),
    media_types=(EVENT_STREAM,),
    notes=("A comment comes every 15 seconds. The stream ends when the caller's token does.",),
    example=Example(request={}, response={"scan": EXAMPLE_FIGURES}),
)

OPERATIONS = (FOLLOW_LIBRARY, FOLLOW_SCAN)
