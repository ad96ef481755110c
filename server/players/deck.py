"""What one mpv plays, and what it is to play after that without a gap: entries of the queue, by mpv's own numbers."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from contract.hub.playback_session import QueueEntry
from server.players.mpv import ENDED, Mpv
from server.players.mpv_ipc import MpvEvent, MpvGone

__all__ = ["Deck", "Happened", "What"]


class What(Enum):
    """What can happen to an entry."""

    SOUNDS = auto()
    """It begins, or goes on from another place."""

    FAILED = auto()
    """It can't be played. IS_OVER comes after it."""

    IS_OVER = auto()
    """It has been heard to its end; what was to follow plays, if there was anything."""


class Happened(NamedTuple):
    """Something that happened to an entry.

    Attributes:
        reason: Why it can't be played, as mpv says it; empty if it was.
    """

    what: What
    entry: QueueEntry
    reason: str = ""


@dataclass
class _Loaded:
    """An entry in mpv.

    Attributes:
        has_begun: Whether mpv has opened it. What came before it is still heard then.
        has_ended: Whether mpv has read all of it, which goes on to be heard.
    """

    entry: QueueEntry
    number: int
    has_begun: bool = False
    has_ended: bool = False
    reason: str = ""


class Deck:
    """One mpv with entries in it."""

    def __init__(self, mpv: Mpv) -> None:
        self.mpv = mpv
        self._playing: _Loaded | None = None
        self._next: _Loaded | None = None
        self._withdrawn: set[int] = set()

    def plays(self, entry: QueueEntry) -> bool:
        """Whether this is what plays, or is about to."""
        return self._playing is not None and self._playing.entry["entryId"] == entry["entryId"]

    def goes_on_with(self, entry: QueueEntry) -> bool:
        """Whether this is what follows."""
        return self._next is not None and self._next.entry["entryId"] == entry["entryId"]

    async def play(self, entry: QueueEntry, address: str, position_ms: int) -> None:
        """Play this, from there, and nothing after it."""
        self._forget()
        self._playing = _Loaded(entry, await self.mpv.load(address, position_ms))

    async def go_on_with(self, entry: QueueEntry, address: str) -> None:
        """Play this after what plays now, and nothing else."""
        withdrawn = await self._withdraw()
        self._next = _Loaded(entry, await self.mpv.append(address))
        if withdrawn is not None and withdrawn.has_begun:
            await self.mpv.skip()

    async def go_on_with_nothing(self) -> None:
        """Play nothing after what plays now."""
        withdrawn = await self._withdraw()
        if withdrawn is not None and withdrawn.has_begun:
            await self.mpv.stop()

    async def seek(self, position_ms: int) -> bool:
        """Go to a place in what plays; return whether it could be done."""
        return self._playing is not None and not self._playing.has_ended and await self.mpv.seek(position_ms)

    async def stop(self) -> None:
        """Play nothing."""
        if self._playing is not None:
            self._forget()
            await self.mpv.stop()

    async def take(self, event: MpvEvent) -> list[Happened]:
        """Take notice of what has happened in mpv; return what that means for the entries, in order.

        Raises:
            MpvGone: It has ended.
        """
        if event.name == ENDED:
            raise MpvGone
        number = event.members.get("playlist_entry_id")
        match event.name:
            case "start-file" if self._next is not None and number == self._next.number:
                self._next.has_begun = True
            case "start-file" if number in self._withdrawn:  # it was withdrawn just when mpv went on to it
                await (self.mpv.stop() if self._next is None else self.mpv.skip())
            case "playback-restart":
                return self._sounds()
            case "end-file" if event.members.get("reason") in {"eof", "error"}:
                return self._ends(number, str(event.members.get("file_error", "")))
            case "idle" if self._playing is not None and self._playing.has_ended and self._next is None:
                over, self._playing = self._playing, None
                return [Happened(What.IS_OVER, over.entry, over.reason)]
            case _:
                pass
        return []

    def _sounds(self) -> list[Happened]:
        over = self._go_on()
        if self._playing is None or self._playing.has_ended:
            return over
        return [*over, Happened(What.SOUNDS, self._playing.entry)]

    def _ends(self, number: int | None, reason: str) -> list[Happened]:
        # What ends before it sounds has begun none the less.
        over = self._go_on() if self._next is not None and self._next.number == number else []
        ended = self._playing
        if ended is None or ended.number != number:
            return over
        ended.has_ended, ended.reason = True, reason
        return [*over, Happened(What.FAILED, ended.entry, reason)] if reason else over

    def _go_on(self) -> list[Happened]:
        """What was next plays, if it has begun."""
        over, following = self._playing, self._next
        if over is None or following is None or not following.has_begun:
            return []
        self._playing, self._next = following, None
        return [Happened(What.IS_OVER, over.entry, over.reason)]

    async def _withdraw(self) -> _Loaded | None:
        withdrawn, self._next = self._next, None
        if withdrawn is not None:
            self._withdrawn.add(withdrawn.number)
            await self.mpv.clear()
        return withdrawn

    def _forget(self) -> None:
        self._playing = self._next = None
        self._withdrawn.clear()
