"""What the client of a remote service adds to a bare httpx request for the same answer."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from backends.remote.client import RemoteBackend
from benchmarks.lines import Line, compared
from benchmarks.servers import bare_server
from contract.musicengine.analytics import GET_STREAMS
from contract.musicengine.catalogue import LIST_TRACKS
from contract.operation import Operation
from contract.validation import validate

__all__ = ["measure"]

_BUDGET = 1.2
_WARM_UP = 50
_KEY = "isrc_live_benchmark"


def measure(*, quick: bool) -> list[Line]:
    """Call a loopback service in turns with a bare client, over one connection each."""
    calls = 300 if quick else 1500
    page = _page()
    return [
        _line(LIST_TRACKS, {"limit": 50}, page, calls, "remote list_tracks, 50 rows", _BUDGET),
        _line(
            GET_STREAMS,
            {"isrc": "USXXX1234567", "days": 28},
            _history(28),
            calls,
            "remote get_streams, 28 days",
            _BUDGET,
        ),
        _line(
            GET_STREAMS,
            {"isrc": "USXXX1234567", "days": 365},
            _history(365),
            calls,
            "remote get_streams, 365 days",
            _BUDGET,
        ),
    ]


def _line(
    operation: Operation[Any, Any],
    arguments: dict[str, Any],
    body: dict[str, Any],
    calls: int,
    what: str,
    budget: float | None,
) -> Line:
    with _service(body) as base_url:
        ours, bare = asyncio.run(_in_turns(operation, arguments, base_url, calls))
    return compared(what, ours, bare, "bare httpx, read as JSON", unit="ms", budget=budget)


async def _in_turns(
    operation: Operation[Any, Any], arguments: dict[str, Any], base_url: str, calls: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of both for each turn; which goes first alternates."""
    timings: tuple[list[float], list[float]] = ([], [])
    request = validate(operation.request, arguments)
    path = operation.path.format(**arguments)
    query = {name: getattr(request, name) for name in operation.query_parameters}
    headers = {"Authorization": f"Bearer {_KEY}", "Accept": "application/json"}
    async with (
        aclosing(RemoteBackend(base_url, _KEY)) as backend,
        httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as client,
    ):

        async def ours() -> Any:
            return await backend.call(operation, request)

        async def bare() -> Any:
            response = await client.get(path, params=query)
            response.raise_for_status()
            return response.json()

        if (await ours()).model_dump(mode="json") != await bare():
            raise RuntimeError(f"the answers of {operation.name} differ")
        for turn in range(_WARM_UP + calls):
            for which in (0, 1) if turn % 2 else (1, 0):
                started = time.perf_counter()
                await (ours, bare)[which]()
                timings[which].append((time.perf_counter() - started) * 1e3)
    return timings[0][_WARM_UP:], timings[1][_WARM_UP:]


@contextmanager
def _service(body: dict[str, Any]) -> Iterator[str]:
    """The address of a process that has the answer ready."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as folder:
        ready = Path(folder) / "body.json"
        ready.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
        with bare_server("bare_service.py", ready) as port:
            yield f"http://127.0.0.1:{port}"


def _page() -> dict[str, Any]:
    [row] = LIST_TRACKS.example.response["data"]
    rows = [{**row, "isrc": f"USXXX24{number:05d}", "title": f"Überall Licht {number}"} for number in range(50)]
    return {"data": rows, "pagination": {"total": 1000, "limit": 50, "offset": 0, "has_more": True}}


def _history(days: int) -> dict[str, Any]:
    first = dt.date(2026, 3, 8)
    rows = [
        {"date": (first - dt.timedelta(days=ago)).isoformat(), "spotify_streams": 15000 + ago, "apple_streams": 1200}
        for ago in range(days)
    ]
    return {"data": {"isrc": "USXXX1234567", "historical_data": rows}}
