"""A library with what people made of it in a data folder, which tests damage."""

import hashlib
import json
import os
import random
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from backends.local.backups import take_backup
from backends.local.checksums import prepare
from backends.local.hub.health import check_user_database
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from tests.hub.library import NOW, SONGS, put, track_id

USER, INDEX = USER_LAYOUT.name, INDEX_LAYOUT.name

NOT_COMPARED = {"changes", "feed"}

PLAYS = 900

TRACKS = [track_id(song.key) for song in SONGS]


class Folder:
    """The data folder, while nobody has it open."""

    def __init__(self, path):
        self.path = path

    @property
    def user(self):
        return self.path / USER

    @property
    def index(self):
        return self.path / INDEX

    def run(self, *statements, database=USER):
        """Change a database in one transaction, as this program would."""
        with closing(sqlite3.connect(self.path / database, isolation_level=None)) as connection:
            prepare(connection).execute("BEGIN IMMEDIATE")
            for sql, *rows in statements:
                connection.executemany(sql, rows) if rows else connection.execute(sql)
            connection.execute("COMMIT")
        self.settle(database)

    def look(self, sql, *parameters, database=USER):
        with closing(sqlite3.connect(self.path / database)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def settle(self, database=USER):
        """Bring what is in the log into the file."""
        with closing(sqlite3.connect(self.path / database, isolation_level=None)) as connection:
            prepare(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def made(self):
        """What people made, table by table."""
        with closing(sqlite3.connect(self.user)) as connection:
            sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            names = [name for (name,) in connection.execute(sql) if name not in NOT_COMPARED]
            return {name: Counter(connection.execute(f'SELECT * FROM "{name}" NOT INDEXED')) for name in names}

    def back_up(self, now=NOW, reason="asked"):
        return take_backup(self.user, reason, now, check_user_database)

    def overwrite(self, offset, content=None, *, size=64, database=USER):
        """Overwrite bytes; by default with noise."""
        with (self.path / database).open("r+b") as file:
            file.seek(offset)
            file.write(content or random.Random(offset).randbytes(size))

    def pages_of(self, table, database=USER):
        """Offsets of pages that hold rows of the table or index, the first of them its root."""
        [(root,)] = self.look("SELECT rootpage FROM sqlite_schema WHERE name = ?", table, database=database)
        content = (self.path / database).read_bytes()
        waiting, found = [root], []
        while waiting:
            number = waiting.pop(0)
            found.append((number - 1) * 4096)
            page = content[(number - 1) * 4096 : number * 4096]
            if page[0] in {2, 5}:
                cells = int.from_bytes(page[3:5])
                starts = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n]) for n in range(cells)]
                waiting += [int.from_bytes(page[at : at + 4]) for at in starts] + [int.from_bytes(page[8:12])]
        return found

    def place_of(self, text, database=USER):
        """Where text is in the file, once."""
        content = (self.path / database).read_bytes()
        assert content.count(text) >= 1
        return content.index(text)

    def files(self):
        """The contents of all files; names change, and what is in them must not go."""
        return Counter(
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.path.rglob("*")
            if path.is_file() and not path.name.endswith((".lock", "-shm", ".json")) and path.stat().st_size
        )


@pytest.fixture
def folder(data_dir):
    """A library, and some years of its use."""
    put(data_dir, SONGS)
    folder = Folder(data_dir)
    fill(folder)
    return folder


def fill(folder, plays=PLAYS):
    chance = random.Random(5)
    playlists = [(f"pls_{n:016x}", f"Playlist {n}", NOW, NOW) for n in range(12)]
    entries = [(f"ent_{n:016x}", playlists[n % 12][0], n // 12, chance.choice(TRACKS), NOW) for n in range(300)]
    played = [(chance.choice(TRACKS), NOW - chance.randrange(10**10), 100_000) for _ in range(plays)]
    saved = [(id_, "track", "A song", NOW) for id_ in TRACKS[:12]]
    overrides = [(id_, "title", json.dumps(f"Better {n}"), "user", None, NOW) for n, id_ in enumerate(TRACKS[:15])]
    answers = [(f"mb:{n}", json.dumps("x" * chance.randrange(10, 3000)), NOW) for n in range(20)]
    folder.run(
        ("DELETE FROM track_plays",),
        ("DELETE FROM saved",),
        ("INSERT INTO playlists (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)", *playlists),
        ("INSERT INTO playlist_entries VALUES (?, ?, ?, ?, ?)", *entries),
        ("INSERT INTO plays (track_id, played_at, listened_ms) VALUES (?, ?, ?)", *played),
        ("INSERT INTO track_plays SELECT track_id, count(*), max(played_at) FROM plays GROUP BY track_id",),
        ("INSERT INTO saved (id, kind, name, saved_at) VALUES (?, ?, ?, ?)", *saved),
        ("INSERT INTO overrides VALUES (?, ?, ?, ?, ?, ?)", *overrides),
        ("INSERT INTO enrichment_cache VALUES (?, ?, ?)", *answers),
        ("INSERT INTO devices (device_id, name, family, paired_at, expires_at) VALUES ('phone', 'P', x'01', 1, 2)",),
        ("INSERT INTO changes (at, kind) VALUES (?, 'playlist')", (NOW,)),
    )


@pytest.fixture
def outside(tmp_path):
    """A folder for what tests put aside."""
    path = tmp_path / "outside"
    path.mkdir()
    return path


def noise(size=64):
    return os.urandom(size)
