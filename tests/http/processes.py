"""`musicengine-mcp serve` as a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ADDRESS = re.compile(r"Serving (http://\S+)")


class Serving:
    """A running server."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(folder), "serve", "--port", "0", *options]
        # A group of its own, so that its workers are ended with it.
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}, start_new_session=True
        )
        self.said = ""
        while not (found := ADDRESS.search(self.said)):
            line = self.process.stderr.readline()
            if not line:
                self.kill()
                raise AssertionError(f"it ended before it served: {self.said}")
            self.said += line
        self.address = found[1]

    def kill(self) -> None:
        """End it and its workers as a crash would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        if not self.process.stderr.closed:
            self.process.stderr.close()

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; return its exit code and what it said."""
        self.process.send_signal(number)
        rest = self.process.stderr.read()
        code = self.process.wait(20)
        self.process.stderr.close()
        return code, self.said + rest


@contextmanager
def serve(folder: Path, *options: str, **environment: str) -> Generator[str, None, None]:
    """Serve until the block ends; yield the address."""
    server = Serving(folder, *options, **environment)
    try:
        yield server.address
    finally:
        server.kill()
