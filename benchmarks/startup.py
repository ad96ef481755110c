"""From spawn to the list of tools, as a host waits for it, and what the process then weighs."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lines import Line, compared
from benchmarks.stdio_client import BARE, BARE_HIGH_LEVEL, StdioServer, our_command

__all__ = ["measure"]

_TIME_BUDGET = 1.15
_MEMORY_BUDGET = 1.25


def measure(*, quick: bool) -> list[Line]:
    """Spawn each server in turns."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as folder:
        commands = (our_command(Path(folder)), BARE, BARE_HIGH_LEVEL)
        for command in commands:
            _spawn(command)  # compiles and caches, which a second start finds done
        turns = []
        for turn in range(5 if quick else 31):
            # The order alternates, so that none is always the one after a pause.
            order = commands if turn % 2 else commands[::-1]
            spawned = {command: _spawn(command) for command in order}
            turns.append([spawned[command] for command in commands])
    (our_ms, our_mib), (bare_ms, bare_mib), (high_ms, high_mib) = (
        tuple(zip(*series, strict=True)) for series in zip(*turns, strict=True)
    )
    least = f"min {min(our_ms):.0f}, bare {min(bare_ms):.0f}"
    return [
        compared(
            "spawn to tools/list",
            our_ms,
            bare_ms,
            "bare one-tool server",
            unit="ms",
            budget=_TIME_BUDGET,
            detail=least,
        ),
        compared("spawn to tools/list", our_ms, high_ms, "bare MCPServer of one tool", unit="ms"),
        compared(
            "resident after tools/list", our_mib, bare_mib, "bare one-tool server", unit="MiB", budget=_MEMORY_BUDGET
        ),
        compared("resident after tools/list", our_mib, high_mib, "bare MCPServer of one tool", unit="MiB"),
    ]


def _spawn(command: tuple[str, ...]) -> tuple[float, float]:
    """Milliseconds to the list of tools, and MiB after it."""
    started = time.perf_counter()
    with StdioServer(command) as server:
        tools = server.request("tools/list")["tools"]
        took = (time.perf_counter() - started) * 1e3
        if not tools:
            raise RuntimeError("a server without tools")
        return took, server.resident_mib()
