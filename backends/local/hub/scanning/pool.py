"""Processes that read audio files, a chunk at a time; one that dies or hangs takes no other file with it."""

import os
import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backends.local.hub.reading.record import AudioFile, Unreadable
from backends.local.hub.scanning.comparing import Found
from backends.local.hub.scanning.reader_process import ReaderLost, ReaderProcess
from backends.local.hub.scanning.worker import READER, Answer, Chunk

__all__ = ["Pool", "Read", "Refused"]

_MOST_PROCESSES = 4
"""One writer takes what they read; more of them would wait for it."""

_FILES_A_PROCESS = 150
"""Starting one takes about as long as reading so many files."""

_IN_A_CHUNK = 40

_CHUNK_SECONDS = 120.0
_FILE_SECONDS = 30.0


@dataclass(slots=True)
class Refused(Unreadable):
    """A file that could not be read.

    Attributes:
        by_content: Whether it is what the file holds, and the same tomorrow: not the disk, a permission, or a process.
        gone: Whether it is not there any more.
    """

    by_content: bool
    gone: bool = False


Read = tuple[Found, AudioFile | Refused]


class Pool:
    """Reads files in as many processes as are worth it, in any order."""

    def __init__(
        self,
        *,
        reader: str = READER,
        processes: int | None = None,
        chunk_seconds: float = _CHUNK_SECONDS,
        file_seconds: float = _FILE_SECONDS,
    ) -> None:
        self._reader = reader
        self._most = processes or min(_cpus(), _MOST_PROCESSES)
        self._chunk_seconds = chunk_seconds
        self._file_seconds = file_seconds
        self._processes: list[ReaderProcess] = []
        self._chunks: deque[Sequence[Found]] = deque()
        self._results: queue.Queue[list[Read] | BaseException] = queue.Queue(maxsize=2 * self._most)
        self._closed = threading.Event()

    def warm_up(self, files: int) -> None:
        """Start the processes that so many files are worth, while more are still being looked for."""
        while len(self._processes) < min(self._most, -(-files // _FILES_A_PROCESS)):
            self._processes.append(ReaderProcess(self._reader))

    def read(self, files: Sequence[Found]) -> Iterator[list[Read]]:
        """Each file as it was read, or why it can't be; chunk by chunk, as they come."""
        if not files:
            return
        self._chunks.extend(files[start : start + _IN_A_CHUNK] for start in range(0, len(files), _IN_A_CHUNK))
        waiting = len(self._chunks)
        self.warm_up(len(files))
        threads = [threading.Thread(target=self._serve, args=(process,)) for process in self._processes]
        for thread in threads:
            thread.start()
        try:
            for _ in range(waiting):
                result = self._results.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            self._chunks.clear()
            self._drain(threads)

    def close(self) -> None:
        """End the processes; what they were reading is read by the next scan."""
        self._closed.set()
        for process in self._processes:
            process.close()

    def _drain(self, threads: Sequence[threading.Thread]) -> None:
        """Let threads that wait to hand over what nobody wants any more come to their end."""
        for thread in threads:
            while thread.is_alive():
                try:
                    self._results.get(timeout=0.01)
                except queue.Empty:
                    continue

    def _serve(self, process: ReaderProcess) -> None:
        """Keep one process busy."""
        while not self._closed.is_set():
            try:
                files = self._chunks.popleft()
            except IndexError:
                return
            try:
                self._results.put(self._read(process, files))
            except BaseException as error:  # noqa: BLE001  (raised where the results are waited for)
                self._results.put(error)
                return

    def _read(self, process: ReaderProcess, files: Sequence[Found]) -> list[Read]:
        try:
            answers = process.ask(_chunk(files), self._chunk_seconds)
        except ReaderLost:
            if self._closed.is_set():
                return []
            return [self._read_alone(process, file) for file in files]
        return [(file, _result(answer)) for file, answer in zip(files, answers, strict=True)]

    def _read_alone(self, process: ReaderProcess, file: Found) -> Read:
        """After a loss: the file that was at fault is found by itself."""
        try:
            [answer] = process.ask(_chunk([file]), self._file_seconds)
        except ReaderLost as lost:
            return file, Refused(lost.reason, by_content=False)
        return file, _result(answer)


def _chunk(files: Sequence[Found]) -> Chunk:
    """The files by folder; they come in the order of the walk, which leaves a folder only when it is done."""
    chunk: Chunk = []
    for file in files:
        if not chunk or chunk[-1][0] != file.folder:
            chunk.append((file.folder, []))
        chunk[-1][1].append(file.name)
    return chunk


def _result(answer: Answer) -> AudioFile | Refused:
    return Refused(answer[0], by_content=answer[1], gone=answer[2]) if len(answer) == 3 else AudioFile(*answer)


def _cpus() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
