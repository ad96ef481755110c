"""The hub's one session as a device knows it: read again when it changes, written under the revision that was read."""

import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from backends.backend import Backend
from contract.hub.errors import StaleRevision
from contract.hub.playback import GET_PLAYBACK_SESSION, PUT_PLAYBACK_SESSION, GetPlaybackSession, PutPlaybackSession
from contract.hub.playback_session import Device, PlaybackSession, QueueEntry

__all__ = ["SharedSession"]

_GONE_SECONDS = 25
"""A device that plays says so more often than this: one that has been quiet for longer is gone."""

_TAKEN_UP_SECONDS = 4
"""What somebody starts is taken up by the session's device within this time; then by any other."""

_REPORT_SECONDS = 10

_SOUGHT_MS = 200
"""Where a track is follows from where it was, to the millisecond, unless somebody went elsewhere."""

_PAGE = 50


class SharedSession:
    """What is known of it, and what others did to it.

    Attributes:
        present: As it was last read or written.
        is_sought: Whether somebody went to another place in the track; whoever goes there takes it back.
        taken_by: The name of the device that somebody gave the sound to in place of this one; whoever tells of it
            takes it back.
    """

    def __init__(self, hub: Backend, device: Device, present: PlaybackSession) -> None:
        self.present = present
        self.is_sought = False
        self.taken_by: str | None = None
        self._hub = hub
        self._device = device
        self._owes_a_word = False
        self._patience = _GONE_SECONDS
        self._reported_at = float("-inf")
        self._known_at = time.monotonic()
        # By its own clock: nobody writes it just because somebody comes to look.
        self._quiet_since = self._known_at - (present.positionNowMs - present.positionMs) / present.rate / 1000

    @classmethod
    async def of(cls, hub: Backend, device: Device) -> "SharedSession":
        """The session of the hub, for this device.

        Raises:
            ContractError: It can't be read.
        """
        return cls(hub, device, await hub.call(GET_PLAYBACK_SESSION, GetPlaybackSession(queueLimit=_PAGE)))

    @property
    def is_here(self) -> bool:
        """Whether the sound is to come from this device."""
        return self._is_this(self.present.device)

    @property
    def is_free(self) -> bool:
        """Whether no device is there that plays what it should."""
        if self.present.device is None:
            return True
        is_quiet = time.monotonic() - self._quiet_since > self._patience
        return self.present.state == "playing" and is_quiet

    @property
    def wants_a_report(self) -> bool:
        """Whether others wait to hear where the track is: they have started something, or heard nothing for a while."""
        is_late = time.monotonic() - self._reported_at >= _REPORT_SECONDS
        return self.present.state == "playing" and (self._owes_a_word or is_late)

    @property
    def position_ms(self) -> int:
        """Where the current track is by now, if whatever plays it has done nothing since but play."""
        session = self.present
        ran = (time.monotonic() - self._known_at) * 1000 * session.rate if session.state == "playing" else 0
        position = session.positionNowMs + round(ran)
        return min(position, session.durationMs) if session.durationMs else position

    async def read(self) -> bool:
        """Read it again; return whether others have changed it.

        Raises:
            ContractError: It can't be read now.
        """
        before = self.present
        self._take(await self._hub.call(GET_PLAYBACK_SESSION, GetPlaybackSession(queueLimit=_PAGE)))
        if self.present.revision == before.revision:
            return False
        self._notice(before)
        return True

    async def put(self, **members: Any) -> bool:
        """Write these members; or return False if somebody was faster: then it is read instead.

        Raises:
            ContractError: It can't be written now.
        """
        request = PutPlaybackSession(revision=self.present.revision, **members)
        try:
            answer = await self._hub.call(PUT_PLAYBACK_SESSION, request)
        except StaleRevision:
            await self.read()
            return False
        self._take(answer)
        self._owes_a_word = False
        self._reported_at = time.monotonic()
        return True

    async def what_follows(self) -> AsyncGenerator[QueueEntry, None]:
        """The entries that play after the current one, in order; without those whose files are known to be missing.

        Raises:
            ContractError: The queue can't be read now.
        """
        session = self.present
        if (current := session.current) is None:
            return
        if session.repeat == "one":
            yield current
            return
        behind = current["index"] + 1
        for place, end in ((behind, session.queueTotal), (0, behind if session.repeat == "all" else 0)):
            first = place
            while first < end and (page := await self._entries(first)):
                for entry in page[: end - first]:
                    if not entry["track"]["missing"]:
                        yield entry
                first += len(page)

    async def _entries(self, first: int) -> list[QueueEntry]:
        """Some entries from this place on."""
        session = self.present
        if session.queueOffset <= first < session.queueOffset + len(session.queue):
            return session.queue[first - session.queueOffset :]
        wishes = GetPlaybackSession(queueLimit=_PAGE, queueOffset=first)
        return (await self._hub.call(GET_PLAYBACK_SESSION, wishes)).queue

    def _take(self, session: PlaybackSession) -> None:
        self._known_at = time.monotonic()
        if session.revision != self.present.revision:
            self._quiet_since = self._known_at
            self._patience = _GONE_SECONDS
        self.present = session

    def _notice(self, before: PlaybackSession) -> None:
        """What others have done since."""
        session = self.present
        self._owes_a_word = True
        if session.state == "playing" and (before.state != "playing" or not _is_same_entry(before, session)):
            self._patience = _TAKEN_UP_SECONDS
        if _was_sought(before, session):
            self.is_sought = True
        if self._is_this(before.device) and not self.is_here and session.device is not None:
            self.taken_by = session.device["name"]

    def _is_this(self, device: Device | None) -> bool:
        return device is not None and device["id"] == self._device["id"]


def _was_sought(before: PlaybackSession, after: PlaybackSession) -> bool:
    if before.positionAt is None or after.positionAt is None or not _is_same_entry(before, after):
        return False
    passed = datetime.fromisoformat(after.positionAt) - datetime.fromisoformat(before.positionAt)
    expected = before.positionMs
    if before.state == "playing":
        expected += passed.total_seconds() * 1000 * before.rate
    if before.durationMs:
        expected = min(expected, before.durationMs)
    return abs(after.positionMs - expected) > _SOUGHT_MS


def _is_same_entry(one: PlaybackSession, other: PlaybackSession) -> bool:
    if one.current is None or other.current is None:
        return one.current is other.current
    return one.current["entryId"] == other.current["entryId"]
