"""From spawn to the first answer over HTTP: `serve`, and the SDK's own application of one tool on uvicorn."""

import http.client
import json
import time
from contextlib import AbstractContextManager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.hub_library import build
from benchmarks.lines import Line, compared
from benchmarks.servers import bare_server, our_server
from contract.hub.service import PING

__all__ = ["measure"]

_BUDGET = 1.3
_TRACKS = 200


def measure(*, quick: bool) -> list[Line]:
    """Spawn both in turns, ours over a folder with a library, and over one with nothing in it."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        library, empty, ready = (Path(name) / part for part in ("library", "empty", "ready.json"))
        build(library, _TRACKS)
        ready.write_text(json.dumps({"content": [{"text": "{}"}], "structuredContent": {}}))
        turns: list[list[float]] = []
        for turn in range(5 if quick else 21):
            servers = [
                lambda: our_server(library),
                lambda: our_server(empty),
                lambda: bare_server("bare_http_server.py", ready),
            ]
            order = range(3) if turn % 2 else range(2, -1, -1)  # so that none is always the one after a pause
            took = {number: _first_answer(servers[number]()) for number in order}
            turns.append([took[number] for number in range(3)])
    ours, nothing, bare = zip(*turns[1:], strict=True)
    peer = "bare uvicorn + Starlette + SDK"
    return [
        compared("serve a library: spawn to the first answer", ours, bare, peer, unit="ms", budget=_BUDGET),
        compared("serve an empty folder: spawn to the first answer", nothing, bare, peer, unit="ms", budget=_BUDGET),
    ]


def _first_answer(server: AbstractContextManager[int]) -> float:
    started = time.perf_counter()
    with server as port, closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", PING.path)
        connection.getresponse().read()
        return (time.perf_counter() - started) * 1e3
