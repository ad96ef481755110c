"""mpv's JSON IPC: one JSON document a line, answers by number, events in between.

Source: "JSON IPC" in mpv's manual.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["LONGEST_LINE", "MpvEvent", "MpvGone", "MpvIpc", "MpvRefused"]

LONGEST_LINE = 2**20

_SECONDS = 10
"""An answer takes microseconds; an mpv that gives none in this time is stuck."""

_SUCCESS = "success"


class MpvGone(Exception):
    """It has ended, or no longer answers."""


class MpvRefused(Exception):
    """It says that it can't do that now."""


@dataclass(frozen=True)
class MpvEvent:
    """Something that happened in mpv, as "List of events" in its manual has it."""

    name: str
    members: Mapping[str, Any]


class MpvIpc:
    """The conversation with one mpv; `run` listens to it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._over = False

    async def ask(self, name: str, *arguments: object, **named: object) -> Any:
        """Carry out a command, with its arguments either in order or by name, and return what it returns.

        Raises:
            MpvRefused: mpv can't do it.
            MpvGone: There is no mpv any more that could.
        """
        if self._over:
            raise MpvGone
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        command = {"name": name, **named} if named else [name, *arguments]
        try:
            async with asyncio.timeout(_SECONDS):
                self._writer.write(_line({"command": command, "request_id": number}))
                await self._writer.drain()
                said = await answer
        except (TimeoutError, OSError) as error:
            raise MpvGone from error
        finally:
            del self._asked[number]
        if said.get("error") != _SUCCESS:
            raise MpvRefused(str(said.get("error")))
        return said.get("data")

    async def run(self, happened: Callable[[MpvEvent], None]) -> None:
        """Listen until mpv ends, and tell of each event, in its order among the answers."""
        try:
            with suppress(OSError, ValueError):  # the connection broke; or a line was longer than any that is known
                while line := await self._reader.readline():
                    self._take(line, happened)
        finally:
            self._over = True
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(MpvGone())

    async def aclose(self) -> None:
        """Close the connection, which ends mpv."""
        self._over = True
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _take(self, line: bytes, happened: Callable[[MpvEvent], None]) -> None:
        # Names of files are as they are on the disk, and so mpv's JSON need not be UTF-8.
        said = json.loads(line.decode(errors="replace"))
        if not isinstance(said, dict):
            return
        members = cast("dict[str, Any]", said)
        if "event" in members:
            happened(MpvEvent(str(members["event"]), members))
            return
        answer = self._asked.get(members.get("request_id", 0))
        if answer is not None and not answer.done():
            answer.set_result(members)


def _line(message: Mapping[str, object]) -> bytes:
    """The message as mpv reads it; text that stands for bytes which are not UTF-8 becomes those bytes again."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
