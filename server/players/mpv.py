"""One running mpv as a player: what plays now, and what follows it without a gap."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence

import anyio

from server.players.mpv_ipc import MpvEvent, MpvIpc, MpvRefused
from server.players.mpv_process import end_mpv, start_mpv

__all__ = ["ENDED", "Mpv"]

ENDED = "ended"
"""The event, of ours, that tells of mpv's end; nothing comes after it."""


class Mpv:
    """One mpv process, and its commands."""

    def __init__(self, process: Process, ipc: MpvIpc, happened: Callable[[MpvEvent], None]) -> None:
        self._process = process
        self._ipc = ipc
        self._happened = happened
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, path: str, options: Sequence[str], happened: Callable[[MpvEvent], None]) -> "Mpv":
        """Start one; what happens in it is told in order.

        Raises:
            MpvGone: It ended at once: it does not know one of its options.
        """
        mpv = cls(*await start_mpv(path, options), happened)
        try:
            await mpv.position_ms()
        except BaseException:
            await mpv.aclose()
            raise
        return mpv

    async def load(self, address: str, position_ms: int) -> int:
        """Play this, from there, in place of everything else; return the number that events call it by."""
        start = {"start": f"{position_ms / 1000:.3f}"} if position_ms else {}
        loaded = await self._ipc.ask("loadfile", url=address, flags="replace", options=start)
        return loaded["playlist_entry_id"]

    async def append(self, address: str) -> int:
        """Play this after what there is, or at once if nothing plays; return its number."""
        loaded = await self._ipc.ask("loadfile", url=address, flags="append-play")
        return loaded["playlist_entry_id"]

    async def clear(self) -> None:
        """Play nothing after what plays now."""
        await self._ipc.ask("playlist-clear")

    async def skip(self) -> None:
        """Go on with what is to follow."""
        await self._ipc.ask("playlist-next", "force")

    async def stop(self) -> None:
        """Play nothing."""
        await self._ipc.ask("stop")

    async def seek(self, position_ms: int) -> bool:
        """Go to a place in what plays now; return whether there is anything that plays."""
        try:
            await self._ipc.ask("seek", position_ms / 1000, "absolute+exact")
        except MpvRefused:  # it has ended, or has not begun
            return False
        return True

    async def set_to(self, *, paused: bool, volume: int, rate: float) -> None:
        """How it is to sound."""
        for name, value in {"volume": float(volume), "speed": rate, "pause": paused}.items():
            await self._ipc.ask("set_property", name, value)

    async def position_ms(self) -> int | None:
        """Where what plays now is; None if nothing does, or not yet."""
        try:
            seconds = await self._ipc.ask("get_property", "time-pos")
        except MpvRefused:
            return None
        return max(0, round(seconds * 1000))

    async def aclose(self) -> None:
        """End it, in no more than a moment, whatever is being cancelled meanwhile."""
        with anyio.CancelScope(shield=True):
            self._listening.cancel()
            await asyncio.wait({self._listening})
            await end_mpv(self._process, self._ipc)

    async def _listen(self) -> None:
        await self._ipc.run(self._happened)
        self._happened(MpvEvent(ENDED, {}))
