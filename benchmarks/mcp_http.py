"""A page of 50 tracks through MCP over HTTP, against the SDK's own server that has the same answer ready."""

import http.client
import json
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.label import Label
from benchmarks.lines import Line, compared
from benchmarks.servers import bare_server, new_keys, our_server

__all__ = ["measure"]

_BUDGET = 1.3
_WARM_UP = 50
_TOOL = "catalogue_list_tracks"
_ARGUMENTS = {"limit": 50}
_CALLS_OF_A_KEY = 200
"""Within the rate limit of any minute."""

_META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def measure(*, quick: bool) -> list[Line]:
    """Call both in turns, in each era of the protocol."""
    calls = 300 if quick else 1500
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        folder = Path(name)
        Label(tracks=1000, days=1).build(folder)
        keys = new_keys(folder, 2 * (_WARM_UP + calls + 3) // _CALLS_OF_A_KEY + 2)
        with our_server(folder) as port, _client(port) as ours:
            ready = folder / "ready.json"
            ready.write_text(json.dumps(ours.result(_TOOL, _ARGUMENTS, "2026-07-28", keys[0])))
            with bare_server("bare_http_server.py", ready) as bare_port, _client(bare_port) as bare:
                return [_compare(ours, bare, keys, calls, era) for era in ("2026-07-28", "2025-11-25")]


def _compare(ours: "_Client", bare: "_Client", keys: list[str], calls: int, era: str) -> Line:
    mine, theirs = ours.result(_TOOL, _ARGUMENTS, era, keys[-1]), bare.result("bare", {}, era, "")
    for member in ("content", "structuredContent"):
        if json.dumps(mine[member], sort_keys=True) != json.dumps(theirs[member], sort_keys=True):
            raise RuntimeError(f"the answers differ in {member}")
    if len(mine["structuredContent"]["tracks"]) != 50:
        raise RuntimeError("not 50 rows")
    our_ms, bare_ms = [], []
    for turn in range(_WARM_UP + calls):
        if turn % _CALLS_OF_A_KEY == 0:
            keys.append(keys.pop(0))
            ours.time_call(_TOOL, _ARGUMENTS, era, keys[-1])  # the first use of a key is written down
        halves = [(our_ms, ours, _TOOL, _ARGUMENTS, keys[-1]), (bare_ms, bare, "bare", {}, "")]
        for timings, client, tool, arguments, key in halves if turn % 2 else reversed(halves):
            timings.append(client.time_call(tool, arguments, era, key))
    what = f"list_tracks, 50 rows, HTTP, {era}"
    return compared(
        what, our_ms[_WARM_UP:], bare_ms[_WARM_UP:], "bare SDK server, rows ready", unit="ms", budget=_BUDGET
    )


class _Client:
    """One connection that stays open, and nothing but bytes: the server is what is timed."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def result(self, tool: str, arguments: dict, era: str, key: str) -> dict:
        answer = json.loads(self._exchange(tool, arguments, era, key))
        if answer.get("result", {"isError": True}).get("isError"):
            raise RuntimeError(f"no result: {answer}")
        return answer["result"]

    def time_call(self, tool: str, arguments: dict, era: str, key: str) -> float:
        """Milliseconds until the last byte of the answer."""
        started = time.perf_counter()
        body = self._exchange(tool, arguments, era, key)
        took = (time.perf_counter() - started) * 1e3
        if b'"isError":true' in body or b'"result"' not in body:
            raise RuntimeError(f"no result: {body[:200]}")
        return took

    def close(self) -> None:
        self._connection.close()

    def _exchange(self, tool: str, arguments: dict, era: str, key: str) -> bytes:
        modern = era == "2026-07-28"
        params = {"name": tool, "arguments": arguments, **({"_meta": _META} if modern else {})}
        headers = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": era,
            **({"Mcp-Method": "tools/call", "Mcp-Name": tool} if modern else {}),
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        self._connection.request("POST", "/mcp", json.dumps(message), headers)
        return self._connection.getresponse().read()


@contextmanager
def _client(port: int):
    client = _Client(port)
    try:
        yield client
    finally:
        client.close()
