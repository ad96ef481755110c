"""Sending a track, whole and in many small ranges, against a bare Starlette FileResponse of the same file."""

import asyncio
import os
import random
import socket
import time
import wave
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from backends.local.hub.hub import LocalHub
from backends.local.hub.media.sessions import open_media_session
from benchmarks.lines import Line, compared
from benchmarks.servers import bare_server, our_server

__all__ = ["measure"]

_BUDGET = 1.43
"""Of its time: 0.7 of its speed."""

_RANGE = 64 * 1024
_RANGES_A_TURN = 50
_WARM_UP = 2
_FLOOR = "bare FileResponse"


def measure(*, quick: bool) -> list[Line]:
    """Ask both in turns."""
    megabytes, turns = (64, 5) if quick else (256, 15)
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name)
        track = folder / "music" / "long.wav"
        _write(track, megabytes)
        path, token = asyncio.run(_scanned(folder / "data", track))
        with our_server(folder / "data") as our_port, bare_server("bare_file.py", track) as bare_port:
            bare = (bare_port, "/file", "")
            ours = (our_port, path, "")
            by_token = (our_port, f"{path}?token={token}", "X-Forwarded-For: 203.0.113.7\r\n")  # from elsewhere
            return [
                _compare(f"{what}, {caller}", ask, target, bare, turns, detail)
                for what, ask, detail in (
                    (f"{megabytes} MB track", _whole, f"{megabytes} MB"),
                    (f"{_RANGES_A_TURN} ranges of 64 KB", _ranges, ""),
                )
                for caller, target in (("local", ours), ("media token", by_token))
            ]


def _compare(what, ask, ours, bare, turns: int, amount: str) -> Line:
    size = _size(bare)
    if _size(ours) != size:
        raise RuntimeError("the files differ")
    our_ms, bare_ms = [], []
    for turn in range(_WARM_UP + turns):
        halves = [(our_ms, ours), (bare_ms, bare)]
        for timings, target in halves if turn % 2 else reversed(halves):
            with _connection(target) as connection:
                started = time.perf_counter()
                ask(connection, target, size, random.Random(turn))
                timings.append((time.perf_counter() - started) * 1e3)
    our_ms, bare_ms = our_ms[_WARM_UP:], bare_ms[_WARM_UP:]
    detail = f"{size / 1e3 / sorted(our_ms)[len(our_ms) // 2]:,.0f} MB/s" if amount else ""
    return compared(what, our_ms, bare_ms, _FLOOR, unit="ms", budget=_BUDGET, detail=detail)


def _whole(connection, target, size: int, _random: random.Random) -> None:
    _exchange(connection, target, "", 200, size)


def _ranges(connection, target, size: int, numbers: random.Random) -> None:
    for _ in range(_RANGES_A_TURN):
        first = numbers.randrange(size - _RANGE)
        _exchange(connection, target, f"Range: bytes={first}-{first + _RANGE - 1}\r\n", 206, _RANGE)


def _exchange(connection: socket.socket, target, headers: str, status: int, size: int) -> None:
    """One request, and all bytes of its answer, which go nowhere: the server is what is timed."""
    port, path, sent = target
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{sent}{headers}\r\n".encode())
    buffer = bytearray(1 << 20)
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection, buffer)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 %d" % status) or b"content-length: %d" % size not in head.lower():
        raise RuntimeError(f"another answer: {head[:500]!r}")
    left = size - len(body)
    while left > 0:
        left -= len(_some(connection, buffer))


def _some(connection: socket.socket, buffer: bytearray) -> memoryview:
    count = connection.recv_into(buffer)
    if not count:
        raise RuntimeError("the connection ended")
    return memoryview(buffer)[:count]


def _size(target) -> int:
    """Of the file that is sent."""
    port, path, sent = target
    with _connection(target) as connection:
        connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{sent}\r\n".encode())
        head = connection.recv(1 << 16).lower()
    return int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


@contextmanager
def _connection(target) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", target[0]), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def _write(path: Path, megabytes: int) -> None:
    path.parent.mkdir()
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        for _ in range(megabytes):
            file.writeframes(os.urandom(1 << 20))


async def _scanned(folder: Path, track: Path) -> tuple[str, str]:
    """The path of the track at the hub, and a media token for it."""
    async with aclosing(LocalHub(folder)) as hub:
        await hub.hub.scans.run([os.fsencode(track.parent)])
        [(id_,)] = await hub.hub.index.read("SELECT id FROM tracks")
        token, _ = await open_media_session(hub.hub, seconds=3600)
    return f"/api/media/tracks/{id_}", token
