"""The one place that turns files and their tags into rows of the index."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from backends.local.hub.indexing.effective import Overrides, effective
from backends.local.hub.indexing.entries import FileEntry, TrackFacts
from backends.local.hub.indexing.groups import Groups, groups_of
from backends.local.hub.indexing.members import Member, members
from backends.local.hub.indexing.rows import (
    TrackRow,
    add_tracks,
    change_shown,
    change_tracks,
    link_groups,
    member_of,
    stored_tracks,
    vacate,
)
from backends.local.hub.indexing.succession import Succession
from backends.local.hub.indexing.totals import Totals
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.moments import now_ms
from backends.local.hub.searching.indexing import count_noted, index_noted, index_search
from contract.hub.ids import Kind, kind_of

__all__ = ["IndexWriter"]

ItemT = TypeVar("ItemT")

_AT_ONCE = 500
"""Tracks whose rows are in memory together."""

_COVER_OF_FILE, _COVER_OF_FOLDER = 1, 2

_FOLDER = "SELECT path FROM folders WHERE key = ?"
_KEYS_OF_IDS = "SELECT id, key FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
_SET_FACTS = "UPDATE tracks SET play_count = ?, last_played_at = ?, saved_at = ? WHERE key = ?"
_SET_MISSING = "UPDATE tracks SET missing_since = ? WHERE key = ?"
_SET_PRESENT = "UPDATE tracks SET missing_since = NULL WHERE key = ?"
_IN_FOLDER = f"SELECT key FROM tracks WHERE folder_key = ? AND has_cover <> {_COVER_OF_FILE}"
_SET_COVER = "UPDATE tracks SET has_cover = ? WHERE key = ?"


class IndexWriter:
    """Writes into `hub-index.db`, within the caller's transaction; it keeps nothing between calls.

    Whatever it writes, the counts of albums, artists and genres and the rows that search reads are right afterwards.
    """

    def __init__(
        self, connection: sqlite3.Connection, facts: UserFacts | None = None, *, search_later: bool = False
    ) -> None:
        """Of an open index; the facts say which new albums and artists are saved.

        With `search_later` the rows that search reads are only noted, until `write_search` writes
        many at once, which is far faster.
        """
        self._connection = connection
        self._facts = facts
        self._search_later = search_later

    @property
    def noted_for_search(self) -> int:
        """How many rows that search reads are yet to be written."""
        return count_noted(self._connection)

    def write_search(self, limit: int) -> bool:
        """Write so many of the rows that search reads, at most; say whether there were any."""
        return index_noted(self._connection, limit)

    def put(self, entries: Sequence[FileEntry], *, at: int | None = None) -> list[int]:
        """Add tracks, or change those that are there, and return their keys in order. All of them are present then.

        A track elsewhere that had the place of one of these has lost its file to it, and is missing from then on.
        """
        keys: list[int] = []
        for chunk in _chunks(entries):
            keys += self._put(chunk, now_ms() if at is None else at)
        return keys

    def rewrite(self, overrides: Mapping[str, Overrides]) -> None:
        """Derive what is shown anew, from the stored tags and these overrides by track id; unknown ids are left out."""
        for chunk in _chunks(overrides.items()):
            rows = stored_tracks(self._connection, dict(chunk))
            before = members(self._connection, [row.key for row in rows])
            groups = self._groups_of(rows)
            change_shown(self._connection, rows, groups)
            self._settle(rows, groups, before)

    def mark_missing(self, keys: Iterable[int], at: int) -> None:
        """The files of these tracks are not there; those that were missed before keep the moment when that began."""
        self._mark(keys, _SET_MISSING, (at,), present=False)

    def mark_present(self, keys: Iterable[int]) -> None:
        """The files of these tracks are there, as they were."""
        self._mark(keys, _SET_PRESENT, (), present=True)

    def set_folder_image(self, folder_key: int, *, there: bool) -> None:
        """The folder has a picture that stands for the cover of its tracks without one, or has none any more."""
        keys = [key for (key,) in self._connection.execute(_IN_FOLDER, (folder_key,))]
        before = members(self._connection, keys)
        cover = _COVER_OF_FOLDER if there else 0
        self._connection.executemany(_SET_COVER, [(cover, key) for key in keys])
        self._recount(before, [replace(member, cover=there) for member in before.values()])

    def set_track_facts(self, facts: Mapping[str, TrackFacts]) -> None:
        """Bring plays and saved of these tracks, by id, to what the facts say; unknown ids are left out."""
        for chunk in _chunks(facts.items()):
            ids = json.dumps([id_ for id_, _ in chunk])
            keys = dict[str, int](self._connection.execute(_KEYS_OF_IDS, (ids,)))
            known = [(keys[id_], fact) for id_, fact in chunk if id_ in keys]
            before = members(self._connection, keys.values())
            rows = [(fact.play_count, fact.last_played_at, fact.saved_at, key) for key, fact in known]
            self._connection.executemany(_SET_FACTS, rows)
            after = [
                replace(
                    before[key],
                    plays=fact.play_count,
                    last_played_at=fact.last_played_at,
                    saved=fact.saved_at is not None,
                )
                for key, fact in known
            ]
            self._recount(before, after)

    def set_saved(self, saved: Mapping[str, int | None]) -> None:
        """Mark these albums and artists, by id, as saved at that moment, or as not saved; other ids are left out."""
        for table, kind in (("albums", Kind.ALBUM), ("artists", Kind.ARTIST)):
            rows = [(saved_at, id_) for id_, saved_at in saved.items() if kind_of(id_) is kind]
            self._connection.executemany(f"UPDATE {table} SET saved_at = ? WHERE id = ?", rows)

    def _put(self, entries: Sequence[FileEntry], at: int) -> list[int]:
        before = members(self._connection, [entry.key for entry in entries if entry.key is not None])
        self.mark_missing(vacate(self._connection, entries), at)
        rows = self._rows(entries, before)
        groups = self._groups_of(rows)
        if added := [row for row in rows if not row.edited]:
            add_tracks(self._connection, added, groups)
        if changed := [row for row in rows if row.edited]:
            change_tracks(self._connection, changed, groups)
        self._settle(rows, groups, before)
        return [row.key for row in rows]

    def _rows(self, entries: Sequence[FileEntry], before: Mapping[int, Member]) -> list[TrackRow]:
        """Rows for the entries; the keys of new ones follow the last."""
        [(last,)] = self._connection.execute("SELECT coalesce(max(key), 0) FROM tracks")
        folders: dict[int, bytes] = {}
        rows: list[TrackRow] = []
        for entry in entries:
            folder = folders.get(entry.folder_key)
            if folder is None:
                [(folder,)] = self._connection.execute(_FOLDER, (entry.folder_key,))
                folders[entry.folder_key] = folder
            known = None if entry.key is None else before[entry.key]
            if known is None:
                last += 1
            shown = effective(entry.audio.tags, entry.facts.overrides, entry.name, folder)
            overridden, added_at = bool(entry.facts.overrides), known.added_at if known else entry.added_at
            rows.append(TrackRow(known.key if known else last, shown, overridden, added_at, known is not None, entry))
        return rows

    def _groups_of(self, rows: Sequence[TrackRow]) -> Groups:
        return groups_of(self._connection, ((row.shown, row.added_at, row.edited) for row in rows), self._facts)

    def _settle(self, rows: Sequence[TrackRow], groups: Groups, before: Mapping[int, Member]) -> None:
        """Link written rows with their groups, and bring up whatever follows from them."""
        link_groups(self._connection, rows, groups)
        totals, succession = Totals(self._connection), Succession(self._connection)
        for row in rows:
            was = before.get(row.key)
            now = member_of(row, groups, was)
            totals.change(was, now)
            succession.change(was, now)
        totals.write()
        succession.settle(totals)
        self._search((row.key for row in rows), totals.albums, totals.artists | groups.new_or_renamed)

    def _mark(self, keys: Iterable[int], sql: str, values: tuple[int, ...], *, present: bool) -> None:
        for chunk in _chunks(keys):
            before = {
                key: member for key, member in members(self._connection, chunk).items() if member.present != present
            }
            self._connection.executemany(sql, [(*values, key) for key in before])
            self._recount(before, [replace(member, present=present) for member in before.values()])

    def _recount(self, before: Mapping[int, Member], after: Sequence[Member]) -> None:
        totals = Totals(self._connection)
        for member in after:
            totals.change(before[member.key], member)
        totals.write()
        self._search((member.key for member in after), totals.albums, totals.artists)

    def _search(self, tracks: Iterable[int], albums: Iterable[int], artists: Iterable[int]) -> None:
        index_search(self._connection, tracks=tracks, albums=albums, artists=artists, later=self._search_later)


def _chunks(items: Iterable[ItemT]) -> Iterable[list[ItemT]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _AT_ONCE)):
        yield chunk
