"""A listener to the hub's events, and another process that makes something happen."""

import json
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from contract.hub.events import FOLLOW_LIBRARY, FOLLOW_SCAN
from contract.validation import check_answer
from tests.programs import ROOT

__all__ = ["LIBRARY", "SCAN", "Event", "Events", "another", "listening"]

LIBRARY, SCAN = FOLLOW_LIBRARY.path, FOLLOW_SCAN.path

_SECONDS = 20

_MODELS = {LIBRARY: FOLLOW_LIBRARY.response, SCAN: FOLLOW_SCAN.response}


@dataclass(frozen=True)
class Event:
    """One event."""

    id: str | None
    kind: str
    data: dict[str, Any]


class Events:
    """What comes, as a browser reads it.

    Attributes:
        id: The last that came, with an event or without.
        comments: That came so far.
    """

    def __init__(self, response: httpx.Response, model: Any) -> None:
        self.response = response
        self.id: str | None = None
        self.retry: int | None = None
        self.comments: list[str] = []
        self._model = model
        self._lines = response.iter_lines()
        self._deadline = time.monotonic() + _SECONDS

    def __iter__(self) -> Iterator[Event]:
        """The events to come, until the stream ends."""
        while (fields := self._block()) is not None:
            if "data" in fields:
                data = json.loads(fields["data"])
                assert check_answer(self._model, data).model_dump(mode="json") == data
                yield Event(self.id, fields["event"], data)

    def next(self) -> Event:
        """The next event."""
        self._deadline = time.monotonic() + _SECONDS
        return next(iter(self))

    def some(self, count: int) -> list[Event]:
        """So many events."""
        return [self.next() for _ in range(count)]

    def until(self, kind: str) -> list[Event]:
        """The events up to one of this kind."""
        events = [self.next()]
        while events[-1].kind != kind:
            events.append(self.next())
        return events

    def block(self) -> None:
        """Read up to the next empty line."""
        assert self._block() is not None

    def ends(self) -> bool:
        """Whether nothing more comes but the end."""
        self._deadline = time.monotonic() + _SECONDS
        return list(self) == []

    def _block(self) -> dict[str, str] | None:
        fields: dict[str, str] = {}
        for line in self._lines:
            if time.monotonic() > self._deadline:  # signs of life come all the time
                raise TimeoutError
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line:
                break
            if not name:
                self.comments.append(value)
            elif name == "id":
                self.id = value
            elif name == "retry":
                self.retry = int(value)
            else:
                assert name in {"event", "data"}
                assert name not in fields
                fields[name] = value
        else:
            return None
        return fields


@contextmanager
def listening(
    url: str, path: str = LIBRARY, *, headers: dict[str, str] | None = None, **query: Any
) -> Generator[Events, None, None]:
    """A stream of events, whose beginning has come already."""
    with (
        httpx.Client(timeout=_SECONDS, trust_env=False) as client,
        client.stream("GET", f"{url}{path}", params=query, headers=headers) as response,
    ):
        if response.status_code != 200:
            response.read()
            raise AssertionError(response.text)
        events = Events(response, _MODELS[path])
        events.block()
        yield events


@contextmanager
def another(folder):
    """Another process on the data folder; it does what it is told, and answers (tests/hub/playback/another.py)."""
    command = [sys.executable, "-m", "tests.hub.playback.another", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(deed: str) -> str:
        process.stdin.write(f"{deed}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    try:
        yield do
    finally:
        process.stdin.close()
        process.wait(_SECONDS)
        process.stdout.close()
