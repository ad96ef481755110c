"""The playback session, read and written as a whole."""

from collections.abc import Iterator, Sequence

from backends.handlers import Handlers
from backends.local.hub import playback_control, plays, queue_adding, queue_edits
from backends.local.hub.context import Hub
from backends.local.hub.playback_answers import entry_number, session_answer
from backends.local.hub.playback_changes import PlaybackChange, changing_playback
from backends.local.hub.playback_control import play_on
from backends.local.hub.playback_store import read
from backends.local.hub.queue_sources import check_known, remember_new
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound
from contract.hub.playback import (
    GET_PLAYBACK_SESSION,
    PUT_PLAYBACK_SESSION,
    GetPlaybackSession,
    NewContext,
    NewDevice,
    NewEntry,
    PutPlaybackSession,
)
from contract.hub.playback_session import Context, Device, PlaybackSession

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()
for _subject in (playback_control, plays, queue_adding, queue_edits):
    HANDLERS.include(_subject.HANDLERS)


@HANDLERS.handles(GET_PLAYBACK_SESSION)
async def get_playback_session(hub: Hub, request: GetPlaybackSession) -> PlaybackSession:
    """As it is stored; how far it has played since is worked out."""
    return await session_answer(hub, await read(hub), hub.clock(), request)


@HANDLERS.handles(PUT_PLAYBACK_SESSION)
async def put_playback_session(hub: Hub, request: PutPlaybackSession) -> PlaybackSession:
    """First what is queued, then what of it is current, then how it plays."""
    async with changing_playback(hub, request.revision) as change:
        if request.queue is not None:
            await _put_queue(change, request.queue, in_order=request.shuffle is False)
        if "entryId" in request.model_fields_set:
            await _put_entry(change, request.entryId)
        if request.shuffle is not None:
            change.set_shuffle(on=request.shuffle)
        await _put_state(change, request)
        _put_position(change, request.positionMs)
        _put_settings(change, request)
    return await change.answer()


async def _put_queue(change: PlaybackChange, wanted: Sequence[NewEntry], *, in_order: bool) -> None:
    """Make the queue what is sent; if the current entry is no longer in it, none is current."""
    queue = change.queue
    new = {f"queue.{place}.trackId": each.trackId for place, each in enumerate(wanted) if each.trackId is not None}
    await check_known(change.hub, new)
    entries = list(_entries(change, wanted))
    if change.session.entry not in set(entries):
        await change.start(None)
    if in_order:
        queue.unshuffle()
    queue.rewrite(entries)
    await remember_new(change.hub, change.connection, list(new.values()))


def _entries(change: PlaybackChange, wanted: Sequence[NewEntry]) -> Iterator[int | str]:
    seen: set[int] = set()
    for place, each in enumerate(wanted):
        if each.entryId is None:
            yield each.trackId or ""
            continue
        entry, field = entry_number(each.entryId), f"queue.{place}.entryId"
        if entry not in change.queue.tracks:
            raise EntryNotFound("The queue has no entry with that id.", field=field)
        if entry in seen:
            raise InvalidRequest(f"{field} names an entry that was named before; use trackId.", field=field)
        seen.add(entry)
        yield entry


async def _put_entry(change: PlaybackChange, id_: str | None) -> None:
    entry = None if id_ is None else entry_number(id_)
    if entry is not None and entry not in change.queue.tracks:
        raise EntryNotFound("The queue has no entry with that id.")
    if entry != change.session.entry:
        await change.start(entry)


async def _put_state(change: PlaybackChange, request: PutPlaybackSession) -> None:
    """A player that plays a track knows better than the library whether its file is there."""
    session = change.session
    if request.state is None:
        return
    if session.entry is None and request.state != "stopped":
        await play_on(change)
    if request.state == "stopped":
        change.seek(0)
    session.state = request.state


def _put_position(change: PlaybackChange, position_ms: int | None) -> None:
    if position_ms is None:
        return
    if change.session.entry is None and position_ms:
        raise InvalidRequest("positionMs needs a current entry, and there is none.", field="positionMs")
    change.seek(position_ms)


def _put_settings(change: PlaybackChange, request: PutPlaybackSession) -> None:
    session = change.session
    if request.rate is not None:
        session.rate = request.rate
    if request.repeat is not None:
        session.repeat = request.repeat
    if request.volume is not None:
        session.volume = request.volume
    if "device" in request.model_fields_set:
        session.device = _device(request.device)
    if "context" in request.model_fields_set:
        session.context = _context(request.context)


def _device(device: NewDevice | None) -> Device | None:
    return None if device is None else {"id": clean(device.id), "name": clean(device.name)}


def _context(context: NewContext | None) -> Context | None:
    if context is None:
        return None
    name = None if context.name is None else clean(context.name)
    return {"kind": context.kind, "id": context.id, "name": name}
