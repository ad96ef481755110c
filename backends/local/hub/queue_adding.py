"""Fill the queue: tracks, albums, artists and playlists, now, next or last."""

from collections.abc import Sequence

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.playback_changes import PlaybackChange, changing_playback
from backends.local.hub.queue_sources import Source, remember_new, source_of_context, source_of_tracks
from contract.errors import InvalidRequest
from contract.hub.errors import Conflict, NothingToPlay
from contract.hub.playback_session import LARGEST_QUEUE
from contract.hub.queue import ADD_TO_QUEUE, AddedToQueue, AddToQueue

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_MOST_SKIPPED_SHOWN = 100

_FULL = f"The queue holds up to {LARGEST_QUEUE} entries, and has no room for these. Nothing was changed."


@HANDLERS.handles(ADD_TO_QUEUE)
async def add_to_queue(hub: Hub, request: AddToQueue) -> AddedToQueue:
    """Tracks whose files are not there are left out; if that leaves none, nothing is changed."""
    source = await _source(hub, request)
    playable = [track_id for track_id in source.track_ids if track_id in source.there]
    if not playable:
        raise NothingToPlay("Nothing of that has a file that is there. Nothing was changed.")
    async with changing_playback(hub) as change:
        added = await _add(change, request, source, playable)
        await remember_new(hub, change.connection, playable)
    session = await change.answer()
    skipped = [track_id for track_id in source.track_ids if track_id not in source.there]
    return AddedToQueue.model_construct(
        **dict(session),
        added=len(added),
        skipped=len(skipped),
        skippedIds=list(dict.fromkeys(skipped))[:_MOST_SKIPPED_SHOWN],
    )


async def _source(hub: Hub, request: AddToQueue) -> Source:
    if request.trackIds is not None and request.contextId is None:
        source = await source_of_tracks(hub, request.trackIds)
    elif request.contextId is not None and request.trackIds is None:
        source = await source_of_context(hub, request.contextId)
    else:
        raise InvalidRequest("Either trackIds or contextId says what to add, and not both.", field="trackIds")
    if request.startIndex is None:
        return source
    if request.when != "now":
        raise InvalidRequest("startIndex goes with when=now: nothing else starts.", field="startIndex")
    if request.startIndex >= len(source.track_ids):
        most = len(source.track_ids) - 1
        raise InvalidRequest(
            f"startIndex must be a whole number from 0 to {most}." if most >= 0 else "There is nothing to start with.",
            field="startIndex",
        )
    return source


async def _add(change: PlaybackChange, request: AddToQueue, source: Source, playable: Sequence[str]) -> list[int]:
    session, queue = change.session, change.queue
    was_empty = not queue.entries
    gone = _replaced(change, request)
    if len(queue.entries) - len(gone) + len(playable) > LARGEST_QUEUE:
        raise Conflict(_FULL, next_step="Clear it, or replace it with these.")
    if request.shuffle is not None:
        change.set_shuffle(on=request.shuffle)
    added = queue.add_last(playable) if request.when == "last" else queue.add_after(session.entry, playable)
    first = _first(request, source, added)
    if request.shuffle or (queue.shuffled and request.replace):
        first = queue.mix(added, first)
    if request.when == "now":
        # Before others go, so that the way back leads to what was current.
        await change.start(added[0] if first is None else first)
        session.state = "playing"
    queue.remove(gone)
    if request.replace or was_empty:
        session.context = source.context
    return added


def _replaced(change: PlaybackChange, request: AddToQueue) -> list[int]:
    if not request.replace:
        return []
    return [entry for entry in change.queue.entries if request.when == "now" or entry != change.session.entry]


def _first(request: AddToQueue, source: Source, added: Sequence[int]) -> int | None:
    """The one that starts, if somebody says which; where its file is not there, the next one."""
    if request.startIndex is None:
        return None
    there_before = sum(track_id in source.there for track_id in source.track_ids[: request.startIndex])
    return added[there_before % len(added)]
