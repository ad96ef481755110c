"""Write what a scan finds into the index, in transactions so short that nobody waits for them."""

import json
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager

from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.indexing.entries import NO_FACTS, FileEntry
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.indexing.writer import IndexWriter
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.scanning.comparing import Comparison, Found, KnownFolder
from backends.local.hub.scanning.giving_ids import give_ids
from backends.local.hub.scanning.handing_on import hand_on
from backends.local.hub.scanning.identity import Decision
from backends.local.hub.scanning.paths import join

__all__ = ["Recorder", "Settled"]

_WORK_A_TRANSACTION = 0.02
_SECONDS_A_TRANSACTION = 0.03
"""To aim at, of work and by the clock: nobody is to wait fifty milliseconds for the lock."""

_FIRST, _LEAST, _MOST = 30, 20, 250
"""Tracks of a transaction."""

_SEARCH_ROWS_FOR_A_TRACK = 3
"""They are written in transactions of their own; so many take about as long as a track."""

_MARKED_AT_ONCE = 100
_MISSED_AT_ONCE = 15
"""Far fewer: a copy may go on as each of them, which is as much work as to put two tracks."""

_TRACKS_BETWEEN_CHECKPOINTS = 1000
"""Most pages change many times during a scan, and each checkpoint copies them once, and waits for the disk."""

_SECONDS_BETWEEN_NOTES = 1.0

_ADD_FOLDER = "INSERT INTO folders (root_id, path, cover, cover_stamp) VALUES (?, ?, ?, ?)"
_SET_FOLDER = "UPDATE folders SET root_id = ?, cover = ?, cover_stamp = ? WHERE key = ?"

_ADD_PROBLEM = "INSERT OR REPLACE INTO problems (folder_key, name, size, mtime_ns, reason) VALUES (?, ?, ?, ?, ?)"
_DROP_PROBLEM = "DELETE FROM problems WHERE folder_key = ? AND name = ?"

_EDITED = """
    SELECT t.fingerprint, f.path, t.name, t.title, t.artist, t.album, t.duration_ms, t.isrc, t.id
    FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.id IN (SELECT value FROM json_each(?))
"""
_REMEMBER = """
    UPDATE known_tracks SET fingerprint = ?, path = ?, title = ?, artist = ?, album = ?, duration_ms = ?, isrc = ?
    WHERE track_id = ?
"""

Settled = tuple[Found, AudioFile, Decision]
"""A file that was read, and which track it is."""


class Recorder:
    """The one who writes into the index during a scan.

    Attributes:
        batch: How many tracks are to be put at once.
        longest_hold: Seconds for which the write lock was held at most.
    """

    def __init__(
        self,
        index: sqlite3.Connection,
        user: sqlite3.Connection,
        comparison: Comparison,
        *,
        roots: Mapping[int, bytes],
        clock: Callable[[], int],
    ) -> None:
        self.batch = _FIRST
        self.longest_hold = 0.0
        self._index = index
        self._user = user
        self._facts = UserFacts(user)
        self._writer = IndexWriter(index, self._facts, search_later=True)
        self._comparison = comparison
        self._folders = comparison.folders
        self._roots = roots
        self._clock = clock
        self._edited: set[str] = set()
        self._changed = False
        self._noted = time.monotonic()
        self._unchecked = 0
        index.execute("PRAGMA wal_autocheckpoint = 0")

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """A transaction of the index, rolled back if the block raises."""
        self._index.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        try:
            yield
            self._index.execute("COMMIT")
        except BaseException:
            if self._index.in_transaction:
                self._index.execute("ROLLBACK")
            raise
        self.longest_hold = max(self.longest_hold, time.monotonic() - started)

    def put(self, files: Sequence[Settled]) -> None:
        """Write these tracks, all in one transaction."""
        worked, started = time.thread_time(), time.monotonic()
        with self.transaction():
            self._writer.put(self._entries(files), at=self._clock())
        work = (time.thread_time() - worked) / _WORK_A_TRANSACTION
        clock = (time.monotonic() - started) / _SECONDS_A_TRANSACTION
        self.batch = max(_LEAST, min(int(len(files) / max(work, clock, 1e-6)), 2 * self.batch, _MOST))
        self._changed = True
        self.write_search(self._search_rows)
        self._unchecked += len(files)
        if self._unchecked >= _TRACKS_BETWEEN_CHECKPOINTS:
            self.checkpoint()

    def write_search(self, at_least: int = 1) -> None:
        """Write the rows that search reads, once so many have gathered."""
        while self._writer.noted_for_search >= at_least:
            with self.transaction():
                self._writer.write_search(self._search_rows)
            self._changed = True

    @property
    def _search_rows(self) -> int:
        return _SEARCH_ROWS_FOR_A_TRACK * self.batch

    def checkpoint(self) -> None:
        """Copy what was written from the write-ahead log into the database, as far as nobody reads what was before."""
        self._unchecked = 0
        self._index.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def refuse(self, refused: Sequence[tuple[Found, str]]) -> None:
        """Remember files that can't be read, so that the next scan leaves them alone while they do not change."""
        for start in range(0, len(refused), _MARKED_AT_ONCE):
            with self.transaction():
                self._index.executemany(
                    _ADD_PROBLEM,
                    [
                        (self._folder(found).key, found.name, found.size, found.mtime_ns, reason)
                        for found, reason in refused[start : start + _MARKED_AT_ONCE]
                    ],
                )

    def forget_problems(self, problems: Sequence[tuple[int, bytes]]) -> None:
        """Files that could not be read are gone, or are not what they were."""
        if problems:
            with self.transaction():
                self._index.executemany(_DROP_PROBLEM, problems)

    def mark_missing(self, keys: Iterable[int]) -> None:
        """The files of these tracks are gone."""

        def mark(some: Sequence[int]) -> None:
            self._writer.mark_missing(some, self._clock())
            self._edited.update(hand_on(self._index, self._facts, self._writer, some))

        self._mark(keys, mark, at_once=_MISSED_AT_ONCE)

    def mark_present(self, keys: Iterable[int]) -> None:
        """The files of these tracks are there again."""
        self._mark(keys, self._writer.mark_present)

    def set_folders(self) -> None:
        """Bring pictures and roots of folders that were known before up to date."""
        for path in self._comparison.covers.keys() | self._comparison.rooted.keys():
            folder = self._folders.get(path)
            if folder is None:
                continue
            had = folder.cover is not None
            folder.cover, folder.cover_stamp = self._comparison.covers.get(path, (folder.cover, folder.cover_stamp))
            folder.root_id = self._comparison.rooted.get(path, folder.root_id)
            with self.transaction():
                self._index.execute(_SET_FOLDER, (folder.root_id, folder.cover, folder.cover_stamp, folder.key))
                if had != (folder.cover is not None):
                    self._writer.set_folder_image(folder.key, there=not had)
            self._changed = True

    def note(self, *, at_last: bool = False) -> None:
        """Tell others that the index has changed, and `hub.db` what has become of tracks: at most once a second."""
        now = time.monotonic()
        if not self._changed or (not at_last and now - self._noted < _SECONDS_BETWEEN_NOTES):
            return
        edited = json.dumps(sorted(self._edited))
        self._noted, self._changed, self._edited = now, False, set()
        rows = [
            (fingerprint, join(folder, name), *rest)
            for fingerprint, folder, name, *rest in self._index.execute(_EDITED, (edited,))
            if not name.startswith(b"\0")  # of a track that has lost its place since
        ]
        self._user.execute("BEGIN IMMEDIATE")
        try:
            self._user.executemany(_REMEMBER, rows)
            note_change_in_thread(self._user, ChangeKind.LIBRARY)
            self._user.execute("COMMIT")
        except BaseException:
            if self._user.in_transaction:
                self._user.execute("ROLLBACK")
            raise

    def _entries(self, files: Sequence[Settled]) -> list[FileEntry]:
        ids = give_ids(self._index, self._user, files, self._roots)
        facts = self._facts.of_tracks(ids)
        now = self._clock()
        self._edited.update(id_ for id_, (_, _, decision) in zip(ids, files, strict=True) if decision != Decision())
        folders = [self._folder(found) for found, _, _ in files]
        return [
            FileEntry(
                folder_key=folder.key,
                name=found.name,
                size=found.size,
                mtime_ns=found.mtime_ns,
                inode=found.inode,
                sidecar_stamp=found.sidecar_stamp,
                audio=audio,
                track_id=track_id,
                added_at=now,
                key=decision.key,
                folder_has_image=folder.cover is not None,
                facts=facts.get(track_id, NO_FACTS),
            )
            for (found, audio, decision), track_id, folder in zip(files, ids, folders, strict=True)
        ]

    def _folder(self, found: Found) -> KnownFolder:
        """The file's folder, which has a row once its first file is written."""
        folder = self._folders.get(found.folder)
        if folder is None:
            cover, stamp = self._comparison.covers.get(found.folder, (None, None))
            key = self._index.execute(_ADD_FOLDER, (found.root_id, found.folder, cover, stamp)).lastrowid
            folder = self._folders[found.folder] = KnownFolder(key or 0, found.root_id, cover, stamp)
        return folder

    def _mark(
        self, keys: Iterable[int], mark: Callable[[Sequence[int]], None], *, at_once: int = _MARKED_AT_ONCE
    ) -> None:
        keys = list(keys)
        for start in range(0, len(keys), at_once):
            with self.transaction():
                mark(keys[start : start + at_once])
            self._changed = True
            self.write_search(self._search_rows)
