"""Live events: how soon they come, to how many, what they cost those who write, and what waiting for them costs.

A server, an agent's process that changes the session in the same data folder, and listeners in this process.
"""

import itertools
import json
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from benchmarks.hub_library import build
from benchmarks.lines import Line, at_most, noted
from benchmarks.servers import our_server_and_pid
from benchmarks.stdio_client import ROOT
from contract.hub.queue import CONTROL_PLAYBACK

__all__ = ["measure"]

_TRACKS = 2000
_TURNS = 4
_SINGLE = 5
_CLIENTS = 500
_LATEST_MS, _LATEST_OF_MANY_MS = 300, 1000
_MOST_WRITING = 1.5
_MOST_IDLE = 0.5

_WRITE = (
    f"POST {CONTROL_PLAYBACK.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Content-Length: %d\r\n\r\n"
).encode()


@dataclass(frozen=True)
class _Written:
    """One write: when it began and ended, in nanoseconds since 1970, and the session's revision that it made."""

    began: int
    ended: int
    revision: int

    @property
    def milliseconds(self) -> float:
        return (self.ended - self.began) / 1e6


Write = Callable[[], _Written]
Heard = Callable[[], tuple[int, int]]


def measure(*, quick: bool) -> list[Line]:
    """One server for all; those who write do so with and without many who listen, in turns."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name, ExitStack() as stack:
        folder = Path(name) / "data"
        build(folder, _TRACKS)
        port, pid = stack.enter_context(our_server_and_pid(folder))
        write_elsewhere = stack.enter_context(_agent(folder))
        write_here = stack.enter_context(_caller(port))
        return [
            *_soon(port, write_elsewhere, 50 if quick else 200),
            *_many(port, write_elsewhere, write_here, 10 if quick else 40),
            _idle(port, pid, 10 if quick else 30),
        ]


def _soon(port: int, write: Write, events: int) -> list[Line]:
    """From the moment at which an agent asks for something to that at which a player hears of it."""
    took: list[float] = []
    with _listening(port, 1, 0) as heard:
        for _ in range(events):
            time.sleep(random.uniform(0.05, 0.3))  # so that it falls between two looks anywhere
            took.append(_until_heard(write(), heard))
    what = f"events of another process ({events}): from its call to the listener"
    return [
        noted(f"{what}, p50", statistics.median(took), "ms"),
        at_most(f"{what}, p95", _percentile(took, 95), _LATEST_MS, "ms"),
        noted(f"{what}, slowest", max(took), "ms"),
    ]


def _many(port: int, write_elsewhere: Write, write_here: Write, writes: int) -> list[Line]:
    """With more than will ever listen, of whom half never read."""
    writers = {"the same process": write_here, "another process": write_elsewhere}
    alone: dict[str, list[float]] = {name: [] for name in writers}
    told: dict[str, list[float]] = {name: [] for name in writers}
    last: list[float] = []
    for _ in range(_TURNS):  # so that both meet the same machine
        for name, write in writers.items():
            alone[name] += [written.milliseconds for written in _some(write, writes)]
        with _listening(port, _CLIENTS // 2, _CLIENTS // 2) as heard:
            for name, write in writers.items():
                made = _some(write, writes)
                told[name] += [written.milliseconds for written in made]
                _until_heard(made[-1], heard)
                last += [_until_heard(write(), heard) for _ in range(_SINGLE)]
    what = f"{_CLIENTS} listeners, half of them dead"
    return [
        noted(f"{what}: the last one hears of it, p50", statistics.median(last), "ms"),
        at_most(f"{what}: the last one hears of it, slowest", max(last), _LATEST_OF_MANY_MS, "ms"),
        *(_writing(what, name, told[name], alone[name]) for name in writers),
    ]


def _writing(what: str, name: str, ours: Sequence[float], alone: Sequence[float]) -> Line:
    ratio = statistics.median(ours) / statistics.median(alone)
    return Line(
        f"{what}: a write of {name}, p50 (p95)",
        f"{statistics.median(ours):.2f} ms ({_percentile(ours, 95):.1f})",
        f"{statistics.median(alone):.2f} ms ({_percentile(alone, 95):.1f}), nobody listens",
        ratio,
        f"≤ {_MOST_WRITING}",
        ratio <= _MOST_WRITING,
    )


def _idle(port: int, pid: int, seconds: int) -> Line:
    """Of one processor, with a library whose folders are watched, and one who listens."""
    with _listening(port, 1, 0):
        time.sleep(2)
        used = _processor_seconds(pid)
        time.sleep(seconds)
        share = (_processor_seconds(pid) - used) / seconds * 100
    return at_most("serve with a library and one listener: idle", share, _MOST_IDLE, "% of a processor")


@contextmanager
def _listening(port: int, reading: int, dead: int) -> Iterator[Heard]:
    """Streams in a process of their own; what is called says when all that read had heard of the next revision."""
    with _process("hub_listeners", str(port), str(reading), str(dead)) as (asked, said):
        said.readline()

        def heard() -> tuple[int, int]:
            revision, moment = map(int, said.readline().split())
            return revision, moment

        yield heard
        asked.close()


def _until_heard(written: _Written, heard: Heard) -> float:
    """Milliseconds from the beginning of the write until all have heard of it."""
    while True:
        revision, moment = heard()
        if revision >= written.revision:
            return (moment - written.began) / 1e6


def _some(write: Write, writes: int) -> list[_Written]:
    """So many writes, with a rest between two as a person or a player leaves, only shorter."""
    made: list[_Written] = []
    for _ in range(writes):
        time.sleep(0.02)
        made.append(write())
    return made


@contextmanager
def _agent(folder: Path) -> Iterator[Write]:
    """A write by another process."""
    with _process("hub_writer", str(folder)) as (asked, said):

        def write() -> _Written:
            asked.write("\n")
            asked.flush()
            return _Written(*map(int, said.readline().split()))

        write()  # which opens the databases
        yield write
        asked.close()


@contextmanager
def _caller(port: int) -> Iterator[Write]:
    """A write by a request to the server."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        volumes = itertools.count()

        def write() -> _Written:
            body = json.dumps({"action": "setVolume", "volume": next(volumes) % 100}).encode()
            began = time.time_ns()
            connection.sendall(_WRITE % len(body) + body)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(1 << 16)
            ended = time.time_ns()
            head, _, answer = received.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(received[:200])
            return _Written(began, ended, json.loads(answer)["revision"])

        write()
        yield write


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """A program of this folder: what it reads, and what it writes."""
    command = (sys.executable, "-m", f"benchmarks.{module}", *arguments)
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("pipes were asked for")
        yield process.stdin, process.stdout


def _percentile(timings: Sequence[float], percent: int) -> float:
    return statistics.quantiles(timings, n=100)[percent - 1]


def _processor_seconds(pid: int) -> float:
    """What the threads of a process have used."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
