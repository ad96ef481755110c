"""Summaries as agents get them: without members that are empty, false or zero, or that serve programs."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from contract.hub.playback_session import PlaybackSession
from contract.hub.tool_results import Row, Session

__all__ = ["compact", "row", "rows", "session_of"]

_SHOWN = tuple(Row.__annotations__)


def row(summary: Mapping[str, Any], **more: Any) -> Row:
    """A summary of anything, and more members."""
    shown = {name: summary[name] for name in _SHOWN if summary.get(name)}
    return cast("Row", {"id": summary["id"], **shown, **more})


def rows(summaries: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Several of them."""
    return [row(summary) for summary in summaries]


def compact(value: Any) -> Any:
    """The value without members that are null, all the way down."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: compact(member) for name, member in members.items() if member is not None}
    if isinstance(value, list):
        return [compact(item) for item in cast("list[Any]", value)]
    return value


def session_of(session: PlaybackSession) -> Session:
    """The session, with what comes next of that part of the queue that it holds."""
    current = session.current
    upcoming = [
        row(entry["track"], entryId=entry["entryId"])
        for place, entry in enumerate(session.queue, start=session.queueOffset)
        if current is None or place > current["index"]
    ]
    return {
        "revision": session.revision,
        "state": session.state,
        "track": None if current is None else row(current["track"], entryId=current["entryId"]),
        "positionMs": session.positionNowMs,
        "durationMs": session.durationMs,
        "repeat": session.repeat,
        "shuffle": session.shuffle,
        "volume": session.volume,
        "device": session.device,
        "next": upcoming,
        "queuePosition": None if current is None else current["index"],
        "queueTotal": session.queueTotal,
        "allowedActions": session.allowedActions,
    }
