"""A client of a server over its standard streams: nothing but lines of JSON, so that the server is what is timed."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["BARE", "BARE_HIGH_LEVEL", "ROOT", "StdioServer", "our_command"]

ROOT = Path(__file__).resolve().parent.parent

BARE = (sys.executable, "benchmarks/bare_server.py")
BARE_HIGH_LEVEL = (sys.executable, "benchmarks/bare_high_level_server.py")

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "benchmarks", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def our_command(data_dir: Path) -> tuple[str, ...]:
    """Our server, started as a host starts it."""
    return (sys.executable, "-m", "musicengine_mcp", "--data-dir", str(data_dir))


class StdioServer:
    """A server's process, for the length of a `with` block."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            self._process.kill()  # how long a server takes to end is not measured

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and return its result."""
        return self._result(self._exchange(method, params))

    def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool and return the result."""
        return self.request("tools/call", name=tool, arguments=arguments)

    def time_call(self, tool: str, arguments: dict[str, Any]) -> float:
        """Call a tool and return the milliseconds until the last byte of its answer."""
        started = time.perf_counter()
        line = self._exchange("tools/call", {"name": tool, "arguments": arguments})
        took = (time.perf_counter() - started) * 1e3
        self._result(line)
        return took

    def resident_mib(self) -> float:
        """Resident memory of the process, in MiB."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the process has ended")

    def _exchange(self, method: str, params: dict[str, Any]) -> bytes:
        self._requests += 1
        message = {"jsonrpc": "2.0", "id": self._requests, "method": method, "params": {**params, "_meta": _META}}
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def _result(self, line: bytes) -> dict[str, Any]:
        answer = json.loads(line)
        if "result" not in answer or answer["id"] != self._requests:
            raise RuntimeError(f"no result: {answer}")
        return answer["result"]
