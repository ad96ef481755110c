"""A device with a real mpv that plays to nowhere, in the time that it takes to hear."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import anyio

from contract.hub.playback import GET_PLAYBACK_SESSION, LIST_PLAYS, PUT_PLAYBACK_SESSION
from contract.hub.queue import ADD_TO_QUEUE, CONTROL_PLAYBACK, EDIT_QUEUE
from server.players.device import MpvDevice
from server.players.mpv import Mpv
from server.players.mpv_ipc import MpvGone, MpvRefused
from server.players.mpv_process import find_mpv
from server.players.source import Files
from tests.checked import call
from tests.players.tones import Tones

__all__ = ["NOWHERE", "SECONDS", "Listener", "listening", "until"]

SECONDS = 30

NOWHERE = "null"
"""mpv's audio device that discards the sound, as fast as it would be heard."""


async def until(look):
    """What it returns, once that is true; the tests' timeouts bound it."""
    while not (seen := await look()):  # noqa: ASYNC110  (mpv and the hub tell of no such thing)
        await anyio.sleep(0.02)
    return seen


@dataclass
class Listener:
    """Whoever uses the session while a device plays it, and looks at the device."""

    tones: Tones
    device: Any = None
    said: list[str] = field(default_factory=list)
    started: list[Mpv] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    async def launch(self, happened):
        def noted(event):
            self.events.append(event.name)
            happened(event)

        self.started.append(await Mpv.start(find_mpv(), [f"--audio-device={NOWHERE}"], noted))
        return self.started[-1]

    def shows(self, session, position_ms, *, is_here):
        pass

    def says(self, sentence):
        self.said.append(sentence)

    async def session(self):
        return await call(self.tones.hub, GET_PLAYBACK_SESSION)

    async def play(self, *titles, when="now", **more):
        ids = await self.tones.ids()
        wanted = [ids[title] for title in titles]
        return await call(self.tones.hub, ADD_TO_QUEUE, trackIds=wanted, when=when, replace=when == "now", **more)

    async def do(self, action, **more):
        return await call(self.tones.hub, CONTROL_PLAYBACK, action=action, **more)

    async def edit(self, **what):
        return await call(self.tones.hub, EDIT_QUEUE, **what)

    async def put(self, **members):
        revision = (await self.session())["revision"]
        return await call(self.tones.hub, PUT_PLAYBACK_SESSION, revision=revision, **members)

    async def plays(self):
        """What counts as played: titles, the first one first."""
        return [play["track"]["title"] for play in await self.counted()]

    async def counted(self):
        """The plays as the hub lists them, the first one first."""
        return (await call(self.tones.hub, LIST_PLAYS))["plays"][::-1]

    async def mpv(self, name):
        """A property of mpv, or None while it has none."""
        if not self.started:
            return None
        with suppress(MpvRefused, MpvGone):
            return await self.started[-1]._ipc.ask("get_property", name)
        return None

    async def hears(self, title, beyond=0.0):
        """Wait until mpv itself plays the tone, and is further than so many seconds."""

        async def look():
            position = await self.mpv("time-pos")
            if await self.mpv("media-title") != title or position is None or position <= beyond:
                return None
            return position

        return await until(look)

    async def has(self, **members):
        """Wait until the session is like this; return it."""

        async def look():
            session = await self.session()
            return session if all(session[name] == value for name, value in members.items()) else None

        return await until(look)


@asynccontextmanager
async def listening(
    listener: Listener, *, name="mpv here", insists=True, hub=None, source=None
) -> AsyncGenerator[Listener, None]:
    """The listener, with a device to hear, until the block ends; the whole is bounded in time."""
    tones = listener.tones
    listener.device = {"id": name, "name": name}
    device = MpvDevice(
        hub or tones.hub, source or Files(tones.hub), listener.launch, device=listener.device, audience=listener
    )
    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as tasks:

            async def run(*, task_status):
                await device.run(insists=insists, task_status=task_status)

            await tasks.start(run)
            yield listener
            tasks.cancel_scope.cancel()
