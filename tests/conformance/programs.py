"""Our programs, as users start them: each is a process of its own that begins with a line we wait for, and is ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

__all__ = ["ROOT", "Lines", "Program", "environment_of", "running", "serving"]

ROOT = Path(__file__).resolve().parents[2]

_SECONDS = 30

_SERVING = "Serving "


class Lines:
    """What a program writes, line by line; a thread reads it, so that the program never waits for us."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read: list[str] = []
        self._stream = stream
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self) -> str:
        """The next line.

        Raises:
            RuntimeError: None came in time, or the program has ended.
        """
        try:
            line = self._queue.get(timeout=_SECONDS)
        except Empty:
            line = None
        if line is None:
            raise RuntimeError(f"no further line came after: {self.read[-20:]}")
        return line

    def end(self) -> None:
        """Read what is left, after the program's end."""
        self._thread.join(_SECONDS)
        self._stream.close()

    def _read(self) -> None:
        for raw in self._stream:
            line = raw.decode(errors="replace").rstrip("\n")
            self.read.append(line)
            self._queue.put(line)
        self._queue.put(None)


class Program:
    """A process and what it writes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("pipes were asked for")
        self.process = process
        self.input = process.stdin
        self.output = Lines(process.stdout)
        self.errors = Lines(process.stderr)

    def end(self) -> None:
        """Ask it to end, and see that it does."""
        self.process.terminate()
        try:
            self.process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.input.close()
            self.output.end()
            self.errors.end()


def environment_of(**variables: str) -> dict[str, str]:
    """The environment of a program: ours, without the settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MUSICENGINE_") and not name.lower().endswith("_proxy")
    }
    return {**kept, **variables}


@contextmanager
def running(folder: Path, *arguments: str, environment: Mapping[str, str]) -> Generator[Program, None, None]:
    """`musicengine-mcp` over the data folder, for as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(folder), *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    program = Program(process)
    try:
        yield program
    finally:
        program.end()


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Generator[tuple[str, Program], None, None]:
    """The address of `musicengine-mcp serve` over the data folder, and the program."""
    with running(folder, "serve", "--port", "0", *arguments, environment=environment_of(**variables)) as program:
        while not (line := program.errors.next()).startswith(_SERVING):
            pass
        yield line.removeprefix(_SERVING).split()[0], program
