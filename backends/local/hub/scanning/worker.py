"""A process that reads audio files for a scan: what a file does to whoever reads it then ends this process at most.

It takes chunks on its standard input and answers on its standard output, both as marshal writes them behind four bytes
of length, until its input ends. It is started with nothing but a path to import from, which takes a third of the time
that multiprocessing takes, and none of the memory of the program that started it.
"""

import importlib
import marshal
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

from backends.local.hub.reading.record import AudioFile, Unreadable
from backends.local.hub.scanning.paths import open_folder, readable_path

__all__ = ["READER", "Answer", "Chunk", "command", "receive", "send", "work"]

Chunk = list[tuple[bytes, list[bytes]]]
"""Folders, each with names of files in it."""

Answer = tuple[Any, ...]
"""The fields of an AudioFile; or reason, whether the file could be opened, and whether it is gone, of one without."""

Reader = Callable[[Sequence[bytes]], Sequence[AudioFile | Unreadable]]

READER = "backends.local.hub.reading.reader:read_batch"

_START = "import sys; sys.path[:] = sys.argv[2:]; from {module} import work; work(sys.argv[1])"


def command(reader: str = READER) -> list[str]:
    """What starts a worker that reads with this function, given as module:name."""
    path = [os.path.abspath(folder) for folder in sys.path]  # noqa: PTH100  (entries need not be there)
    return [sys.executable, "-I", "-S", "-c", _START.format(module=__name__), reader, *path]


def send(stream: IO[bytes], message: Any) -> None:
    """Write a message.

    Raises:
        OSError: Nobody reads it any more.
    """
    data = marshal.dumps(message)
    stream.write(len(data).to_bytes(4, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message.

    Raises:
        EOFError: There is none any more.
    """
    head = stream.read(4)
    size = int.from_bytes(head, "big")
    data = stream.read(size) if len(head) == 4 else b""
    if len(head) < 4 or len(data) < size:
        raise EOFError
    return marshal.loads(data)  # noqa: S302  (from a process of our own)


def work(reader: str) -> None:
    """Answer chunk by chunk, until there is none any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the scan, which then ends this process
    module, _, name = reader.partition(":")
    read: Reader = getattr(importlib.import_module(module), name)
    try:
        send(sys.stdout.buffer, None)  # it has started
        while True:
            chunk: Chunk = receive(sys.stdin.buffer)
            send(sys.stdout.buffer, [answer for folder, names in chunk for answer in _answers(read, folder, names)])
    except (EOFError, OSError):
        return


def _answers(read: Reader, folder: bytes, names: Sequence[bytes]) -> list[Answer]:
    try:
        descriptor = open_folder(folder)
    except OSError as error:
        return [(_reason(error), False, isinstance(error, FileNotFoundError))] * len(names)
    try:
        paths = [readable_path(folder, name, descriptor) for name in names]
        return [_answer(path, result) for path, result in zip(paths, _read(read, paths), strict=True)]
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _read(read: Reader, paths: Sequence[bytes]) -> Sequence[AudioFile | Unreadable]:
    try:
        return read(paths)
    except Exception:  # noqa: BLE001  (a file that nobody has thought of must not take the others with it)
        return [Unreadable("It can't be read.")] if len(paths) == 1 else [_read(read, [path])[0] for path in paths]


def _answer(path: bytes, result: AudioFile | Unreadable) -> Answer:
    if isinstance(result, Unreadable):
        return (result.reason, *_opens(path))
    return (
        result.format,
        result.fingerprint,
        result.duration_ms,
        result.bitrate,
        result.sample_rate,
        result.channels,
        result.bit_depth,
        result.has_cover,
        result.lyrics,
        result.synced,
        result.tags,
    )


def _opens(path: bytes) -> tuple[bool, bool]:
    """Whether the file can be opened, so that what it holds is at fault; and whether it is gone."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (bytes)
            file.read(1)
    except OSError as error:
        return False, isinstance(error, FileNotFoundError)
    return True, False


def _reason(error: OSError) -> str:
    return f"It can't be read: {os.strerror(error.errno or 0)}."
