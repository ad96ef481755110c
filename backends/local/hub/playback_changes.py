"""One change of the playback session: settled up to the present before it, saved and told of after it."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from itertools import islice

import aiosqlite

from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.playback_answers import session_answer
from backends.local.hub.playback_store import Stored, load, save
from backends.local.hub.plays import count_play, lengthen_play
from backends.local.hub.queue import Queue
from backends.local.hub.session import Session
from backends.local.hub.summaries import tracks_by_id
from contract.hub.errors import StaleRevision
from contract.hub.playback_session import PlaybackSession

__all__ = ["PlaybackChange", "changing_playback"]

_LONGEST_TRAIL = 1000

_THERE = "SELECT id FROM tracks WHERE missing_since IS NULL AND id IN (SELECT value FROM json_each(?))"

_FIRST_LOOK, _NEXT_LOOKS = 20, 2000
"""Entries: the first that is asked about has its file nearly always."""

_LEAVE = "INSERT INTO playback_trail (entry, track_id, left_at) VALUES (?, ?, ?)"

_TRIM_TRAIL = f"DELETE FROM playback_trail WHERE id <= (SELECT max(id) FROM playback_trail) - {_LONGEST_TRAIL}"

_HAS_TRAIL = "SELECT EXISTS (SELECT 1 FROM playback_trail)"


class PlaybackChange:
    """The session and its queue within one transaction; what a handler does to them is saved at its end.

    Attributes:
        now: The moment of the change, up to which the session is settled.
        duration_ms: Of the current track; 0 if there is none or its tags do not say.
    """

    def __init__(self, hub: Hub, connection: aiosqlite.Connection, stored: Stored) -> None:
        self.hub = hub
        self.connection = connection
        self.session: Session = stored.session
        self.queue: Queue = stored.queue
        self.now = hub.clock()
        self.duration_ms = 0
        self._track_id: str | None = None
        self._has_trail = stored.has_trail
        self._queue_before = stored.queue.copy()

    async def settle(self) -> None:
        """Bring the session up to the present, and count the play if it is one by now."""
        await self._know_track()
        session, listened = self.session, self.session.listened_ms
        moment = session.settle(self.now, self.duration_ms)
        if moment is not None and self._track_id is not None:
            session.play_id = await count_play(self.connection, self._track_id, moment, session)
        elif session.play_id is not None and session.listened_ms > listened:
            await lengthen_play(self.connection, session.play_id, session)

    async def start(self, entry: int | None, *, leaving_a_trail: bool = True) -> None:
        """Make the entry current, from its start, or none."""
        left, track_id = self.session.entry, self._track_id
        if leaving_a_trail and left is not None and left != entry and track_id is not None:
            await self.connection.execute(_LEAVE, (left, track_id, self.now))
            await self.connection.execute(_TRIM_TRAIL)
        self.session.start(entry, self.now)
        await self._know_track()

    def seek(self, position_ms: int) -> None:
        """Go to a place in the current track."""
        self.session.seek(position_ms, self.duration_ms)

    def set_shuffle(self, *, on: bool) -> None:
        """Switch shuffle on or off; on twice does not shuffle twice."""
        if not on:
            self.queue.unshuffle()
        elif not self.queue.shuffled:
            self.queue.shuffle(self.session.entry)

    async def is_there(self, track_id: str) -> bool:
        """Whether the track's file is there."""
        return bool(list(await self.hub.index.read(_THERE, (json.dumps([track_id]),))))

    async def first_there(self, entries: Iterator[int]) -> int | None:
        """The first of these entries of the queue whose track's file is there."""
        looked_at = _FIRST_LOOK
        while some := list(islice(entries, looked_at)):
            ids = {self.queue.tracks[entry] for entry in some}
            there = {id_ for (id_,) in await self.hub.index.read(_THERE, (json.dumps(list(ids)),))}
            for entry in some:
                if self.queue.tracks[entry] in there:
                    return entry
            looked_at = _NEXT_LOOKS
        return None

    async def save(self) -> None:
        """Write what has changed, and tell of it."""
        self.session.revision += 1
        self.session.updated_at = self.now
        changed = self.queue if self.queue != self._queue_before else None
        await save(self.connection, self.session, changed)
        await note_change(self.connection, ChangeKind.SESSION)
        [(has_trail,)] = await self.connection.execute_fetchall(_HAS_TRAIL)
        self._has_trail = bool(has_trail)

    async def answer(self) -> PlaybackSession:
        """The session as the change leaves it."""
        return await session_answer(self.hub, Stored(self.session, self.queue, self._has_trail), self.now)

    async def _know_track(self) -> None:
        entry = self.session.entry
        self._track_id = None if entry is None else self.queue.tracks[entry]
        track = None if self._track_id is None else (await tracks_by_id(self.hub, [self._track_id])).get(self._track_id)
        self.duration_ms = 0 if track is None else track["durationMs"]


@asynccontextmanager
async def changing_playback(hub: Hub, revision: int | None = None) -> AsyncGenerator[PlaybackChange, None]:
    """A change of the session, in one transaction; if the block raises, nothing has changed.

    Raises:
        StaleRevision: A revision is given, and it is not the present one.
    """
    async with hub.user.transaction() as connection:
        stored = await load(connection)
        if revision is not None and revision != stored.session.revision:
            present = await session_answer(hub, stored, hub.clock())
            raise StaleRevision(present.model_dump(mode="json"))
        change = PlaybackChange(hub, connection, stored)
        await change.settle()
        yield change
        await change.save()
