"""Take entries out of the queue, and give them other places."""

from collections.abc import Iterable, Sequence

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.playback_answers import entry_number
from backends.local.hub.playback_changes import PlaybackChange, changing_playback
from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound
from contract.hub.playback_session import PlaybackSession
from contract.hub.queue import EDIT_QUEUE, EditQueue

__all__ = ["HANDLERS", "entries_of"]

HANDLERS = Handlers[Hub]()


@HANDLERS.handles(EDIT_QUEUE)
async def edit_queue(hub: Hub, request: EditQueue) -> PlaybackSession:
    """Clear, then remove, then move; all of it or nothing."""
    if (request.move is None) != (request.position is None):
        missing, given = ("position", "move") if request.position is None else ("move", "position")
        raise InvalidRequest(f"{given} needs {missing}, too.", field=missing)
    if request.clear is None and request.remove is None and request.move is None:
        raise InvalidRequest("There is nothing to do: give clear, remove, or move with position.")
    async with changing_playback(hub) as change:
        if request.clear is not None:
            await _clear(change, upcoming=request.clear == "upcoming")
        if request.remove is not None:
            await _remove(change, entries_of(change, request.remove, "remove"))
        if request.move is not None and request.position is not None:
            _move(change, entries_of(change, request.move, "move"), request.position)
    return await change.answer()


def entries_of(change: PlaybackChange, ids: Iterable[str], field: str) -> list[int]:
    """The entries behind the ids.

    Raises:
        EntryNotFound: One of them is not in the queue; the field says which.
        InvalidRequest: One comes twice.
    """
    entries: dict[int, None] = {}
    for place, id_ in enumerate(ids):
        entry = entry_number(id_)
        if entry not in change.queue.tracks:
            raise EntryNotFound("The queue has no entry with that id.", field=f"{field}.{place}")
        if entry in entries:
            raise InvalidRequest(f"{field}.{place} names an entry that was named before.", field=f"{field}.{place}")
        entries[entry] = None
    return list(entries)


async def _clear(change: PlaybackChange, *, upcoming: bool) -> None:
    session, queue = change.session, change.queue
    if upcoming and session.entry is not None:
        queue.remove(list(queue.after(session.entry, around=False)))
        return
    await change.start(None)
    session.context = None
    queue.remove(queue.entries)


async def _remove(change: PlaybackChange, entries: Sequence[int]) -> None:
    session, queue = change.session, change.queue
    gone = set(entries)
    if session.entry in gone:
        follow = queue.after(session.entry, around=session.repeat == "all")
        await change.start(await change.first_there(entry for entry in follow if entry not in gone))
    queue.remove(entries)


def _move(change: PlaybackChange, entries: Sequence[int], position: int) -> None:
    last = len(change.queue.entries) - len(entries)
    if position > last:
        raise InvalidRequest(
            f"position must be a whole number from 0 to {last}, the place of the first of them after the move.",
            field="position",
        )
    change.queue.move(entries, position)
