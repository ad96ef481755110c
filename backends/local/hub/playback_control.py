"""The verbs of a player, and the way back."""

from collections.abc import Awaitable, Callable, Mapping

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.playback_answers import allowed_actions, entry_number
from backends.local.hub.playback_changes import PlaybackChange, changing_playback
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound, NotAllowedNow, NothingToPlay
from contract.hub.playback import GO_BACK, GoBack
from contract.hub.playback_session import PlaybackSession, Verb
from contract.hub.queue import CONTROL_PLAYBACK, ControlPlayback

__all__ = ["HANDLERS", "play_on"]

HANDLERS = Handlers[Hub]()

_RESTART_AFTER_MS = 3_000
"""So far into a track `previous` starts it again."""

_NEEDS: Mapping[Verb, str] = {
    "seek": "positionMs",
    "setVolume": "volume",
    "setRepeat": "repeat",
    "setShuffle": "shuffle",
}

_TAKES: Mapping[str, Verb] = {
    **{field: verb for verb, field in _NEEDS.items()},
    "entryId": "play",
    "deviceId": "setDevice",
    "deviceName": "setDevice",
}

_NOT_THERE = "Its file, and those of what follows it, are not there. Nothing was changed."

_WAY_BACK = "SELECT id, entry, track_id FROM playback_trail ORDER BY id DESC"

_GONE_BACK = "DELETE FROM playback_trail WHERE id >= ?"


@HANDLERS.handles(CONTROL_PLAYBACK)
async def control_playback(hub: Hub, request: ControlPlayback) -> PlaybackSession:
    """Carry out one verb; what it needs is given, and nothing that belongs to another."""
    _check(request)
    async with changing_playback(hub) as change:
        if not change.queue.entries and request.action in {"play", "toggle", "next", "previous"}:
            raise NothingToPlay
        if request.action not in allowed_actions(change.session, change.queue, has_trail=False):
            raise NotAllowedNow(_why_not(request.action))
        await _VERBS[request.action](change, request)
    return await change.answer()


@HANDLERS.handles(GO_BACK)
async def go_back(hub: Hub, request: GoBack) -> PlaybackSession:  # noqa: ARG001  (it says nothing)
    """The way back gets shorter by it; tracks whose files are not there are passed over."""
    async with changing_playback(hub) as change:
        queue = change.queue
        for id_, entry, track_id in list(await change.connection.execute_fetchall(_WAY_BACK)):
            if not await change.is_there(track_id):
                continue
            await change.connection.execute(_GONE_BACK, (id_,))
            back = entry if entry in queue.tracks else queue.add_before(change.session.entry, track_id)
            await change.start(back, leaving_a_trail=False)
            break
        else:
            raise NotAllowedNow("Nothing was played before that is still there. Nothing was changed.")
    return await change.answer()


async def play_on(change: PlaybackChange) -> None:
    """Go on with the current entry, or with the first one that has its file.

    Raises:
        NothingToPlay: There is none.
    """
    session, queue = change.session, change.queue
    if session.entry is None:
        entry = await change.first_there(iter(queue.entries))
    else:
        follow = queue.after(session.entry, around=session.repeat == "all")
        entry = await change.first_there(each for some in ([session.entry], follow) for each in some)
    if entry is None:
        raise NothingToPlay(_NOT_THERE if queue.entries else None)
    if entry != session.entry:
        await change.start(entry)
    elif change.duration_ms and session.position_ms >= change.duration_ms:
        change.seek(0)  # it has come to its end
    session.state = "playing"


async def _play(change: PlaybackChange, request: ControlPlayback) -> None:
    if request.entryId is None:
        await play_on(change)
        return
    entry = entry_number(request.entryId)
    if entry not in change.queue.tracks:
        raise EntryNotFound("The queue has no entry with that id.")
    if await change.first_there(iter([entry])) is None:
        raise NothingToPlay("The file of that entry's track is not there. Nothing was changed.")
    if entry == change.session.entry:
        change.seek(0)
    else:
        await change.start(entry)
    change.session.state = "playing"


async def _pause(change: PlaybackChange, _request: ControlPlayback) -> None:
    change.session.state = "paused"


async def _toggle(change: PlaybackChange, request: ControlPlayback) -> None:
    await (_pause if change.session.state == "playing" else _play)(change, request)


async def _stop(change: PlaybackChange, _request: ControlPlayback) -> None:
    change.session.state = "stopped"
    change.seek(0)


async def _next(change: PlaybackChange, _request: ControlPlayback) -> None:
    session, queue = change.session, change.queue
    if session.entry is not None:
        entry = await change.first_there(queue.after(session.entry, around=session.repeat == "all"))
        if entry is None:
            raise NothingToPlay("The files of what follows are not there. Nothing was changed.")
        await change.start(entry)


async def _previous(change: PlaybackChange, _request: ControlPlayback) -> None:
    session, queue = change.session, change.queue
    if session.entry is None:
        return
    entry = None
    if session.position_ms <= _RESTART_AFTER_MS:
        entry = await change.first_there(queue.before(session.entry, around=session.repeat == "all"))
    if entry is None:
        change.seek(0)
    else:
        await change.start(entry)


async def _seek(change: PlaybackChange, request: ControlPlayback) -> None:
    position_ms = request.positionMs or 0
    if change.duration_ms and position_ms > change.duration_ms:
        raise InvalidRequest(
            f"positionMs must be within the track: a whole number from 0 to {change.duration_ms}.", field="positionMs"
        )
    change.seek(position_ms)


async def _set_volume(change: PlaybackChange, request: ControlPlayback) -> None:
    if request.volume is not None:
        change.session.volume = request.volume


async def _set_repeat(change: PlaybackChange, request: ControlPlayback) -> None:
    if request.repeat is not None:
        change.session.repeat = request.repeat


async def _set_shuffle(change: PlaybackChange, request: ControlPlayback) -> None:
    change.set_shuffle(on=bool(request.shuffle))


async def _set_device(change: PlaybackChange, request: ControlPlayback) -> None:
    if request.deviceId is None:
        change.session.device = None
    else:
        id_ = clean(request.deviceId)
        change.session.device = {"id": id_, "name": clean(request.deviceName or "") or id_}


_VERBS: Mapping[Verb, Callable[[PlaybackChange, ControlPlayback], Awaitable[None]]] = {
    "play": _play,
    "pause": _pause,
    "toggle": _toggle,
    "stop": _stop,
    "next": _next,
    "previous": _previous,
    "seek": _seek,
    "setVolume": _set_volume,
    "setRepeat": _set_repeat,
    "setShuffle": _set_shuffle,
    "setDevice": _set_device,
}


def _check(request: ControlPlayback) -> None:
    for field, verb in _TAKES.items():
        if getattr(request, field) is not None and request.action != verb:
            raise InvalidRequest(f"{field} goes with action={verb}.", field=field)
    needed = _NEEDS.get(request.action)
    if needed is not None and getattr(request, needed) is None:
        raise InvalidRequest(f"action={request.action} needs {needed}.", field=needed)
    if request.deviceName is not None and request.deviceId is None:
        raise InvalidRequest("deviceName needs deviceId.", field="deviceId")


def _why_not(verb: Verb) -> str:
    match verb:
        case "next":
            return (
                "It is the last entry of the queue, and repeat is not all; or nothing is current. Nothing was changed."
            )
        case "pause" | "stop":
            return "It is stopped already. Nothing was changed."
        case _:
            return "No entry is current. Nothing was changed."
