"""Play this: chosen, put into the queue, and started."""

from backends.backend import Backend
from contract.hub.playback_session import PlaybackSession
from contract.hub.queue import ADD_TO_QUEUE, AddToQueue
from contract.hub.tool_arguments import PlayArguments
from contract.hub.tool_results import PlayResult
from contract.hub.tools import PLAY_TOOL, TOOLS
from contract.validation import validate
from server.mcp.hub.choosing import Choice, choose
from server.mcp.hub.playing import NO_PLAYER
from server.mcp.hub.rows import session_of
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_ASK = "Several things fit: ask which one is meant, then call hub_play again with its id as what."

_ASK_IF = "Only something like it is there: ask whether it is meant, then call hub_play again with its id as what."

_QUEUED = "It is in the queue, but nothing is playing: hub_control with action=play starts it."

_NOTHING = "Nothing in the library fits. Try other words with hub_search, or hub_browse to see what there is."

_SHOWN_NEXT = 10


@HANDLERS.handles(PLAY_TOOL)
async def play(backend: Backend, arguments: PlayArguments) -> PlayResult:
    """One thing played or queued, or the things that it may be."""
    choice = await choose(backend, arguments.what, arguments.kind)
    if choice.chosen is None:
        return _unclear(choice)
    request = {"contextId": choice.chosen["id"], "when": arguments.when, "replace": arguments.when == "now"}
    if arguments.shuffle is not None:
        request["shuffle"] = arguments.shuffle
    added = await backend.call(ADD_TO_QUEUE, validate(AddToQueue, request))
    session = session_of(added)
    session["next"] = session["next"][:_SHOWN_NEXT]
    return PlayResult.model_construct(
        done=True,
        what=choice.chosen,
        added=added.added,
        skipped=added.skipped,
        candidates=[],
        session=session,
        hint=_hint(added),
    )


def _hint(session: PlaybackSession) -> str | None:
    if session.state != "playing":
        return _QUEUED
    return NO_PLAYER if session.device is None else None


def _unclear(choice: Choice) -> PlayResult:
    hint = _NOTHING
    if choice.candidates:
        hint = _ASK if len(choice.candidates) > 1 else _ASK_IF
    return PlayResult(done=False, candidates=list(choice.candidates), hint=hint)
