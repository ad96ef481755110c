"""Our programs, as users start them: each is a process of its own that begins with a line we wait for, and is ended."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

__all__ = ["ROOT", "Lines", "Program", "address_of", "environment_of", "running", "serving", "started"]

ROOT = Path(__file__).resolve().parents[1]

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

    @property
    def said(self) -> str:
        """What it has said on standard error; after its end, all of it."""
        return "\n".join(self.errors.read)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and see that it does; return its exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self._close()

    def kill(self) -> None:
        """End it and its workers as a crash would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(_SECONDS)
        self._close()

    def _close(self) -> None:
        self.input.close()
        self.output.end()
        self.errors.end()


def environment_of(**variables: str) -> dict[str, str]:
    """The environment of a program: ours, without the settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MUSICENGINE_", "MUSIC_HUB_")) and not name.lower().endswith("_proxy")
    }
    return {**kept, **variables}


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str]) -> Generator[Program, None, None]:
    """The command, for as long as the block lasts."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a group of its own, so that its workers can be ended with it
    )
    program = Program(process)
    try:
        yield program
    finally:
        program.end()


@contextmanager
def running(folder: Path, *arguments: str, environment: Mapping[str, str]) -> Generator[Program, None, None]:
    """`musicengine-mcp` over the data folder, for as long as the block lasts."""
    command = [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(folder), *arguments]
    with started(command, environment) as program:
        yield program


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Generator[tuple[str, Program], None, None]:
    """The address of `musicengine-mcp serve` over the data folder, and the program."""
    with running(folder, "serve", "--port", "0", *arguments, environment=environment_of(**variables)) as program:
        address = address_of(program)
        _wait_for_answer(int(address.rpartition(":")[2]))
        yield address, program


def _wait_for_answer(port: int) -> None:
    """Until a worker has started: the socket listens before that, and on a busy machine it takes many seconds."""
    with socket.create_connection(("127.0.0.1", port), 2 * _SECONDS) as connection:
        connection.sendall(f"GET /api/ping HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        if not connection.recv(1):
            raise RuntimeError("the server closed the connection")


def address_of(program: Program) -> str:
    """Where a program serves, once it says so."""
    while not (line := program.errors.next()).startswith(_SERVING):
        pass
    return line.removeprefix(_SERVING).split()[0]
