"""The playback session as the contract shows it, and what it allows."""

from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.playback_store import Stored
from backends.local.hub.queue import Queue
from backends.local.hub.session import Session
from backends.local.hub.summaries import tracks_by_id
from contract.hub.ids import Kind
from contract.hub.playback import GetPlaybackSession
from contract.hub.playback_session import Action, CurrentEntry, PlaybackSession, QueueEntry

__all__ = ["allowed_actions", "entry_id", "entry_number", "session_answer"]

_NO_WISHES = GetPlaybackSession.model_construct()

_BEFORE_CURRENT = 5
"""One entry in so many of a page around the current one lies before it."""

_ALWAYS: tuple[Action, ...] = ("setVolume", "setRepeat", "setShuffle", "setDevice")


def entry_id(entry: int) -> str:
    """An entry's number as the outside calls it."""
    return f"{Kind.QUEUE_ENTRY.prefix}_{entry:016x}"


def entry_number(id_: str) -> int:
    """The number behind such an id."""
    return int(id_.removeprefix(f"{Kind.QUEUE_ENTRY.prefix}_"), 16)


async def session_answer(
    hub: Hub, stored: Stored, now: int, wishes: GetPlaybackSession = _NO_WISHES
) -> PlaybackSession:
    """The session at this moment, with the part of the queue that is wished for."""
    session, queue = stored.session, stored.queue
    index = None if session.entry is None else queue.index(session.entry)
    offset = _offset(wishes, index, len(queue.entries))
    page = queue.entries[offset : offset + wishes.queueLimit]
    shown = page if session.entry is None else [*page, session.entry]
    tracks = await tracks_by_id(hub, [queue.tracks[entry] for entry in shown])
    current: CurrentEntry | None = None
    if session.entry is not None and index is not None:
        current = {"entryId": entry_id(session.entry), "track": tracks[queue.tracks[session.entry]], "index": index}
    entries: list[QueueEntry] = [{"entryId": entry_id(entry), "track": tracks[queue.tracks[entry]]} for entry in page]
    duration = None if current is None else current["track"]["durationMs"]
    return PlaybackSession.model_construct(
        revision=session.revision,
        state=session.state,
        current=current,
        positionMs=session.position_ms,
        positionAt=None if current is None else timestamp(session.position_at),
        rate=session.rate,
        positionNowMs=session.position_at_moment(now, duration or 0),
        durationMs=duration,
        repeat=session.repeat,
        shuffle=queue.shuffled,
        volume=session.volume,
        device=session.device,
        context=session.context,
        queue=entries,
        queueOffset=offset,
        queueTotal=len(queue.entries),
        allowedActions=list(allowed_actions(session, queue, has_trail=stored.has_trail)),
        updatedAt=None if session.updated_at is None else timestamp(session.updated_at),
    )


def allowed_actions(session: Session, queue: Queue, *, has_trail: bool) -> tuple[Action, ...]:
    """What makes sense now."""
    allowed: list[Action] = []
    if queue.entries:
        allowed.extend(("play", "toggle"))
    if session.state != "stopped":
        allowed.extend(("pause", "stop"))
    if session.entry is not None:
        if session.repeat == "all" or queue.entries[-1] != session.entry:
            allowed.append("next")
        allowed.extend(("previous", "seek"))
    if has_trail:
        allowed.append("goBack")
    return (*allowed, *_ALWAYS)


def _offset(wishes: GetPlaybackSession, index: int | None, total: int) -> int:
    if wishes.queueOffset is not None:
        return min(wishes.queueOffset, total)
    around = (index or 0) - wishes.queueLimit // _BEFORE_CURRENT
    return max(0, min(around, total - wishes.queueLimit))
