"""A page of 50 tracks through MCP, against a server that has the same answer ready."""

import json
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.label import Label
from benchmarks.lines import Line, compared
from benchmarks.stdio_client import BARE, StdioServer, our_command

__all__ = ["measure"]

_BUDGET = 1.5
_WARM_UP = 50
_TOOL = "catalogue_list_tracks"


def measure(*, quick: bool) -> list[Line]:
    """Call both in turns, with the rows in their concise form, then with all their fields."""
    calls = 300 if quick else 1500
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name)
        Label(tracks=1000, days=1).build(folder)
        return [
            _compare(folder, {"limit": 50}, calls, "list_tracks, 50 rows", _BUDGET),
            _compare(folder, {"limit": 50, "detail": "full"}, calls, "list_tracks, 50 rows, detail=full", None),
        ]


def _compare(folder: Path, arguments: dict, calls: int, what: str, budget: float | None) -> Line:
    with StdioServer(our_command(folder)) as ours:
        ready = folder / "ready.json"
        ready.write_text(json.dumps(ours.call(_TOOL, arguments)))
        with StdioServer((*BARE, str(ready))) as bare:
            _assert_same(ours.call(_TOOL, arguments), bare.call("bare", {}))
            turns = [_turn(ours, bare, arguments, ours_first=bool(turn % 2)) for turn in range(_WARM_UP + calls)]
            _assert_same(ours.call(_TOOL, arguments), bare.call("bare", {}))
    our_ms, bare_ms = zip(*turns[_WARM_UP:], strict=True)
    detail = f"p99 {_p99(our_ms):.2f}, bare {_p99(bare_ms):.2f}"
    return compared(what, our_ms, bare_ms, "bare server, rows ready", unit="ms", budget=budget, detail=detail)


def _turn(ours: StdioServer, bare: StdioServer, arguments: dict, *, ours_first: bool) -> tuple[float, float]:
    """Milliseconds of both; which goes first alternates."""
    if ours_first:
        return ours.time_call(_TOOL, arguments), bare.time_call("bare", {})
    bare_ms = bare.time_call("bare", {})
    return ours.time_call(_TOOL, arguments), bare_ms


def _assert_same(ours: dict, bare: dict) -> None:
    for member in ("content", "structuredContent"):
        if json.dumps(ours[member]) != json.dumps(bare[member]):
            raise RuntimeError(f"the answers differ in {member}")
    if len(ours["structuredContent"]["tracks"]) != 50:
        raise RuntimeError("not 50 rows")


def _p99(timings: list[float]) -> float:
    return statistics.quantiles(timings, n=100)[98]
