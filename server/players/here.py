"""This machine as a place where the session is heard."""

import logging
import secrets
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio

from backends.backend import WatchableBackend
from backends.local.hub.hub import LocalHub
from backends.text import clean
from contract.errors import ContractError
from contract.hub.playback_session import PlaybackSession
from server.players.device import Audience, MpvDevice
from server.players.mpv import Mpv
from server.players.mpv_process import find_mpv
from server.players.source import Files, Source

__all__ = ["mpv_device", "new_device"]

logger = logging.getLogger(__name__)

_LONGEST_NAME = 100


def new_device(
    hub: WatchableBackend, source: Source, audience: Audience, *, audio_device: str | None = None
) -> MpvDevice:
    """A device that was not there before.

    Args:
        hub: Whose session is heard.
        source: Where its tracks are.
        audience: Told of how it stands.
        audio_device: What the sound comes from, as mpv calls it; by default what the system plays to.

    Raises:
        InternalError: There is no mpv.
    """
    options: Sequence[str] = () if audio_device is None else (f"--audio-device={audio_device}",)
    launch = partial(Mpv.start, find_mpv(), options)
    # Two of them on one machine are two devices, or both would sound.
    name = clean(f"mpv on {socket.gethostname()}")[:_LONGEST_NAME]
    return MpvDevice(hub, source, launch, device={"id": f"mpv-{secrets.token_hex(8)}", "name": name}, audience=audience)


@asynccontextmanager
async def mpv_device(hub: LocalHub, *, audio_device: str | None = None) -> AsyncGenerator[None, None]:
    """Play the hub's session here for as long as the block lasts, whenever there is no other device.

    Raises:
        InternalError: There is no mpv.
    """
    audience = _Log()
    device = new_device(hub, Files(hub), audience, audio_device=audio_device)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_run, device, audience)
        try:
            yield
        finally:
            tasks.cancel_scope.cancel()


async def _run(device: MpvDevice, audience: Audience) -> None:
    """Whatever becomes of the sound, what it stands beside goes on."""
    try:
        await device.run(insists=False)
    except ContractError as error:
        audience.says(error.sentence)


class _Log:
    """The audience of a device that nobody looks at."""

    def shows(self, session: PlaybackSession, position_ms: int, *, is_here: bool) -> None:
        """Nobody looks."""

    def says(self, sentence: str) -> None:
        """One line of the log."""
        logger.warning("%s", sentence)
