"""Which track a file is that is new or has changed.

A track keeps its id when its file is moved, renamed or tagged anew. The first that holds decides:

1. Its number on the disk, size and time are those of a track whose file is gone or another: it was moved or renamed.
2. A file at the same path with the same audio: it was tagged anew.
3. Audio of tracks whose files are gone, missing or another: moved, or swapped; `matching` says which is which.
4. A file at the same path: another rip of the track, unless title and artist both say that it is another song.
5. It is new.

A file that is new because the one it was copied from is still there may become that track later (`handing_on`).

What `hub.db` mentions and the index does not know, because it was built again, counts as a track without its file.
"""

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.local.hub.indexing.names import folded
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.scanning.comparing import Comparison, Found
from backends.local.hub.scanning.matching import Candidate, match
from backends.local.hub.scanning.paths import base_name, join
from backends.local.hub.scanning.roots import look_at

__all__ = ["Decision", "Identities"]

_COLUMNS = "key, fingerprint, inode, size, mtime_ns"
_MISSING = f"SELECT {_COLUMNS} FROM tracks WHERE missing_since IS NOT NULL"
_ROWS = f"SELECT {_COLUMNS} FROM tracks WHERE key IN (SELECT value FROM json_each(?))"

_ELSEWHERE = """
    SELECT t.key, t.fingerprint, t.inode, t.size, t.mtime_ns, f.root_id, f.path, t.name
    FROM tracks t JOIN folders f ON f.key = t.folder_key WHERE t.fingerprint = ? AND t.missing_since IS NULL LIMIT 100
"""

_CANDIDATES = """
    SELECT t.key, f.path, t.name, t.inode, g.tags
    FROM tracks t JOIN folders f ON f.key = t.folder_key LEFT JOIN track_tags g ON g.track_key = t.key
    WHERE t.key IN (SELECT value FROM json_each(?))
"""

_SAME_AUDIO = "SELECT key FROM tracks WHERE fingerprint = ? AND missing_since IS NULL"

_KNOWN = "SELECT track_id, fingerprint, path, title, artist, album FROM known_tracks"
_LOST = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM tracks)"

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Decision:
    """Which track a file is.

    Attributes:
        key: Of its row, or None if the index has none.
        track_id: Of a track that only `hub.db` knows, or None.
    """

    key: int | None = None
    track_id: str | None = None


_NEW = Decision()

_Known = tuple[str, Candidate]


class Identities:
    """Tells the files of one scan from each other, which are asked for once each, and then settled."""

    def __init__(
        self,
        index: sqlite3.Connection,
        user: sqlite3.Connection,
        comparison: Comparison,
        *,
        roots: Mapping[int, bytes],
        whole: bool,
    ) -> None:
        """`whole` says that all of the library was looked into, so that all that is gone is known."""
        self._index = index
        self._roots = roots
        self._whole = whole
        self._looked_for: set[bytes] = set()
        self._mounted: dict[int, bool] = {}
        self._fingerprints: dict[int, bytes] = {}
        self._by_audio: defaultdict[bytes, set[int]] = defaultdict(set)
        self._by_stamp: dict[tuple[int, int, int], int] = {}
        changed = [found.key for found in comparison.to_read if found.key is not None]
        self._add(index.execute(_MISSING))
        for keys in (changed, *comparison.gone.values()):
            for start in range(0, len(keys), _AT_ONCE):
                self._add(index.execute(_ROWS, (json.dumps(keys[start : start + _AT_ONCE]),)))
        self._lost = _lost_tracks(index, user) if comparison.to_read else {}
        self._claims = self._claimed(comparison.to_read)
        self._claimed_keys = set(self._claims.values())

    def decide(self, found: Found, audio: AudioFile) -> Decision | None:
        """Which track the file is, or None while that hangs on files that are yet to be read."""
        fingerprint = audio.fingerprint
        claim = self._claims.get((found.folder, found.name))
        if claim is not None:
            if self._fingerprints.get(claim) == fingerprint:
                return self._settled(claim)
            self._claimed_keys.discard(claim)
        if found.key is not None and found.key not in self._claimed_keys:
            return self._settled(found.key) if self._fingerprints[found.key] == fingerprint else None
        if not self._whole:
            self._look_elsewhere(fingerprint)
        return None if self._by_audio.get(fingerprint) or fingerprint in self._lost else _NEW

    def decide_rest(self, files: Sequence[tuple[Found, AudioFile]]) -> list[Decision]:
        """Which tracks those files are that could not be told before, once all files have been read."""
        decisions: list[Decision | None] = [None] * len(files)
        by_audio: defaultdict[bytes, list[int]] = defaultdict(list)
        for place, (_, audio) in enumerate(files):
            by_audio[audio.fingerprint].append(place)
        for fingerprint, places in by_audio.items():
            self._match(fingerprint, places, files, decisions)
        for place, own in self._at_their_paths(files, decisions):
            decisions[place] = self._settled(own)
        return [decision or _NEW for decision in decisions]

    def left(self) -> set[int]:
        """Keys of tracks that no file was found for."""
        return set(self._fingerprints)

    def _add(self, rows: Iterable[tuple[int, bytes, int, int, int]]) -> None:
        for key, fingerprint, inode, size, mtime_ns in rows:
            self._fingerprints[key] = fingerprint
            self._by_audio[fingerprint].add(key)
            self._by_stamp[inode, size, mtime_ns] = key

    def _claimed(self, files: Iterable[Found]) -> dict[tuple[bytes, bytes], int]:
        """Tracks that were renamed, by folder and name: all that a renaming leaves as it was is as it was."""
        if not self._by_stamp:
            return {}
        claims: dict[tuple[bytes, bytes], int] = {}
        for found in files:
            key = self._by_stamp.get((found.inode, found.size, found.mtime_ns))
            if key is not None and key != found.key:
                claims[found.folder, found.name] = key
                del self._by_stamp[found.inode, found.size, found.mtime_ns]  # of two hard links, the first
        return claims

    def _look_elsewhere(self, fingerprint: bytes) -> None:
        """Add tracks of that audio whose files have left places that were not looked into this time."""
        if fingerprint in self._looked_for:
            return
        self._looked_for.add(fingerprint)
        for *row, root_id, folder, name in self._index.execute(_ELSEWHERE, (fingerprint,)).fetchall():
            if row[0] not in self._fingerprints and self._is_mounted(root_id) and _is_gone(join(folder, name)):
                self._add([tuple(row)])

    def _is_mounted(self, root_id: int) -> bool:
        """Whether the root is there: of one that is not, nothing can be said to be gone."""
        if root_id not in self._mounted:
            root = self._roots.get(root_id)
            self._mounted[root_id] = root is not None and look_at(root) == "present"
        return self._mounted[root_id]

    def _settled(self, key: int) -> Decision:
        fingerprint = self._fingerprints.pop(key)
        self._by_audio[fingerprint].discard(key)
        return Decision(key)

    def _match(
        self,
        fingerprint: bytes,
        places: Sequence[int],
        files: Sequence[tuple[Found, AudioFile]],
        decisions: list[Decision | None],
    ) -> None:
        keys = sorted(self._by_audio.get(fingerprint, ()))
        lost = self._lost.get(fingerprint, [])
        if not keys and not lost:
            return
        rows = self._candidates(keys)
        candidates = [*(rows[key] for key in keys), *(candidate for _, candidate in lost)]
        ours = [
            _candidate(found.folder, found.name, found.inode, audio.tags)
            for found, audio in (files[place] for place in places)
        ]
        taken: list[int] = []
        for mine, theirs in match(ours, candidates, shared=self._is_shared(fingerprint)).items():
            if theirs < len(keys):
                decisions[places[mine]] = self._settled(keys[theirs])
            else:
                decisions[places[mine]] = Decision(track_id=lost[theirs - len(keys)][0])
                taken.append(theirs - len(keys))
        self._lost[fingerprint] = [each for place, each in enumerate(lost) if place not in set(taken)]

    def _at_their_paths(
        self, files: Sequence[tuple[Found, AudioFile]], decisions: Sequence[Decision | None]
    ) -> list[tuple[int, int]]:
        """Files that are nothing else, by their places, with the tracks at their paths that they are other rips of."""
        keys = {
            place: found.key
            for place, (found, _) in enumerate(files)
            if decisions[place] is None
            and found.key is not None
            and found.key in self._fingerprints
            and found.key not in self._claimed_keys
        }
        rows = self._candidates(list(keys.values()))
        return [(place, key) for place, key in keys.items() if not _is_another(rows[key], files[place][1])]

    def _candidates(self, keys: Sequence[int]) -> dict[int, Candidate]:
        return {
            key: _candidate(folder, name, inode, json.loads(tags or "{}"))
            for key, folder, name, inode, tags in self._index.execute(_CANDIDATES, (json.dumps(keys),))
        }

    def _is_shared(self, fingerprint: bytes) -> bool:
        """Whether a track whose file is where it was has this audio."""
        same = self._index.execute(_SAME_AUDIO, (fingerprint,))
        return any(key not in self._fingerprints for (key,) in same)


def _is_gone(path: bytes) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # longer than a system call takes, or not to be looked at
        return False
    return False


def _candidate(folder: bytes, name: bytes, inode: int, tags: Mapping[str, Any]) -> Candidate:
    title, artist, album, track = (tags.get(tag) for tag in ("title", "artist", "album", "track"))
    return Candidate(
        join(folder, name),
        base_name(folder),
        name,
        inode,
        tags=(title, artist, album) if title else None,
        slot=(artist, album, tags.get("disc"), track) if track else None,
    )


def _is_another(track: Candidate, audio: AudioFile) -> bool:
    """Whether a file is another song than the track: neither title nor artist are the same."""
    title, artist, _ = track.tags or (None, None, None)
    pairs = ((title, audio.tags.get("title")), (artist, audio.tags.get("artist")))
    return all(was and now and folded(was) != folded(now) for was, now in pairs)


def _lost_tracks(index: sqlite3.Connection, user: sqlite3.Connection) -> dict[bytes, list[_Known]]:
    """Tracks that `hub.db` knows and the index does not, by their audio."""
    known = {row[0]: row[1:] for row in user.execute(_KNOWN)}
    lost: dict[bytes, list[_Known]] = {}
    for (id_,) in index.execute(_LOST, (json.dumps(list(known)),)) if known else ():
        fingerprint, path, *told = known[id_]
        folder, name = os.path.split(path)
        candidate = Candidate(path, base_name(folder), name, None, tuple(told))
        lost.setdefault(fingerprint, []).append((id_, candidate))
    return lost
