"""The hub's REST over loopback against the same calls in process, at 100,000 tracks: searches, and pages of lists.

Each request is made once, in turns, to a server and to a hub in this process, so that neither has the answer ready.
"""

import asyncio
import http.client
import itertools
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import aclosing, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from urllib.parse import urlencode

from backends.local.hub.hub import LocalHub
from benchmarks.hub_library import artist, cached, title
from benchmarks.lines import Line
from benchmarks.servers import our_server
from contract.hub.library import LIST_ALBUMS, LIST_ARTISTS, LIST_LIBRARY_TRACKS, Order
from contract.hub.search import SEARCH_LIBRARY
from contract.operation import Operation
from contract.validation import validate

__all__ = ["measure"]

_TRACKS, _FEWER = 100_000, 20_000
_SEARCHES = 200
_MOST_MORE_MS = 3.0

Request = tuple[Operation[Any, Any], dict[str, Any]]


def measure(*, quick: bool) -> list[Line]:
    """A server over a copy of the library, and a hub here over the same."""
    tracks = _FEWER if quick else _TRACKS
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name) / "data"
        shutil.copytree(cached(tracks), folder)
        with our_server(folder) as port:
            return asyncio.run(_measure(folder, port, tracks))


async def _measure(folder: Path, port: int, tracks: int) -> list[Line]:
    kinds = {"search": list(_searches(tracks)), "list, 50 rows": list(_lists())}
    async with aclosing(LocalHub(folder)) as hub:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            warm = SEARCH_LIBRARY, {"q": "Warmng up", "remember": False}  # mistyped: it reads the vocabulary
            await _turn(hub, connection, warm)
            lines = []
            for kind, requests in kinds.items():
                both = [await _turn(hub, connection, request) for request in requests]
                lines += _lines(f"{kind}, {tracks:,} tracks, {len(both)} requests", both)
            return lines


async def _turn(hub: LocalHub, connection: http.client.HTTPConnection, request: Request) -> tuple[float, float]:
    """Milliseconds over HTTP, and in process."""
    operation, arguments = request
    asked = validate(operation.request, arguments)
    started = time.perf_counter()
    await hub.call(operation, asked)
    here = time.perf_counter() - started
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in arguments.items()}
    target = f"{operation.path}?{urlencode(written)}"
    started = time.perf_counter()
    connection.request("GET", target)
    response = connection.getresponse()
    content = response.read()
    over_http = time.perf_counter() - started
    if response.status != 200:
        raise RuntimeError(content[:200])
    return over_http * 1e3, here * 1e3


def _lines(what: str, both: list[tuple[float, float]]) -> list[Line]:
    over_http, here = zip(*both, strict=True)
    medians = statistics.median(over_http), statistics.median(here)
    more = medians[0] - medians[1]
    return [
        Line(
            f"REST {what}: p50",
            f"{medians[0]:.2f} ms ({more:+.2f})",
            f"{medians[1]:.2f} ms, the same calls in process",
            medians[0] / medians[1],
            f"≤ {_MOST_MORE_MS:g} ms more",
            more <= _MOST_MORE_MS,
        )
    ]


def _searches(tracks: int) -> Iterator[Request]:
    for number in range(1, tracks, tracks // (_SEARCHES // 2)):
        for words in (title(number), f"{artist((number - 1) // 120)} {title(number)}"):
            yield SEARCH_LIBRARY, {"q": words, "remember": False}


def _lists() -> Iterator[Request]:
    filters: tuple[dict[str, Any], ...] = ({}, {"genre": "Rock"}, {"genre": "Jazz"}, {"saved": True})
    for operation in (LIST_LIBRARY_TRACKS, LIST_ALBUMS, LIST_ARTISTS):
        sorts = get_args(operation.request.model_fields["sort"].annotation)
        for sort, order, chosen in itertools.product(sorts, get_args(Order), filters):
            yield operation, {"sort": sort, "order": order, "limit": 50, **chosen}
