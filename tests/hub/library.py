"""A small library for the hub's tests: rows of both databases, made by the writer that a scan uses, without any file.

    async def test_something(hub, library):
        answer = await call(hub, GET_LIBRARY_TRACK, id=library.track("T.N.T."))

- `hub` is a LocalHub on the test's data folder with the clock of the fixture `clock`; `library` fills that folder with
  SONGS first. A test that wants other tracks as well, or only its own, calls `put(data_dir, [Song(...), ...])`, any
  number of times; a Song with the key of one that is there changes it, as a scan of an edited file does.
- `library.track(key)`, `library.album(title, artist)` and `library.artist(name)` give ids; a song's key is its title,
  unless it says another one. `track_id(key)` does without a library.
- `call` of tests/checked.py calls an operation and checks its answer against the contract.
- `rows(data_dir, INDEX_LAYOUT or USER_LAYOUT, sql, …)` reads a database, on a connection of its own.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backends.local.checksums import prepare
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.entries import NO_FACTS, FileEntry
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.indexing.writer import IndexWriter
from backends.local.hub.new_ids import derived_id
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.layout import Layout
from backends.local.migrations import migrate
from backends.local.storage import prepare_folder
from contract.hub.ids import Kind

__all__ = ["DAY", "NOW", "ROOT", "SONGS", "Library", "Song", "index", "put", "rows", "track_id"]

NOW = 1_795_262_400_000
"""2026-11-21T12:00:00Z, where the clock begins."""

DAY = 86_400_000

ROOT = b"/music"


@dataclass
class Song:
    """A track, as a test thinks of it.

    Attributes:
        key: What tests call it; its title, if it is not given.
        tags: Further tags (backends.local.hub.reading.record.Tags).
        folder: Under the root; "Artist/Album", if it is not given.
        name: Of the file; from its title, if it is not given.
        plays: How often it was played, the last time a day before NOW.
    """

    title: str | None
    artist: str | None = None
    album: str | None = None
    key: str = ""
    tags: dict[str, Any] = field(default_factory=dict)
    folder: str | None = None
    name: str | None = None
    format: str = "flac"
    duration_ms: int = 200_000
    added_days_ago: int = 100
    plays: int = 0
    saved: bool = False
    missing: bool = False
    has_cover: bool = False
    folder_has_image: bool = False
    lyrics: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = self.key or self.title or ""
        if self.folder is None:
            self.folder = f"{self.artist or 'Unknown'}/{self.album or ''}".replace("\0", "").strip("/")
        if self.name is None:
            self.name = f"{self.key.replace('/', '_')}.{self.format}"

    def audio(self) -> AudioFile:
        """As a reader of files would give it."""
        known = {"title": self.title, "artist": self.artist, "album": self.album}
        return AudioFile(
            format=self.format,
            fingerprint=hashlib.blake2b(self.key.encode(), digest_size=16).digest(),
            duration_ms=self.duration_ms,
            bitrate=900_000,
            sample_rate=44_100,
            channels=2,
            bit_depth=16,
            has_cover=self.has_cover,
            lyrics=self.lyrics,
            tags={**{tag: value for tag, value in known.items() if value is not None}, **self.tags},
        )


def _album(artist: str, title: str, songs: Iterable[str], *, year: int, genre: str, **more: Any) -> list[Song]:
    """Numbered songs of one album."""
    tags = {"genres": [genre], "releaseDate": str(year)} | more.pop("tags", {})
    return [
        Song(song, artist, title, tags={"track": number, **tags}, **more) for number, song in enumerate(songs, start=1)
    ]


SONGS: tuple[Song, ...] = (
    *_album("AC/DC", "High Voltage", ["It's a Long Way to the Top", "T.N.T.", "High Voltage"], year=1976, genre="Rock"),
    *_album("Guns N' Roses", "Appetite for Destruction", ["Welcome to the Jungle", "Paradise City"], year=1987,
            genre="Rock", has_cover=True),
    *_album("Björk", "Homogenic", ["Jóga", "Bachelorette"], year=1997, genre="Electronic", format="mp3"),
    *_album("Sigur Rós", "Ágætis byrjun", ["Svefn-g-englar", "Starálfur"], year=1999, genre="Post-Rock"),
    *_album("椎名林檎", "無罪モラトリアム", ["丸ノ内サディスティック", "歌舞伎町の女王"], year=1999, genre="J-Pop"),
    *_album("Кино", "Группа крови", ["Группа крови", "Спокойная ночь"], year=1988, genre="Rock",
            format="vorbis"),
    *_album("MØ", "No Mythologies to Follow", ["Maiden", "Pilgrim"], year=2014, genre="Pop", format="opus"),
    # One name, two albums.
    *_album("Queen", "Greatest Hits", ["Bohemian Rhapsody", "Killer Queen"], year=1981, genre="Rock", format="aac"),
    *_album("ABBA", "Greatest Hits", ["SOS", "Waterloo"], year=1976, genre="Pop", format="alac"),
    # One album in two folders.
    Song("In the Flesh?", "Pink Floyd", "The Wall", folder="Pink Floyd/The Wall/CD1",
         tags={"disc": 1, "track": 1, "genres": ["Rock"], "releaseDate": "1979-11-30"}, folder_has_image=True),
    Song("Hey You", "Pink Floyd", "The Wall", folder="Pink Floyd/The Wall/CD2",
         tags={"disc": 2, "track": 1, "genres": ["Rock"], "releaseDate": "1979-11-30"}),
    # An album by various artists, of which one is here twice.
    Song("Blue Monday", "New Order", "Now Dance", folder="Now Dance",
         tags={"track": 1, "compilation": True, "genres": ["Electronic"], "releaseDate": "2003",
               "originalDate": "1983"}),
    Song("Waterloo", "ABBA", "Now Dance", key="Waterloo (Now Dance)", folder="Now Dance", name="02 Waterloo.mp3",
         format="mp3", tags={"track": 2, "compilation": True, "genres": ["Pop"], "releaseDate": "2003"}),
    Song("Under Pressure", "Queen & David Bowie", "Hot Space",
         tags={"artists": ["Queen", "David Bowie"], "albumArtist": "Queen", "track": 11, "genres": ["Rock", "Pop"],
               "releaseDate": "1982", "isrc": "GBUM71029604"}, plays=7, saved=True, lyrics="Pressure"),
    Song("Umbrella", "Rihanna feat. JAY-Z", "Good Girl Gone Bad", format="mp3", plays=3,
         tags={"track": 1, "genres": ["R&B"], "releaseDate": "2007-05-31", "isrc": "USUM70706869"}),
    Song("Hurt", "Nine Inch Nails", "The Downward Spiral", tags={"genres": ["Industrial"], "releaseDate": "1994"}),
    Song("Hurt", "Johnny Cash", "American IV", key="Hurt (Cash)", tags={"genres": ["Country"], "releaseDate": "2002"},
         plays=12),
    Song("Gone", "The Absent", "Away", tags={"genres": ["Lost"], "releaseDate": "2001"}, missing=True),
    Song(None, key="03 - Field Recording", folder="Loose", name="03 - Field Recording.wav", format="wav",
         added_days_ago=1),
)  # fmt: skip


@dataclass
class Library:
    """The ids of a library that was put into a data folder."""

    folder: Path

    def track(self, key: str) -> str:
        """Of the song with this key."""
        return self._one("SELECT id FROM tracks WHERE id = ?", track_id(key))

    def album(self, title: str, artist: str) -> str:
        """Of the album with this title and album artist."""
        return self._one("SELECT id FROM albums WHERE title = ? AND artist = ?", title, artist)

    def artist(self, name: str) -> str:
        """Of the artist with this name."""
        return self._one("SELECT id FROM artists WHERE name = ?", name)

    def _one(self, sql: str, *parameters: str) -> str:
        [(id_,)] = rows(self.folder, INDEX_LAYOUT, sql, *parameters)
        return id_


def track_id(key: str) -> str:
    """The id of the song with this key."""
    return derived_id(Kind.TRACK, key.encode())


def rows(folder: Path, layout: Layout, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What a database of the data folder says."""
    with closing(prepare(sqlite3.connect(folder / layout.name))) as connection:
        return connection.execute(sql, parameters).fetchall()


def put(folder: Path, songs: Sequence[Song]) -> Library:
    """Put these songs into both databases of the data folder, which are made if they are not there."""
    with index(folder) as (connection, user, facts):
        _make(user, songs)
        known = dict(connection.execute("SELECT id, key FROM tracks"))
        writer, of_tracks = IndexWriter(connection, facts), facts.of_tracks(track_id(song.key) for song in songs)
        entries = [
            FileEntry(
                folder_key=_folder(connection, song.folder or ""),
                name=(song.name or "").encode("utf-8", "surrogateescape"),
                size=1_000_000,
                mtime_ns=NOW * 1_000_000,
                inode=0,
                sidecar_stamp=None,
                audio=song.audio(),
                track_id=track_id(song.key),
                added_at=NOW - song.added_days_ago * DAY,
                key=known.get(track_id(song.key)),
                folder_has_image=song.folder_has_image,
                facts=of_tracks.get(track_id(song.key), NO_FACTS),
            )
            for song in songs
        ]
        keys = writer.put(entries, at=NOW)
        writer.mark_missing([key for key, song in zip(keys, songs, strict=True) if song.missing], NOW - DAY)
    return Library(folder)


@contextmanager
def index(folder: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection, UserFacts]]:
    """Both databases of a data folder, each in a transaction: the index, hub.db, and hub.db's facts."""
    prepare_folder(folder)
    for layout in (USER_LAYOUT, INDEX_LAYOUT):
        migrate(folder / layout.name, layout)
    with (
        closing(sqlite3.connect(folder / INDEX_LAYOUT.name, isolation_level=None)) as connection,
        closing(sqlite3.connect(folder / USER_LAYOUT.name, isolation_level=None)) as user,
    ):
        connection.execute("PRAGMA foreign_keys = ON")
        for database in (connection, user):
            prepare(database)
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN IMMEDIATE")
        yield connection, user, UserFacts(user)
        user.execute("COMMIT")
        connection.execute("COMMIT")


def _make(user: sqlite3.Connection, songs: Iterable[Song]) -> None:
    """What people made of these songs."""
    user.execute("INSERT OR IGNORE INTO roots (id, path, added_at) VALUES (1, ?, ?)", (ROOT, NOW - 100 * DAY))
    for song in songs:
        id_ = track_id(song.key)
        if song.plays:
            user.execute("INSERT OR REPLACE INTO track_plays VALUES (?, ?, ?)", (id_, song.plays, NOW - DAY))
        if song.saved:
            user.execute(
                "INSERT OR REPLACE INTO saved (id, kind, name, saved_at) VALUES (?, 'track', ?, ?)",
                (id_, song.title, NOW - 2 * DAY),
            )
        for name, value in song.overrides.items():
            override = (id_, name, json.dumps(value), "user", None, NOW)
            user.execute("INSERT OR REPLACE INTO overrides VALUES (?, ?, ?, ?, ?, ?)", override)


def _folder(connection: sqlite3.Connection, name: str) -> int:
    path = (ROOT + b"/" + name.encode("utf-8", "surrogateescape")).rstrip(b"/")
    connection.execute("INSERT OR IGNORE INTO folders (root_id, path) VALUES (1, ?)", (path,))
    return connection.execute("SELECT key FROM folders WHERE path = ?", (path,)).fetchone()[0]
