"""The rows of a track: in `tracks`, with its tags, and linked with its artists and genres."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backends.local.hub.indexing.effective import Overrides, Shown, effective
from backends.local.hub.indexing.entries import FileEntry
from backends.local.hub.indexing.groups import Groups
from backends.local.hub.indexing.members import Member
from backends.local.hub.indexing.names import folded

__all__ = [
    "TrackRow",
    "add_tracks",
    "change_shown",
    "change_tracks",
    "link_groups",
    "member_of",
    "stored_tracks",
    "vacate",
]

_SHOWN = (
    "title", "artist", "album_key", "album", "album_artist", "genre", "year", "release_date", "original_date", "disc",
    "disc_total", "track", "track_total", "compilation", "isrc", "overridden", "sort_title", "sort_artist",
    "sort_album",
)  # fmt: skip
_FILE = (
    "folder_key", "name", "size", "mtime_ns", "inode", "sidecar_stamp", "fingerprint", "duration_ms", "format",
    "bitrate", "sample_rate", "channels", "bit_depth", "has_cover", "has_lyrics",
)  # fmt: skip
_FACTS = ("play_count", "last_played_at", "saved_at")

_ADDED = (*_SHOWN, *_FILE, *_FACTS, "id", "added_at", "key")
_ADD = f"INSERT INTO tracks ({', '.join(_ADDED)}) VALUES ({', '.join('?' * len(_ADDED))})"
_CHANGE = f"""
    UPDATE tracks SET {", ".join(f"{column} = ?" for column in (*_SHOWN, *_FILE, *_FACTS))}, missing_since = NULL
    WHERE key = ?
"""
_CHANGE_SHOWN = f"UPDATE tracks SET {', '.join(f'{column} = ?' for column in _SHOWN)} WHERE key = ?"

_SET_TAGS = "INSERT OR REPLACE INTO track_tags (track_key, tags, lyrics) VALUES (?, ?, ?)"

_UNLINK_ARTISTS = "DELETE FROM track_artists WHERE track_key = ?"
_UNLINK_GENRES = "DELETE FROM track_genres WHERE track_key = ?"
_LINK_ARTIST = "INSERT INTO track_artists (track_key, role, position, artist_key) VALUES (?, ?, ?, ?)"
_LINK_GENRE = "INSERT INTO track_genres (track_key, position, genre_key) VALUES (?, ?, ?)"

_STORED = """
    SELECT t.key, t.id, t.name, f.path, t.added_at, g.tags
    FROM tracks t JOIN folders f ON f.key = t.folder_key JOIN track_tags g ON g.track_key = t.key
    WHERE t.id IN (SELECT value FROM json_each(?))
"""

_IN_FOLDER = "SELECT 1 FROM tracks WHERE folder_key = ? LIMIT 1"
_AT_PLACE = "SELECT key FROM tracks WHERE folder_key = ? AND name = ?"
# A place that no file can have, since no name holds a zero byte.
_VACATE = "UPDATE tracks SET name = CAST(x'00' || CAST(key AS TEXT) AS BLOB) WHERE key = ?"

_ARTIST, _ALBUM_ARTIST = 0, 1

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class TrackRow:
    """A track to be written.

    Attributes:
        edited: Whether it was there before.
        file: What is new of its file; None if only what is shown of it changes.
    """

    key: int
    shown: Shown
    overridden: bool
    added_at: int
    edited: bool
    file: FileEntry | None = None


def stored_tracks(connection: sqlite3.Connection, overrides: Mapping[str, Overrides]) -> list[TrackRow]:
    """The tracks with these ids as they are shown under these overrides, from the stored tags."""
    rows: list[TrackRow] = []
    for key, id_, name, folder, added_at, tags in connection.execute(_STORED, (json.dumps(list(overrides)),)):
        shown = effective(json.loads(tags), overrides[id_], name, folder)
        rows.append(TrackRow(key, shown, bool(overrides[id_]), added_at, edited=True))
    return rows


def vacate(connection: sqlite3.Connection, entries: Iterable[FileEntry]) -> list[int]:
    """Make room at the places of these entries, and return the keys of tracks that are not of them and had one."""
    ours = {entry.key for entry in entries}
    inhabited = {
        folder
        for folder in {entry.folder_key for entry in entries}
        if connection.execute(_IN_FOLDER, (folder,)).fetchone()
    }
    lost: list[int] = []
    for entry in entries:
        if entry.folder_key not in inhabited:
            continue
        row = connection.execute(_AT_PLACE, (entry.folder_key, entry.name)).fetchone()
        if row is not None and row[0] != entry.key:
            connection.execute(_VACATE, row)
            if row[0] not in ours:
                lost.append(row[0])
    return lost


def add_tracks(connection: sqlite3.Connection, rows: Sequence[TrackRow], groups: Groups) -> None:
    """Insert tracks that are not there yet, with their tags."""
    files = [(row, row.file) for row in rows if row.file is not None]
    added = [
        (*_shown(row, groups), *_file(file), *_facts(file), file.track_id, row.added_at, row.key) for row, file in files
    ]
    connection.executemany(_ADD, added)
    connection.executemany(_SET_TAGS, [_tags(row.key, file) for row, file in files])


def change_tracks(connection: sqlite3.Connection, rows: Sequence[TrackRow], groups: Groups) -> None:
    """Change tracks after their files were read again."""
    files = [(row, row.file) for row in rows if row.file is not None]
    connection.executemany(
        _CHANGE, [(*_shown(row, groups), *_file(file), *_facts(file), row.key) for row, file in files]
    )
    connection.executemany(_SET_TAGS, [_tags(row.key, file) for row, file in files])


def change_shown(connection: sqlite3.Connection, rows: Sequence[TrackRow], groups: Groups) -> None:
    """Change what is shown of tracks whose files are as they were."""
    connection.executemany(_CHANGE_SHOWN, [(*_shown(row, groups), row.key) for row in rows])


def link_groups(connection: sqlite3.Connection, rows: Sequence[TrackRow], groups: Groups) -> None:
    """Link the tracks with their artists and genres, and with no others."""
    if edited := [(row.key,) for row in rows if row.edited]:
        connection.executemany(_UNLINK_ARTISTS, edited)
        connection.executemany(_UNLINK_GENRES, edited)
    artists, genres = groups.artists, groups.genres
    connection.executemany(
        _LINK_ARTIST,
        [
            (row.key, role, position, artists[folded(name)])
            for row in rows
            for role, names in ((_ARTIST, row.shown.artists), (_ALBUM_ARTIST, row.shown.album_artists))
            for position, name in enumerate(names)
        ],
    )
    connection.executemany(
        _LINK_GENRE,
        [(row.key, position, genres[folded(name)]) for row in rows for position, name in enumerate(row.shown.genres)],
    )


def member_of(row: TrackRow, groups: Groups, before: Member | None) -> Member:
    """The track as its groups count it once the row is written."""
    shown, file = row.shown, row.file
    album = groups.albums[shown.album_identity] if shown.album_identity is not None else None
    artists = frozenset(groups.artists[folded(name)] for name in (*shown.artists, *shown.album_artists))
    genres = frozenset(groups.genres[folded(name)] for name in shown.genres)
    if file is not None:
        facts, cover = file.facts, _cover(file) > 0
        duration_ms, plays, last_played_at = file.audio.duration_ms, facts.play_count, facts.last_played_at
        return Member(
            row.key, True, album, duration_ms, row.added_at, plays, last_played_at, cover, file.audio.format,
            shown.year, facts.saved_at is not None, file.size, artists, genres,
        )  # fmt: skip
    if before is None:
        raise ValueError("a row without a file is of a track that is there")
    return Member(
        row.key, before.present, album, before.duration_ms, before.added_at, before.plays, before.last_played_at,
        before.cover, before.format, shown.year, before.saved, before.size, artists, genres,
    )  # fmt: skip


def _shown(row: TrackRow, groups: Groups) -> tuple[object, ...]:
    shown = row.shown
    return (
        shown.title,
        shown.artist,
        groups.albums[shown.album_identity] if shown.album_identity is not None else None,
        shown.album,
        shown.album_artist,
        shown.genre,
        shown.year,
        shown.release_date,
        shown.original_date,
        shown.disc,
        shown.disc_total,
        shown.track,
        shown.track_total,
        shown.compilation,
        shown.isrc,
        row.overridden,
        shown.sort_title,
        shown.sort_artist,
        shown.sort_album,
    )


def _file(entry: FileEntry) -> tuple[object, ...]:
    audio = entry.audio
    return (
        entry.folder_key,
        entry.name,
        entry.size,
        entry.mtime_ns,
        entry.inode,
        entry.sidecar_stamp,
        audio.fingerprint,
        audio.duration_ms,
        audio.format,
        audio.bitrate,
        audio.sample_rate,
        audio.channels,
        audio.bit_depth,
        _cover(entry),
        (2 if audio.synced else 1) if audio.lyrics else 0,
    )


def _facts(entry: FileEntry) -> tuple[int | None, ...]:
    return entry.facts.play_count, entry.facts.last_played_at, entry.facts.saved_at


def _cover(entry: FileEntry) -> int:
    """As `tracks.has_cover` has it."""
    if entry.audio.has_cover:
        return 1
    return 2 if entry.folder_has_image else 0


def _tags(key: int, entry: FileEntry) -> tuple[int, str, str | None]:
    return key, _COMPACT.encode(entry.audio.tags), entry.audio.lyrics
