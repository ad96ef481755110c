"""What is playing, and control of it."""

from typing import Any

from backends.backend import Backend
from contract.errors import InvalidRequest
from contract.hub.playback import GET_PLAYBACK_SESSION, GO_BACK, GetPlaybackSession, GoBack
from contract.hub.playback_session import PlaybackSession
from contract.hub.queue import CONTROL_PLAYBACK, EDIT_QUEUE, ControlPlayback, EditQueue
from contract.hub.tool_arguments import ControlArguments, NowPlayingArguments
from contract.hub.tool_results import SessionResult
from contract.hub.tools import CONTROL_TOOL, NOW_PLAYING_TOOL, TOOLS
from contract.validation import validate
from server.mcp.hub.rows import session_of
from server.mcp.hub.wording import told_as
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS", "NO_PLAYER"]

HANDLERS = ToolHandlers(TOOLS)

NO_PLAYER = "No player is connected to this session, so nothing is heard yet."

_ENTRIES = "hub_now_playing shows the entries' ids."

_VERBS = {"volume": "setVolume", "repeat": "setRepeat", "shuffle": "setShuffle"}

_NEEDS = {
    "seek": ("seconds",),
    "volume": ("volume",),
    "repeat": ("repeat",),
    "shuffle": ("shuffle",),
    "remove": ("entries",),
    "move": ("entries", "position"),
}


@HANDLERS.handles(NOW_PLAYING_TOOL)
async def now_playing(backend: Backend, arguments: NowPlayingArguments) -> SessionResult:
    """The session and what comes next."""
    # The current entry comes with them, and the one before it may.
    request = GetPlaybackSession(queueLimit=min(200, 2 * arguments.upcoming + 2))
    result = _result(await backend.call(GET_PLAYBACK_SESSION, request))
    result.session["next"] = result.session["next"][: arguments.upcoming]
    return result


@HANDLERS.handles(CONTROL_TOOL)
async def control(backend: Backend, arguments: ControlArguments) -> SessionResult:
    """One verb, carried out."""
    for needed in _NEEDS.get(arguments.action, ()):
        if getattr(arguments, needed) is None:
            raise InvalidRequest(f"{needed} is required for action={arguments.action}.", field=needed)
    if arguments.action == "back":
        return _result(await backend.call(GO_BACK, GoBack()))
    with told_as(ids_from=_ENTRIES, remove="entries", move="entries", entryId="entries"):
        if arguments.action in {"remove", "move", "clear"}:
            return _result(await backend.call(EDIT_QUEUE, _edit(arguments)))
        return _result(await backend.call(CONTROL_PLAYBACK, _verb(arguments)))


def _verb(arguments: ControlArguments) -> ControlPlayback:
    given: dict[str, Any] = {"action": _VERBS.get(arguments.action, arguments.action)}
    if arguments.action == "seek":
        given["positionMs"] = round((arguments.seconds or 0) * 1000)
    elif arguments.action in _VERBS:
        given[arguments.action] = getattr(arguments, arguments.action)
    elif arguments.action == "play" and arguments.entries:
        given["entryId"] = arguments.entries[0]
    return validate(ControlPlayback, given)


def _edit(arguments: ControlArguments) -> EditQueue:
    if arguments.action == "clear":
        return EditQueue(clear="all")
    if arguments.action == "remove":
        return validate(EditQueue, {"remove": arguments.entries})
    return validate(EditQueue, {"move": arguments.entries, "position": arguments.position})


def _result(session: PlaybackSession) -> SessionResult:
    hint = NO_PLAYER if session.state == "playing" and session.device is None else None
    return SessionResult.model_construct(session=session_of(session), hint=hint)
