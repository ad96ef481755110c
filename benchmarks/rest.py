"""REST against a bare Starlette route that returns the same bytes; and what authentication and limits cost of it."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from starlette.requests import Request

from backends.local.database import Database
from backends.local.limits import RateLimiter
from benchmarks.http_load import Load
from benchmarks.label import Label
from benchmarks.lines import Line, at_most
from benchmarks.servers import bare_server, new_keys, our_server
from contract.musicengine.catalogue import LIST_TRACKS
from server.http.auth import Gate

__all__ = ["measure"]

_CONNECTIONS = 8
_REQUESTS = 400
"""Of one turn."""
_CHECKS = 4000
_CALLS_OF_A_KEY = 200
_LEAST_THROUGHPUT = 0.6
_MOST_P99 = 2.0
_MOST_MICROSECONDS = 200
_TARGET = f"{LIST_TRACKS.path}?limit=50"


def measure(*, quick: bool) -> list[Line]:
    """Both servers in turns, then the two checks alone, in this process."""
    turns = 10 if quick else 30
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name)
        Label(tracks=1000, days=1).build(folder)
        # Each may ask 300 times a minute, so the checks have keys that no request has used.
        keys = new_keys(folder, 4 * turns * _REQUESTS // 300 + 10)
        unused = new_keys(folder, _CHECKS // _CALLS_OF_A_KEY)
        return [*_against_bare(folder, keys, turns), asyncio.run(_checks(folder, unused))]


def _against_bare(folder: Path, keys: list[str], turns: int) -> list[Line]:
    with ExitStack() as stack:
        ours = stack.enter_context(our_server(folder))
        ready = folder / "ready.json"
        ready.write_bytes(httpx.get(f"http://127.0.0.1:{ours}{_TARGET}", headers=_bearer(keys[0])).content)
        bare = stack.enter_context(bare_server("bare_starlette.py", ready))
        loads = [stack.enter_context(closing(Load(port, _CONNECTIONS))) for port in (ours, bare)]
        in_turn = itertools.cycle(keys)
        same = [_turn(loads, [_requests(in_turn, itertools.repeat(0)) for _ in loads]) for _ in range(turns + 2)][2:]
        pages = itertools.count()
        new = [_turn(loads, [_requests(in_turn, pages) for _ in loads]) for _ in range(turns + 2)][2:]
    return [*_lines(same, "the same page again", budget=True), *_lines(new, "each page new", budget=False)]


def _turn(loads: list[Load], requests: list[Iterator[bytes]]) -> list[tuple[float, list[float]]]:
    return [load.run(asked) for load, asked in zip(loads, requests, strict=True)]


def _lines(turns: list[list[tuple[float, list[float]]]], what: str, *, budget: bool) -> list[Line]:
    ours, bare = zip(*turns, strict=True)
    rates = [statistics.median(rate for rate, _ in side) for side in (ours, bare)]
    throughput = statistics.median(mine[0] / theirs[0] for mine, theirs in turns)
    tails = [_p99([took for _, all_took in side for took in all_took]) for side in (ours, bare)]
    return [
        Line(
            f"REST list_tracks, 50 rows, {what}: throughput",
            f"{rates[0]:,.0f} requests/s",
            f"{rates[1]:,.0f} requests/s, bare Starlette, same bytes",
            throughput,
            f"≥ {_LEAST_THROUGHPUT}" if budget else "",
            throughput >= _LEAST_THROUGHPUT if budget else None,
        ),
        Line(
            f"REST list_tracks, 50 rows, {what}: p99 of {_CONNECTIONS} connections",
            f"{tails[0]:.2f} ms",
            f"{tails[1]:.2f} ms, bare Starlette, same bytes",
            tails[0] / tails[1],
            f"≤ {_MOST_P99:g}" if budget else "",
            tails[0] / tails[1] <= _MOST_P99 if budget else None,
        ),
    ]


async def _checks(folder: Path, keys: list[str]) -> Line:
    """Authentication and limit check, as a route makes them."""
    database = Database(folder)
    with closing(RateLimiter(folder, time.time)) as limiter:
        gate = Gate(database, limiter)
        took = []
        for turn in range(_CHECKS):
            request = Request(_scope(keys[turn % len(keys)]))
            started = time.perf_counter()
            principal = await gate.principal_of(request)
            limiter.count(principal.key_id, LIST_TRACKS)
            took.append((time.perf_counter() - started) * 1e6)
    await database.aclose()
    return at_most("authentication and limit check", statistics.median(took), _MOST_MICROSECONDS, "µs")


def _scope(key: str) -> dict:
    headers = [(name.lower().encode(), value.encode()) for name, value in _bearer(key).items()]
    return {"type": "http", "headers": headers, "client": ("127.0.0.1", 50_000)}


def _requests(keys: Iterator[str], offsets: Iterator[int]) -> Iterator[bytes]:
    for key, offset in itertools.islice(zip(keys, offsets, strict=False), _REQUESTS):
        target = f"{_TARGET}&offset={offset % 900}" if offset else _TARGET
        yield f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _p99(timings: list[float]) -> float:
    return statistics.quantiles(timings, n=100)[98]
