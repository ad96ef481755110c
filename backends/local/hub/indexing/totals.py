"""The counts of albums, artists and genres, kept by what each changed track adds and takes away.

Counting a group anew would take longer the more tracks it has, and "Various Artists" have thousands: a scan would
grow with their square. Only what a leaving track was alone in having, the latest moment say, is looked for again.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from backends.local.hub.facets import Facets
from backends.local.hub.indexing.members import Member
from backends.local.hub.indexing.names import sort_key

__all__ = ["Totals"]

_ALBUM = """
    SELECT tracks, duration_ms, play_count, added_at, last_played_at, cover_track, artist_key, title, artist
    FROM albums WHERE key = ?
"""
# The album is shown as its first track says; if all are missing, as the first of those.
_FIRST_TRACK = """
    SELECT t.album, t.album_artist, t.year, t.release_date, t.compilation, t.sort_album,
        (SELECT x.artist_key FROM track_artists x WHERE x.track_key = t.key AND x.role = 1 AND x.position = 0)
    FROM tracks t WHERE t.album_key = ? AND {} ORDER BY t.disc, t.track, t.sort_title, t.key LIMIT 1
"""
_FIRST_THERE = _FIRST_TRACK.format("t.missing_since IS NULL")
_FIRST_OF_ALL = _FIRST_TRACK.format("true")
_LAST_DISC = "SELECT disc FROM tracks WHERE album_key = ? AND missing_since IS NULL ORDER BY disc DESC LIMIT 1"
_ANY_COVER = """
    SELECT key FROM tracks WHERE album_key = ? AND missing_since IS NULL AND has_cover > 0
    ORDER BY disc, track, sort_title, key LIMIT 1
"""
_SET_ALBUM = """
    UPDATE albums SET tracks = ?, duration_ms = ?, play_count = ?, added_at = ?, last_played_at = ?, cover_track = ?,
        title = ?, artist = ?, year = ?, release_date = ?, compilation = ?, sort_title = ?, artist_key = ?,
        sort_artist = ?, discs = ?
    WHERE key = ?
"""

_ARTIST = "SELECT tracks, albums, play_count, added_at, last_played_at FROM artists WHERE key = ?"
_SET_ARTIST = """
    UPDATE artists SET tracks = ?, albums = ?, play_count = ?, added_at = ?, last_played_at = ? WHERE key = ?
"""

_COUNT_GENRE = "UPDATE genres SET tracks = tracks + ? WHERE key = ?"

_OF_ALBUM = "FROM tracks t WHERE t.album_key = ? AND t.missing_since IS NULL"
_OF_ARTIST = """
    FROM track_artists x JOIN tracks t ON t.key = x.track_key WHERE x.artist_key = ? AND t.missing_since IS NULL
"""

_Group = tuple[Callable[..., sqlite3.Cursor], str, int]
"""How to ask the database, where the group's tracks are found that are there, and its key."""


@dataclass(slots=True)
class _Change:
    """What became of one group."""

    tracks: int = 0
    duration_ms: int = 0
    plays: int = 0
    albums: int = 0
    joined: list[Member] = field(default_factory=list[Member])
    left: list[Member] = field(default_factory=list[Member])

    def count(self, member: Member, sign: int) -> None:
        if member.present:
            (self.joined if sign > 0 else self.left).append(member)
            self.tracks += sign
            self.duration_ms += sign * member.duration_ms
            self.plays += sign * member.plays


class Totals:
    """Takes tracks as they were and as they are, and then brings the counts of their groups up.

    Attributes:
        albums: Keys of those whose shown text, plays, or whether they are shown at all, have changed.
        artists: The same of artists.
        hidden_albums: Keys of those that were shown before, and are no longer.
        hidden_artists: The same of artists.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.albums: set[int] = set()
        self.artists: set[int] = set()
        self.hidden_albums: set[int] = set()
        self.hidden_artists: set[int] = set()
        self._connection = connection
        self._albums: dict[int, _Change] = {}
        self._artists: dict[int, _Change] = {}
        self._genres: dict[int, int] = {}
        self._facets = Facets()

    def change(self, before: Member | None, after: Member) -> None:
        """A track was that, and is this; its row says so already."""
        if before is not None:
            self._count(before, -1)
        self._count(after, 1)

    def write(self) -> None:
        """Bring the counts up."""
        counts = [(count, key) for key, count in self._genres.items() if count]
        self._connection.executemany(_COUNT_GENRE, counts)
        self._facets.write(self._connection)
        for key, change in self._albums.items():
            self._write_album(key, change)
        for key, change in self._artists.items():
            self._write_artist(key, change)

    def _count(self, member: Member, sign: int) -> None:
        self._facets.count(member, sign)
        if member.album is not None:
            self._albums.setdefault(member.album, _Change()).count(member, sign)
        for key in member.artists:
            self._artists.setdefault(key, _Change()).count(member, sign)
        for key in member.genres:
            self._genres[key] = self._genres.get(key, 0) + (sign if member.present else 0)

    def _write_album(self, key: int, change: _Change) -> None:
        run = self._connection.execute
        tracks, duration_ms, plays, added_at, last_played_at, cover, artist_key, *text = run(_ALBUM, (key,)).fetchone()
        tracks_now = tracks + change.tracks
        first = run(_FIRST_THERE if tracks_now else _FIRST_OF_ALL, (key,)).fetchone()
        if first is None:  # no track is left at all: the row goes (backends.local.hub.indexing.succession)
            self._count_album(artist_key, -1 if tracks else 0)
            run("UPDATE albums SET artist_key = NULL, tracks = 0 WHERE key = ?", (key,))
            self._note(key, tracks, 0, self.albums, self.hidden_albums)
            return
        title, artist, year, release_date, compilation, sort_title, first_artist = first
        if compilation and release_date:  # its tracks are of many years, and it is of one
            year = int(release_date[:4])
        facts = (
            tracks_now,
            duration_ms + change.duration_ms,
            plays + change.plays,
            _latest((run, _OF_ALBUM, key), "added_at", added_at, change, tracks_now),
            _latest((run, _OF_ALBUM, key), "last_played_at", last_played_at, change, tracks_now),
            self._cover(key, cover, change),
        )
        shown = (title, artist, year, release_date, compilation, sort_title, first_artist, sort_key(artist))
        discs = max(1, run(_LAST_DISC, (key,)).fetchone()[0] or 1) if tracks_now else 1
        run(_SET_ALBUM, (*facts, *shown, discs, key))
        if artist_key != first_artist or bool(tracks) != bool(tracks_now):
            self._count_album(artist_key, -1 if tracks else 0)
            self._count_album(first_artist, 1 if tracks_now else 0)
        if text != [title, artist] or change.plays:
            self.albums.add(key)
        self._note(key, tracks, tracks_now, self.albums, self.hidden_albums)

    def _write_artist(self, key: int, change: _Change) -> None:
        run = self._connection.execute
        tracks, albums, plays, added_at, last_played_at = run(_ARTIST, (key,)).fetchone()
        tracks_now = tracks + change.tracks
        facts = (
            tracks_now,
            albums + change.albums,
            plays + change.plays,
            _latest((run, _OF_ARTIST, key), "added_at", added_at, change, tracks_now),
            _latest((run, _OF_ARTIST, key), "last_played_at", last_played_at, change, tracks_now),
        )
        run(_SET_ARTIST, (*facts, key))
        if change.plays:
            self.artists.add(key)
        self._note(key, tracks, tracks_now, self.artists, self.hidden_artists)

    def _count_album(self, artist: int | None, count: int) -> None:
        if artist is not None and count:
            self._artists.setdefault(artist, _Change()).albums += count

    def _cover(self, key: int, cover: int | None, change: _Change) -> int | None:
        """A track whose picture stands for the album: the same one as long as it has one."""
        now = {member.key for member in change.joined if member.cover}
        if cover is None:
            return next((member.key for member in change.joined if member.cover), None)
        if cover in now or all(member.key != cover for member in change.left):
            return cover
        row = self._connection.execute(_ANY_COVER, (key,)).fetchone()
        return row[0] if row else None

    @staticmethod
    def _note(key: int, before: int, after: int, changed: set[int], hidden: set[int]) -> None:
        if bool(before) != bool(after):
            changed.add(key)
            if before:
                hidden.add(key)


def _latest(group: _Group, column: str, before: int | None, change: _Change, tracks: int) -> int | None:
    """The latest moment of a group's tracks that are there, so many; a group without any keeps what it had."""
    joined = _moments(change.joined, column)
    if not tracks:
        return before
    if before is None or tracks == len(change.joined):
        return max(joined, default=None)
    latest = max(before, *joined) if joined else before
    if latest in joined or max(_moments(change.left, column), default=-1) < latest:
        return latest
    # The latest has left. Most often another came with it; only if not, all are looked at.
    run, tracks_of_group, key = group
    if run(f"SELECT 1 {tracks_of_group} AND t.{column} = ? LIMIT 1", (key, latest)).fetchone():
        return latest
    return run(f"SELECT max(t.{column}) {tracks_of_group}", (key,)).fetchone()[0]


def _moments(tracks: list[Member], column: str) -> list[int]:
    return [moment for track in tracks if (moment := getattr(track, column)) is not None]
