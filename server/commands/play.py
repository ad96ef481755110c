"""`musicengine-mcp play`: hear the hub's session on this machine, with mpv."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Generator, Mapping
from contextlib import aclosing, contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from anyio import CancelScope
    from tqdm import tqdm

    from backends.backend import Backend, WatchableBackend
    from contract.hub.playback_session import PlaybackSession, Verb
    from contract.hub.summaries import TrackSummary
    from contract.hub.tool_results import Row
    from server.mcp.hub.choosing import Choice
    from server.players.device import MpvDevice
    from server.players.source import Source

__all__ = ["register"]

_DETAILS = """\
With words, or with the id of a track, an album, an artist or a playlist, it plays that; without, it plays what the
playback session says, also what agents and the web player put there from now on. The sound stays here until another
player takes it, or until this ends: then the session pauses.

Needs mpv. In a terminal: space pauses and goes on, n is next, p is previous, q or Ctrl-C ends it.
"""

_KEYS: "Mapping[str, Verb]" = {" ": "toggle", "n": "next", "p": "previous"}

_QUIT = "q"

_STATES = {"playing": "Playing", "paused": "Paused", "stopped": "Stopped"}


def register(commands: Commands) -> None:
    """Add `play`."""
    parser = add_command(
        commands, "play", _run, summary="play music from the library, with mpv", details=_DETAILS, uses=Uses.LIBRARY
    )
    parser.add_argument("what", metavar="WORDS", nargs="*", help="what to play, or its id; by default what is queued")
    parser.add_argument(
        "--audio-device",
        metavar="NAME",
        help="what the sound comes from, as `mpv --audio-device=help` lists it; by default what the system plays to",
    )


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.joined import JoinedBackend
    from server.backends import open_catalogue
    from server.players.here import new_device

    catalogue = open_catalogue(settings)
    hub, source = _open_hub(settings)
    async with aclosing(catalogue), aclosing(hub):
        with _screen() as screen:
            device = new_device(hub, source, screen, audio_device=arguments.audio_device)
            chosen = None
            if arguments.what:
                choice = await _choose(JoinedBackend(catalogue, hub, lambda: True), " ".join(arguments.what))
                if choice.chosen is None:
                    return _ask(choice)
                chosen = choice.chosen["id"]
            await _play(device, hub, chosen)
    return 0


def _open_hub(settings: Settings) -> "tuple[WatchableBackend, Source]":
    """This machine's hub and the files of its tracks, or the one elsewhere and where it streams them."""
    from backends.local.hub.hub import LocalHub
    from server.backends import open_remote_hub
    from server.players.source import Files, Streams

    if settings.hub is None:
        local = LocalHub(settings.data_dir)
        return local, Files(local)
    elsewhere = settings.hub.checked()
    hub = open_remote_hub(settings, elsewhere)
    return hub, Streams(hub, elsewhere.base_url)


async def _choose(backend: "Backend", what: str) -> "Choice":
    from server.mcp.hub.choosing import choose

    return await choose(backend, what, None)


def _ask(choice: "Choice") -> int:
    """Say what the words may mean; nothing is guessed."""
    if not choice.candidates:
        print("Nothing in the library fits. To bring music in: musicengine-mcp scan ~/Music", file=sys.stderr)
        return 1
    print("Which one? Say it by its id: musicengine-mcp play ID", file=sys.stderr)
    for each in choice.candidates:
        print(f"  {each['id']}  {_name_of(each)}", file=sys.stderr)
    return 1


async def _play(device: "MpvDevice", hub: "WatchableBackend", chosen: str | None) -> None:
    """Be a device until a key, a signal or an error ends it."""
    import anyio

    from contract.errors import ContractError
    from contract.hub.queue import ADD_TO_QUEUE, AddToQueue
    from server.players.keys import key_presses

    async def put_in() -> None:
        if chosen is not None:
            await hub.call(ADD_TO_QUEUE, AddToQueue(contextId=chosen, when="now", replace=True))

    failure: ContractError | None = None
    async with anyio.create_task_group() as tasks, key_presses(sys.stdin) as keys:

        async def sound() -> None:
            nonlocal failure
            try:
                await device.run(insists=True, first=put_in)
            except ContractError as error:
                failure = error
                tasks.cancel_scope.cancel()

        tasks.start_soon(_end_at_signal, tasks.cancel_scope)
        tasks.start_soon(sound)
        try:
            await _obey(keys, hub)
        except ContractError as error:
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _obey(keys: "asyncio.Queue[str] | None", hub: "WatchableBackend") -> None:
    """Do what keys say, until one says that it is enough."""
    from contract.hub.errors import Conflict
    from contract.hub.queue import CONTROL_PLAYBACK, ControlPlayback

    if keys is None:
        await asyncio.Event().wait()
        return
    while (key := await keys.get()) != _QUIT:
        verb = _KEYS.get(key)
        if verb is not None:
            with suppress(Conflict):  # nothing comes next, or there is nothing at all
                await hub.call(CONTROL_PLAYBACK, ControlPlayback(action=verb))


async def _end_at_signal(scope: "CancelScope") -> None:
    import anyio

    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async for _ in signals:
            scope.cancel()
            return


class _Screen:
    """What is playing, on one line of a terminal; elsewhere, in a line whenever that changes."""

    def __init__(self, line: "tqdm[NoReturn]") -> None:
        self._line = line
        self._shown = ""

    def shows(self, session: "PlaybackSession", position_ms: int, *, is_here: bool) -> None:
        """How it stands now."""
        line = _line(session, None if self._line.disable else position_ms, is_here=is_here)
        if line == self._shown:
            return
        self._shown = line
        if self._line.disable:
            print(line, flush=True)
        else:
            self._line.set_description_str(line)

    def says(self, sentence: str) -> None:
        """A line above."""
        self._line.write(sentence, file=sys.stderr)


@contextmanager
def _screen() -> Generator[_Screen, None, None]:
    from tqdm import tqdm

    with tqdm(bar_format="{desc}", leave=False, file=sys.stderr, disable=None, dynamic_ncols=True) as line:
        yield _Screen(line)


def _line(session: "PlaybackSession", position_ms: int | None, *, is_here: bool) -> str:
    if not is_here:
        where = "nowhere" if session.device is None else f"on {session.device['name']}"
        return f"Waiting: the session is heard {where}"
    if session.current is None:
        return "Waiting: nothing is queued yet"
    if position_ms is None:
        return f"{_STATES[session.state]}  {_name_of(session.current['track'])}"
    length = "" if session.durationMs is None else f" / {_clock(session.durationMs)}"
    return f"{_STATES[session.state]} {_clock(position_ms)}{length}  {_name_of(session.current['track'])}"


def _name_of(thing: "TrackSummary | Row") -> str:
    title = thing.get("title") or thing.get("name", "")
    artist = thing.get("artist")
    return f"{artist}: {title}" if artist else str(title)


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02}"
