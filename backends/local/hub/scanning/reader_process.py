"""One process that reads audio files, from outside: started anew when it dies, ended when it hangs."""

import contextlib
import select
import subprocess
import threading
from typing import IO, Any

from backends.local.hub.scanning.worker import Answer, Chunk, command, receive, send
from contract.errors import InternalError

__all__ = ["ReaderLost", "ReaderProcess"]

_SECONDS_TO_START = 60.0


class ReaderLost(Exception):
    """The process gave no answer; the reason is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReaderProcess:
    """Answers one chunk at a time. It is closed from another thread than the one that asks."""

    def __init__(self, reader: str) -> None:
        self._command = command(reader)
        self._closed = False
        self._started = False
        self._changing = threading.Lock()
        self._process = self._start()

    def ask(self, chunk: Chunk, seconds: float) -> list[Answer]:
        """What the process has read of each file, in order.

        Raises:
            ReaderLost: It has died, or gave no answer in time. The next chunk has another process.
            InternalError: It could not even start, as none will.
        """
        try:
            return self._ask(chunk, seconds)
        except TimeoutError:
            reason = "Reading it took too long."
        except (OSError, EOFError):
            reason = "The process that read it died."
        self._replace()
        raise ReaderLost(reason)

    def close(self) -> None:
        """End the process."""
        with self._changing:
            self._closed = True
            self._end()

    def _ask(self, chunk: Chunk, seconds: float) -> list[Answer]:
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise EOFError
        if not self._started:
            self._see_that_it_starts(process, process.stdout)
        send(process.stdin, chunk)
        return _received(process.stdout, seconds)

    def _see_that_it_starts(self, process: "subprocess.Popen[bytes]", output: IO[bytes]) -> None:
        try:
            _received(output, _SECONDS_TO_START)
        except EOFError:
            if process.wait() > 0 and not self._closed:  # by itself, and not because somebody killed it
                raise InternalError("The process that reads files does not start.") from None
            raise
        self._started = True

    def _replace(self) -> None:
        with self._changing:
            self._end()
            if not self._closed:
                self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        self._started = False
        return subprocess.Popen(  # noqa: S603  (this interpreter, and words of our own)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # of what could not be sent any more
                    stream.close()


def _received(output: IO[bytes], seconds: float) -> Any:
    waiting = select.poll()
    waiting.register(output, select.POLLIN)
    if not waiting.poll(seconds * 1000):
        raise TimeoutError
    return receive(output)
