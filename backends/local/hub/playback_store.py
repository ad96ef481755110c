"""The playback session and its queue, read from `hub.db` and written there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from pydantic_core import from_json, to_json

from backends.local.hub.context import Hub
from backends.local.hub.queue import Queue
from backends.local.hub.session import Session

__all__ = ["Stored", "load", "read", "save"]

_MEMBERS = (
    "revision",
    "state",
    "entry",
    "position_ms",
    "position_at",
    "rate",
    "listened_ms",
    "play_id",
    "repeat",
    "volume",
    "updated_at",
)

# One statement, so that session, queue and trail are of the same moment.
_READ = f"""
    SELECT {", ".join(f"s.{name}" for name in _MEMBERS)}, s.device, s.context,
           q.entries, q.tracks, q.original, q.last_entry, EXISTS (SELECT 1 FROM playback_trail)
    FROM playback_session s, playback_queue q
"""

_SAVE = f"UPDATE playback_session SET {', '.join(f'{name} = ?' for name in _MEMBERS)}, device = ?, context = ?"

_SAVE_QUEUE = "UPDATE playback_queue SET entries = ?, tracks = ?, original = ?, last_entry = ?"


@dataclass
class Stored:
    """What `hub.db` holds.

    Attributes:
        has_trail: Whether there is a way back.
    """

    session: Session
    queue: Queue
    has_trail: bool


async def read(hub: Hub) -> Stored:
    """The session as it is; it is read again only once somebody has committed something, so nobody may change it."""
    kept = await hub.user.unchanged()
    stored: Stored | None = kept.get(Stored)
    if stored is None:
        stored = kept[Stored] = _stored(await hub.user.look_up(_READ))
    return stored


async def load(connection: aiosqlite.Connection) -> Stored:
    """The session as it is in the open transaction, to be changed and saved."""
    return _stored(await connection.execute_fetchall(_READ))  # pyright: ignore[reportArgumentType]  # rows are tuples


async def save(connection: aiosqlite.Connection, session: Session, queue: Queue | None) -> None:
    """Write the session, and the queue if it has changed."""
    members = [getattr(session, name) for name in _MEMBERS]
    await connection.execute(_SAVE, (*members, _json(session.device), _json(session.context)))
    if queue is not None:
        tracks = list(map(queue.tracks.__getitem__, queue.entries))
        written = (_json(queue.entries), _json(tracks), _json(queue.original), queue.last_entry)
        await connection.execute(_SAVE_QUEUE, written)


def _stored(rows: Iterable[Sequence[Any]]) -> Stored:
    [row] = rows
    *members, device, context, entries, tracks, original, last_entry, has_trail = row
    session = Session(**dict(zip(_MEMBERS, members, strict=True)), device=_value(device), context=_value(context))
    numbers: list[int] = from_json(entries)
    by_entry: dict[int, str] = dict(zip(numbers, from_json(tracks), strict=True))
    return Stored(session, Queue(numbers, by_entry, _value(original), last_entry), bool(has_trail))


def _value(text: str | None) -> Any:
    return None if text is None else from_json(text)


def _json(value: Any) -> str | None:
    # Several times faster than the standard library's, which a long queue would notice.
    return None if value is None else to_json(value).decode()
