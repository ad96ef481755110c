"""mpv as a device of the session: it plays what the session says, and says in it where that is.

Whatever comes from mpv, from the hub and from the clock goes into one queue, and is dealt with in its order. Each time
mpv is made to be as the session is by then, so that nothing that was missed has to be made up for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from enum import Enum, auto
from typing import Protocol

import anyio
from anyio.abc import TaskStatus

from backends.backend import WatchableBackend
from backends.local.hub.changes import ChangeKind
from contract.errors import ContractError, InternalError, NotFound, Unauthorized
from contract.hub.playback_session import Device, PlaybackSession, QueueEntry, State
from server.players.deck import Deck, Happened, What
from server.players.mpv import Mpv
from server.players.mpv_ipc import MpvEvent, MpvGone, MpvRefused
from server.players.shared_session import SharedSession
from server.players.source import Source

__all__ = ["Audience", "Launch", "MpvDevice"]

Launch = Callable[[Callable[[MpvEvent], None]], Awaitable[Mpv]]
"""Starts an mpv that tells of its events."""

_OFF_MS = 250
"""So far from what the session says it is worth saying where the track is."""

_AT_THE_START_MS = 2_000
"""A track that has just become current is heard from its beginning, however late that comes to be known here."""

_MOST_FAILURES = 5

_PLAYED_SECONDS, _SHORT_MS = 0.2, 1_000
"""What ends sooner than this was not played, unless this little was left of it."""

_RESTART_SECONDS = 60

_SECONDS_TO_LEAVE = 5

_NO_OUTPUT = "audio output initialization failed"
"""As mpv says it. No other file would do better."""


class Audience(Protocol):
    """Whoever looks at a device."""

    def shows(self, session: PlaybackSession, position_ms: int, *, is_here: bool) -> None:
        """How it stands: once a second, and whenever something happens."""
        ...

    def says(self, sentence: str) -> None:
        """Something that a person should know."""
        ...


class _Sign(Enum):
    SESSION = auto()
    """It has changed."""

    SECOND = auto()
    """Has passed."""


class _CannotPlay(Exception):
    """mpv has ended again and again."""


class MpvDevice:
    """One player of the session."""

    def __init__(
        self, hub: WatchableBackend, source: Source, launch: Launch, *, device: Device, audience: Audience
    ) -> None:
        self._hub = hub
        self._source = source
        self._launch = launch
        self._device = device
        self._audience = audience
        self._inbox = asyncio.Queue[_Sign | tuple[int, MpvEvent]]()
        self._session_is_told_of = False
        self._shared: SharedSession
        self._deck: Deck | None = None
        self._launched = 0
        self._died_at = float("-inf")
        self._over: str | None = None  # the entry that has come to its end here, until the session knows
        self._began_at, self._began_ms = 0.0, 0
        self._failures = 0
        self._in_trouble = False

    async def run(
        self,
        *,
        insists: bool,
        first: Callable[[], Awaitable[object]] | None = None,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Be a device until cancelled; then the session pauses, and has no device.

        Args:
            insists: Whether the sound comes from here at once, whatever other device there is.
            first: What to do as the device, before anything is heard.
            task_status: Told when the sound comes from here, or will once there is no other device.

        Raises:
            ContractError: The session can't be read, or mpv can't be used.
        """
        self._shared = await SharedSession.of(self._hub, self._device)
        failure: ContractError | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch)
            tasks.start_soon(self._count_seconds)
            try:
                while insists and not self._shared.is_here:
                    await self._shared.put(device=self._device)
                if first is not None:
                    await first()
                    await self._shared.read()
                await self._do(self._begin(has_mpv_ready=insists))
                task_status.started()
                while True:
                    await self._do(self._take(await self._inbox.get()))
            except ContractError as error:
                failure = error
            except _CannotPlay:
                failure = InternalError(
                    "mpv ended again as soon as it was started anew.",
                    next_step="See what `mpv --version` says: it has to be 0.33 or later.",
                )
            finally:
                tasks.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    await self._leave()
        if failure is not None:
            raise failure

    # What comes in

    async def _watch(self) -> None:
        """Have the session read again whenever it has changed."""
        while True:
            with suppress(ContractError):  # reading the session will tell of it
                async with self._hub.changes() as changes:
                    self._tell_of_session()
                    async for change in changes:
                        if change.kind == ChangeKind.SESSION:
                            self._tell_of_session()
            await anyio.sleep(1)

    def _tell_of_session(self) -> None:
        if not self._session_is_told_of:
            self._session_is_told_of = True
            self._inbox.put_nowait(_Sign.SESSION)

    async def _count_seconds(self) -> None:
        while True:
            await anyio.sleep(1)
            self._inbox.put_nowait(_Sign.SECOND)

    async def _do(self, work: Awaitable[None]) -> None:
        """Do it, and show how things stand then. What is wrong with the hub may be over in a second."""
        try:
            await work
        except (MpvGone, MpvRefused):
            await self._start_again()
        except Unauthorized:
            raise
        except ContractError as error:
            if not self._in_trouble:
                self._audience.says(error.sentence)
            self._in_trouble = True
        shared = self._shared
        if shared.taken_by is not None:
            self._audience.says(f"The sound comes from {shared.taken_by} now.")
            shared.taken_by = None
        self._audience.shows(shared.present, shared.position_ms, is_here=shared.is_here)

    async def _take(self, event: _Sign | tuple[int, MpvEvent]) -> None:
        if event == _Sign.SESSION:
            self._session_is_told_of = False
            if await self._shared.read():
                await self._make_it_so()
                await self._claim_if_free()
        elif event == _Sign.SECOND:
            await self._each_second()
        elif self._deck is not None and event[0] == self._launched:
            for happened in await self._deck.take(event[1]):
                await self._has_happened(self._deck, happened)

    async def _each_second(self) -> None:
        if self._in_trouble:
            await self._shared.read()
            await self._begin()
            self._in_trouble = False
        await self._claim_if_free()
        if self._deck is not None and self._shared.wants_a_report:
            await self._report(self._deck)

    async def _has_happened(self, deck: Deck, happened: Happened) -> None:
        what, entry, reason = happened
        if what is What.SOUNDS:
            self._began_at, self._began_ms = time.monotonic(), await deck.mpv.position_ms() or 0
            await self._report(deck, only_if_off=not self._shared.wants_a_report)
        elif what is What.FAILED:
            await self._has_failed(entry, reason)
            if self._shared.present.state != "playing":
                await self._make_it_so()
        else:
            if not reason:
                await self._has_been_played(entry)
            self._over = entry["entryId"]
            await self._make_it_so()

    # The session's device

    async def _begin(self, *, has_mpv_ready: bool = False) -> None:
        if has_mpv_ready:
            await self._running_deck()
        await self._claim_if_free()
        if self._shared.is_here:
            await self._make_it_so()

    async def _claim_if_free(self) -> None:
        """Become the device where there is none, or one that does not play what it should."""
        shared = self._shared
        while not shared.is_here and shared.is_free:
            session = shared.present
            # What ran out with nobody to play on is not begun again by a device that happens to come.
            has_run_out = session.state == "playing" and session.durationMs and shared.position_ms >= session.durationMs
            state = {"state": "stopped"} if has_run_out else {}
            if await shared.put(device=self._device, **state):
                await self._make_it_so()

    async def _report(self, deck: Deck, *, only_if_off: bool = False) -> None:
        """Say where the track is; or, while mpv is still opening it, that this device is about to play."""
        shared, position = self._shared, await deck.mpv.position_ms()
        current = shared.present.current
        if not shared.is_here or current is None or not deck.plays(current) or self._over is not None:
            return
        is_off = position is not None and abs(position - shared.position_ms) > _OFF_MS
        where = {} if position is None else {"positionMs": position}
        if (is_off or not only_if_off) and not await shared.put(**where):
            await self._make_it_so()

    # The sound

    async def _make_it_so(self) -> None:
        """Have mpv play what the session says, as it says."""
        shared = self._shared
        while shared.is_here and shared.present.state != "stopped" and (current := shared.present.current) is not None:
            is_playing = shared.present.state == "playing"
            if shared.is_sought or self._over != current["entryId"]:
                self._over = None
            if self._over is not None and is_playing:
                await self._advance()
            elif self._deck is not None and self._deck.plays(current):
                if await self._adjust(self._deck):
                    return
                await self._load(current)
            elif is_playing:
                await self._load(current)
            else:
                break
        self._over, shared.is_sought = None, False
        if self._deck is not None:
            await self._deck.stop()

    async def _advance(self) -> None:
        """The current entry is over: go on to what follows, or stop, unless others have done something else."""
        async with aclosing(self._shared.what_follows()) as entries:
            following = await anext(entries, None)
        change = {"state": "stopped"} if following is None else {"entryId": following["entryId"], "positionMs": 0}
        if await self._shared.put(**change):
            self._over = None

    async def _adjust(self, deck: Deck) -> bool:
        """Have what plays sound as the session says; return False if it can't be moved to where it is to be."""
        session = self._shared.present
        await deck.mpv.set_to(paused=session.state == "paused", volume=session.volume, rate=session.rate)
        if self._shared.is_sought:
            if not await deck.seek(session.positionMs):
                return False
            self._shared.is_sought = False
        await self._prepare_next(deck)
        return True

    async def _load(self, entry: QueueEntry) -> None:
        """Begin to play the current entry."""
        shared = self._shared
        try:
            address = await self._source.find(entry["track"]["id"])
        except NotFound as error:
            await self._has_failed(entry, error.message)
            return
        position = shared.present.positionMs if shared.is_sought else shared.position_ms
        if position < _AT_THE_START_MS and not shared.is_sought:
            position = 0
        deck = await self._running_deck()
        session = shared.present
        await deck.mpv.set_to(paused=session.state == "paused", volume=session.volume, rate=session.rate)
        await deck.play(entry, address, position)
        shared.is_sought = False

    async def _prepare_next(self, deck: Deck) -> None:
        """Have mpv open what follows before the end, so that there is no gap."""
        failures = 0
        async with aclosing(self._shared.what_follows()) as entries:
            async for entry in entries:
                if deck.goes_on_with(entry):
                    return
                try:
                    address = await self._source.find(entry["track"]["id"])
                except NotFound:  # which will be told when its turn comes
                    failures += 1
                    if failures == _MOST_FAILURES:
                        break
                else:
                    await deck.go_on_with(entry, address)
                    return
        await deck.go_on_with_nothing()

    async def _running_deck(self) -> Deck:
        if self._deck is None:
            self._launched = number = self._launched + 1
            self._deck = Deck(await self._launch(lambda event: self._inbox.put_nowait((number, event))))
        return self._deck

    # What goes wrong

    async def _has_been_played(self, entry: QueueEntry) -> None:
        duration = entry["track"]["durationMs"]
        is_short = 0 < duration <= self._began_ms + _SHORT_MS
        if time.monotonic() - self._began_at < _PLAYED_SECONDS and not is_short:
            await self._has_failed(entry, "there is no sound in it")
        else:
            self._failures = 0

    async def _has_failed(self, entry: QueueEntry, reason: str) -> None:
        """Leave it out; but where nothing can be played, do not try for ever."""
        self._failures += 1
        if reason == _NO_OUTPUT:
            self._audience.says("mpv can't open an audio device, so nothing can be heard. The session is paused.")
            await self._end("paused")
        elif self._failures >= _MOST_FAILURES:
            self._failures = 0
            self._audience.says(f"{_MOST_FAILURES} tracks in a row can't be played, the last since {reason}. Stopped.")
            await self._end("stopped")
        else:
            self._audience.says(f"Left out: {entry['track']['title']} ({reason})")
            self._over = entry["entryId"]

    async def _end(self, state: State) -> None:
        while self._shared.is_here and self._shared.present.state == "playing":
            await self._shared.put(state=state)

    async def _start_again(self) -> None:
        """Start another mpv for one that has ended, but not again and again."""
        deck, self._deck = self._deck, None
        if deck is not None:
            await deck.mpv.aclose()
        if time.monotonic() - self._died_at < _RESTART_SECONDS:
            raise _CannotPlay
        self._died_at = time.monotonic()
        self._audience.says("mpv ended unexpectedly, and is started again.")
        try:
            await self._make_it_so()
        except (MpvGone, MpvRefused):
            raise _CannotPlay from None
        except ContractError:
            self._in_trouble = True

    async def _leave(self) -> None:
        """Pause the session, and be its device no longer."""
        shared, deck = self._shared, self._deck
        with suppress(ContractError, MpvGone, MpvRefused), anyio.move_on_after(_SECONDS_TO_LEAVE):
            position = None if deck is None else await deck.mpv.position_ms()
            await shared.read()
            while shared.is_here:
                current, change = shared.present.current, dict[str, object](device=None)
                if shared.present.state == "playing":
                    change["state"] = "paused"
                    if position is not None and deck is not None and current is not None and deck.plays(current):
                        change["positionMs"] = position
                if await shared.put(**change):
                    break
        if deck is not None:
            await deck.mpv.aclose()
