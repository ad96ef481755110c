"""One scan, from the walk to the last mark; it runs in a thread of its own."""

import gc
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from backends.local.hub.indexing.kept_ids import keep_ids
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.scanning import record
from backends.local.hub.scanning.comparing import Comparison, Found
from backends.local.hub.scanning.identity import Decision, Identities
from backends.local.hub.scanning.paths import join
from backends.local.hub.scanning.pool import Pool, Read, Refused
from backends.local.hub.scanning.recording import Recorder, Settled
from backends.local.hub.scanning.report import Report
from backends.local.hub.scanning.roots import look_at
from backends.local.hub.scanning.walking import Place, Walk
from contract.hub.scan import FolderState

__all__ = ["ScanContext", "Scanner", "Stopped"]

_SECONDS_BETWEEN_REPORTS = 0.2
_SECONDS_UNWRITTEN = 0.5

_FOLDERS_BETWEEN_LOOKS = 50

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""A scan makes many objects, which all live until it is done with them, and no cycles of them."""

_WHY_LEFT_OUT: dict[FolderState, str] = {
    "absent": "The folder is not there, or can't be read. Its tracks were left as they were.",
    "empty": "The folder is empty, as if nothing were mounted there. Its tracks were left as they were.",
}


class Stopped(Exception):
    """Somebody has asked for the end of the scan."""


@dataclass(frozen=True, kw_only=True)
class ScanContext:
    """What a scan works with.

    Attributes:
        roots: All folders of the library, by id.
        places: Where to look.
        stop: Set from outside when it is to end.
        progress: Told of the report now and then.
    """

    index: sqlite3.Connection
    user: sqlite3.Connection
    scan_id: int
    roots: dict[int, bytes]
    places: Sequence[Place]
    report: Report
    stop: threading.Event
    clock: Callable[[], int]
    pool: Pool
    progress: Callable[[Report], None]


class Scanner:
    """Brings the index up to what is in the folders."""

    def __init__(self, context: ScanContext) -> None:
        self._context = context
        self._report = context.report
        self._comparison = Comparison(context.index)
        self.recorder = Recorder(
            context.index, context.user, self._comparison, roots=context.roots, clock=context.clock
        )
        self._reported = self._written = time.monotonic()
        self._pending: list[Settled] = []
        self._deferred: list[tuple[Found, AudioFile]] = []
        self._spoilt: set[int] = set()
        self._displaced: set[int] = set()

    def run(self) -> None:
        """Carry the scan out.

        Raises:
            Stopped: It was asked to end; what it had found by then is kept.
            sqlite3.Error: A database can't be read or written.
        """
        with _rare_collections():
            try:
                self._bring_up()
            finally:
                self.recorder.write_search()
                self.recorder.checkpoint()
            self._tell()
            self.recorder.note(at_last=True)
            keep_ids(self._context.index, self._context.user)

    def _bring_up(self) -> None:
        gone = self._walk()
        comparison, report = self._comparison, self._report
        self.recorder.forget_problems(comparison.solved)
        self.recorder.set_folders()
        self.recorder.mark_present(comparison.returned)
        report.returned += len(comparison.returned)
        left = self._read() if comparison.to_read else set(gone)
        missing = [key for key in gone if key in left]
        self.recorder.mark_missing([*missing, *self._spoilt])
        report.missing += len(missing) + len(self._spoilt)

    def _walk(self) -> list[int]:
        """Compare what is in the places with the index; return the keys of tracks whose files are gone."""
        context, comparison, report = self._context, self._comparison, self._report
        absent = self._absent(context.roots)
        walk = Walk(list(context.roots.values()))
        for number, folder in enumerate(walk.folders(place for place in context.places if place.root_id not in absent)):
            comparison.take(folder)
            for name, reason in folder.failed.items():
                report.refuse(join(folder.path, name), reason)
            if number % _FOLDERS_BETWEEN_LOOKS == 0:
                report.seen, report.unchanged = comparison.files, comparison.unchanged
                self._tick()
                context.pool.warm_up(len(comparison.to_read))
        # What was unmounted during the walk looks as if it had been emptied.
        absent |= self._absent({id_: root for id_, root in context.roots.items() if id_ not in absent})
        places = [place for place in context.places if place.root_id not in absent]
        comparison.finish(places, walk.unreadable, context.roots.values())
        report.seen, report.unchanged = comparison.files, comparison.unchanged
        report.to_read = len(comparison.to_read)
        for path, reason in comparison.still_unreadable:
            report.refuse(path, reason)
        for path, reason in walk.unreadable.items():
            report.notice(path, reason)
        self._tell()
        return [key for root_id, keys in comparison.gone.items() if root_id not in absent for key in keys]

    def _absent(self, roots: dict[int, bytes]) -> set[int]:
        """Which of the roots to look into are not there; the report says so."""
        wanted = {place.root_id for place in self._context.places}
        absent: set[int] = set()
        for id_ in wanted & roots.keys():
            state = look_at(roots[id_])
            if state != "present":
                absent.add(id_)
                self._report.left_out += 1
                self._report.notice(roots[id_], _WHY_LEFT_OUT[state])
        return absent

    def _read(self) -> set[int]:
        """Read and write what is new or has changed; return the keys of tracks that no file was found for."""
        context = self._context
        whole = {place.path for place in context.places} == set(context.roots.values())
        identities = Identities(context.index, context.user, self._comparison, roots=context.roots, whole=whole)
        # Changed files first: what was in their places decides what files elsewhere are.
        files = sorted(self._comparison.to_read, key=lambda found: found.key is None)
        for results in context.pool.read(files):
            self._take(results, identities)
            self._put(rest=time.monotonic() - self._written > _SECONDS_UNWRITTEN)
            self._tick()
        decided = zip(self._deferred, identities.decide_rest(self._deferred), strict=True)
        self._pending += [(found, audio, decision) for (found, audio), decision in decided]
        self._put(rest=True)
        left = identities.left()
        self._report.missing += len(self._displaced & left)
        return left

    def _take(self, results: Sequence[Read], identities: Identities) -> None:
        refused: list[tuple[Found, str]] = []
        for found, result in results:
            self._report.read += 1
            if isinstance(result, Refused):
                if result.gone:
                    continue
                self._report.refuse(found.path, result.reason)
                if result.by_content:
                    refused.append((found, result.reason))
                    if found.key is not None and not found.missing:
                        self._spoilt.add(found.key)
                continue
            decision = identities.decide(found, result)
            if decision is None:
                self._deferred.append((found, result))
            else:
                self._pending.append((found, result, decision))
        if refused:
            self.recorder.refuse(refused)

    def _put(self, *, rest: bool) -> None:
        """Write what is pending, as far as it fills transactions, or all of it."""
        while len(self._pending) >= self.recorder.batch or (rest and self._pending):
            batch = self._pending[: self.recorder.batch]
            del self._pending[: len(batch)]
            self.recorder.put(batch)
            self._written = time.monotonic()
            for found, _, decision in batch:
                self._count(found, decision)
            self._tick()
        if rest:
            self.recorder.write_search()

    def _count(self, found: Found, decision: Decision) -> None:
        if found.key is not None and decision.key != found.key and not found.missing:
            self._displaced.add(found.key)
        if decision.key is None:
            self._report.new += 1
        elif decision.key != found.key:
            self._report.moved += 1
        elif found.missing:
            self._report.returned += 1
        else:
            self._report.changed += 1

    def _tick(self) -> None:
        """See whether to stop; say now and then how far it has come."""
        if self._context.stop.is_set():
            raise Stopped
        if time.monotonic() - self._reported > _SECONDS_BETWEEN_REPORTS:
            self._tell()
            self.recorder.note()

    def _tell(self) -> None:
        context = self._context
        self._reported = time.monotonic()
        with self.recorder.transaction():
            record.update(context.index, context.scan_id, self._report)
            asked = record.stop_asked(context.index, context.scan_id)
        context.progress(self._report)
        if asked:
            raise Stopped


@contextmanager
def _rare_collections() -> Generator[None, None, None]:
    """Have the collector look through the program's objects seldom: it costs a tenth, also while the lock is held."""
    first, *others = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
