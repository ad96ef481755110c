"""The one playback session of a hub: what is playing, from where, and what comes next."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.ids import AnyId, Kind, QueueEntryId
from contract.hub.summaries import EXAMPLE_TRACK, TrackSummary
from contract.identifiers import Timestamp

__all__ = [
    "EXAMPLE_SESSION",
    "LARGEST_QUEUE",
    "Action",
    "Context",
    "ContextKind",
    "CurrentEntry",
    "Device",
    "PlaybackSession",
    "QueueEntry",
    "Repeat",
    "State",
    "Verb",
]

LARGEST_QUEUE = 50_000
"""Entries; as many as the largest playlist has."""


State = Literal["stopped", "playing", "paused"]

Repeat = Literal["off", "one", "all"]
"""What follows the end of an entry: the next one to the end of the queue, itself, or the queue round and round."""

ContextKind = Literal["album", "artist", "playlist", "track", "search", "library"]
"""What a queue can be made from; a search and the library as a whole have no id."""

Verb = Literal[
    "play",
    "pause",
    "toggle",
    "stop",
    "next",
    "previous",
    "seek",
    "setVolume",
    "setRepeat",
    "setShuffle",
    "setDevice",
]
"""What `control_playback` does."""

Action = Literal[Verb, "goBack"]


@with_config(ANSWER)
class Device(TypedDict):
    """What the sound comes from."""

    id: str
    name: str


@with_config(ANSWER)
class Context(TypedDict):
    """What the queue was made from."""

    kind: ContextKind
    id: AnyId | None
    name: str | None


@with_config(ANSWER)
class QueueEntry(TypedDict):
    """One entry of the queue; the same track may be in several."""

    entryId: QueueEntryId
    track: TrackSummary


@with_config(ANSWER)
class CurrentEntry(QueueEntry):
    """The entry that plays, or would."""

    index: Annotated[int, Field(description="Its place in the queue, counted from 0.")]


class PlaybackSession(BaseModel):
    """The playback session, with the queue around its current entry."""

    model_config = ANSWER

    revision: Annotated[int, Field(description="Rises with each change.")]
    state: State
    current: CurrentEntry | None
    positionMs: Annotated[int, Field(description="Where the current track was at `positionAt`, in milliseconds.")]
    positionAt: Annotated[
        Timestamp | None,
        Field(description="While it plays it has gone on since: positionMs + (now - positionAt) * rate, to its end."),
    ]
    rate: Annotated[float, Field(description="Speed: 1 is as recorded.")]
    positionNowMs: Annotated[int, Field(description="Where the track was when this was answered.")]
    durationMs: Annotated[int | None, Field(description="Of the current track.")]
    repeat: Repeat
    shuffle: bool
    volume: Annotated[int, Field(description="From 0 to 100.")]
    device: Device | None
    context: Context | None
    queue: Annotated[list[QueueEntry], Field(description="In the order in which it plays.")]
    queueOffset: Annotated[int, Field(description="Place of the first of these entries in the whole queue.")]
    queueTotal: int
    allowedActions: Annotated[list[Action], Field(description="What makes sense now; anything else is refused.")]
    updatedAt: Timestamp | None


EXAMPLE_SESSION: dict[str, Any] = {
    "revision": 42,
    "state": "playing",
    "current": {"entryId": Kind.QUEUE_ENTRY.example, "track": EXAMPLE_TRACK, "index": 0},
    "positionMs": 61000,
    "positionAt": "2026-03-08T10:30:00.000Z",
    "rate": 1.0,
    "positionNowMs": 63500,
    "durationMs": 187000,
    "repeat": "off",
    "shuffle": False,
    "volume": 80,
    "device": None,
    "context": {"kind": "album", "id": Kind.ALBUM.example, "name": "Sur le toit"},
    "queue": [{"entryId": Kind.QUEUE_ENTRY.example, "track": EXAMPLE_TRACK}],
    "queueOffset": 0,
    "queueTotal": 1,
    "allowedActions": [
        "play",
        "pause",
        "toggle",
        "stop",
        "previous",
        "seek",
        "setVolume",
        "setRepeat",
        "setShuffle",
        "setDevice",
    ],
    "updatedAt": "2026-03-08T10:30:00.000Z",
}
"""Of the references."""
