"""Overwrite 64 bytes at random places of a library that is being served, again and again; rebuild; compare.

    python -m benchmarks.corruption_drill --overwrites 200

Each overwrite hits hub.db or hub-index.db while the server has both open. Then the server is asked how its databases
are. If it says that they are healthy, everything in them must read as before (harmless). If not, they are rebuilt, and
what people made is compared row by row with what there was. The backup is older than the last changes, as in life.
The exit code is 1 if damage was missed, or a row is there that was not.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backends.local.backups import take_backup
from backends.local.checksums import prepare
from backends.local.hub.health import check_user_database
from backends.local.hub.moments import now_ms
from benchmarks.audio_library import audio_library

USER, INDEX = "hub.db", "hub-index.db"

_BYTES = 64

_NOT_COMPARED = {"changes", "feed", "hub_address", "scans", "applied"}
"""They say what happened when, to other processes."""

_INDEX_AFTER = (
    "SELECT t.id, t.title, t.artist, t.album, t.isrc, t.duration_ms, t.play_count, t.saved_at, t.name FROM tracks t",
    "SELECT id, title, artist, tracks, duration_ms, play_count, saved_at FROM albums",
    "SELECT id, name, tracks, albums, play_count, saved_at FROM artists",
    "SELECT name, tracks FROM genres",
)

_WORDS = ("song", "album", "artist", "rock", "jazz", "1", "12", "250")


@dataclass
class Outcome:
    """What came of one overwrite."""

    number: int
    database: str
    offset: int
    found: str
    user: str = "as it was"
    index: str = "as it was"
    seconds: float = 0.0
    missing: int = 0
    wrong: int = 0
    where: list[str] = field(default_factory=list[str])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corruption_drill", description=__doc__)
    parser.add_argument("--overwrites", type=int, default=200)
    parser.add_argument("--files", type=int, default=500, help="of the library")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backup-every", type=int, default=20, help="overwrites between two backups")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        outcomes = _drill(Path(folder) / "data", arguments)
    return _summary(outcomes)


def _drill(folder: Path, arguments: argparse.Namespace) -> list[Outcome]:
    music = audio_library(arguments.files)
    subprocess.run([*_program(folder), "scan", str(music)], check=True, stdout=subprocess.DEVNULL)
    _fill(folder)
    outcomes: list[Outcome] = []
    print(f"{'':>4}  {'file':<12} {'offset':>9}  {'found':<34} {'what people made':<40} library  seconds")
    with _served(folder) as client:
        for number in range(arguments.overwrites):
            if number % arguments.backup_every == 0:
                take_backup(folder / USER, "asked", now_ms(), check_user_database)
            client.post("/api/playlists", json={"name": f"Made before {number}"}).raise_for_status()
            outcome = _overwrite(folder, client, number)
            outcomes.append(outcome)
            print(
                f"{number + 1:>4}  {outcome.database:<12} {outcome.offset:>9}  {outcome.found:<34} {outcome.user:<40} "
                f"{outcome.index:<9} {outcome.seconds:.1f}",
                flush=True,
            )
    return outcomes


def _overwrite(folder: Path, client: httpx.Client, number: int) -> Outcome:
    _settle(folder)
    name = random.choice((USER, INDEX))
    user, everything, library = _user(folder), _everything(folder), _library(folder)
    size = (folder / name).stat().st_size
    offset = random.randrange(size - _BYTES)
    _write_elsewhere(folder / name, offset)
    outcome = Outcome(number, name, offset, "")
    started = time.monotonic()
    health = client.get("/api/database/health", params={"deep": True}).raise_for_status().json()
    if health["status"] == "healthy":
        same = _everything(folder) == everything
        outcome.found = "harmless" if same else "MISSED"
        return outcome
    outcome.found = ", ".join(sorted({f"{each['database']}: {each['kind']}" for each in health["problems"]}))
    report = client.post("/api/database/rebuild", json={}).raise_for_status().json()
    while (scan := client.get("/api/scan").raise_for_status().json()["scan"]) is None or scan["state"] == "running":
        time.sleep(0.05)
    outcome.seconds = time.monotonic() - started
    _compare(outcome, user, _user(folder), report)
    if client.get("/api/database/health", params={"deep": True}).json()["status"] != "healthy":
        outcome.found += " STILL DAMAGED"
    after = _library(folder)
    outcome.index = "as it was" if after == library else f"{_difference(library, after)} differ"
    return outcome


def _compare(outcome: Outcome, before: dict[str, Counter[Any]], after: dict[str, Counter[Any]], report: Any) -> None:
    for table, rows in before.items():
        missing, wrong = rows - after.get(table, Counter()), after.get(table, Counter()) - rows
        if missing or wrong:
            outcome.missing += missing.total()
            outcome.wrong += wrong.total()
            outcome.where.append(f"{table} -{missing.total()}" + (f" +{wrong.total()}" if wrong else ""))
    if outcome.where:
        outcome.user = ", ".join(outcome.where)
    elif report["restored"]:
        outcome.user = f"as it was ({report['restored']} of the backup)"


def _summary(outcomes: list[Outcome]) -> int:
    missed = [each for each in outcomes if "MISSED" in each.found or "STILL" in each.found]
    harmless = [each for each in outcomes if each.found == "harmless"]
    rebuilt = [each for each in outcomes if each not in missed and each not in harmless]
    whole = [each for each in rebuilt if not each.where]
    index = [each for each in rebuilt if each.index != "as it was"]
    print(f"\n{len(outcomes)} overwrites of {_BYTES} bytes")
    print(f"  harmless (everything reads as before)        {len(harmless)}")
    print(f"  detected                                     {len(rebuilt)}")
    print(f"  missed                                       {len(missed)}")
    print("after the rebuild")
    print(f"  what people made is as it was, row by row    {len(whole)} of {len(rebuilt)}")
    print(f"  rows missing, newer than the backup          {sum(each.missing for each in rebuilt)}")
    print(f"  rows that are there and were not             {sum(each.wrong for each in rebuilt)}")
    print(f"  the library reads as before                  {len(rebuilt) - len(index)} of {len(rebuilt)}")
    return 1 if missed or index else 0


def _user(folder: Path) -> dict[str, Counter[Any]]:
    return {table: rows for table, rows in _tables(folder / USER).items() if table not in _NOT_COMPARED}


def _everything(folder: Path) -> Any:
    """All logical content of both files; None where it can't be read."""
    try:
        tables = {(name, table): rows for name in (USER, INDEX) for table, rows in _tables(folder / name).items()}
        with closing(_opened(folder / INDEX)) as connection:
            found = [
                sorted(connection.execute("SELECT rowid FROM search WHERE search MATCH ?", (word,))) for word in _WORDS
            ]
    except sqlite3.Error:
        return None
    return {key: rows for key, rows in tables.items() if key[1] not in _NOT_COMPARED}, found


def _library(folder: Path) -> list[Counter[Any]]:
    """What the library's lists say, whatever numbers its rows have."""
    with closing(_opened(folder / INDEX)) as connection:
        lists = [Counter(connection.execute(sql)) for sql in _INDEX_AFTER]
        for word in _WORDS:
            sql = "SELECT s.title, s.artist FROM search s WHERE search MATCH ?"
            lists.append(Counter(connection.execute(sql, (word,))))
    return lists


def _difference(before: list[Counter[Any]], after: list[Counter[Any]]) -> int:
    return sum(((one - other) + (other - one)).total() for one, other in zip(before, after, strict=True))


def _tables(path: Path) -> dict[str, Counter[Any]]:
    sql = """
        SELECT name FROM sqlite_schema
        WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'search_%'
    """
    with closing(_opened(path)) as connection:
        names = [name for (name,) in connection.execute(sql) if not name.startswith("sqlite_")]
        return {name: Counter(connection.execute(f'SELECT * FROM "{name}" NOT INDEXED')) for name in names}


def _opened(path: Path) -> sqlite3.Connection:
    connection = prepare(sqlite3.connect(path, isolation_level=None, timeout=20))
    connection.execute("PRAGMA query_only = ON")
    return connection


def _settle(folder: Path) -> None:
    """Bring what is in the logs into the files, where it can be hit."""
    for name in (USER, INDEX):
        with closing(sqlite3.connect(folder / name, isolation_level=None, timeout=20)) as connection:
            prepare(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _write_elsewhere(path: Path, offset: int) -> None:
    """In a process of its own: closing a database file drops SQLite's locks on it."""
    script = (
        "import os, sys; f = open(sys.argv[1], 'r+b'); f.seek(int(sys.argv[2])); f.write(bytes.fromhex(sys.argv[3]))"
    )
    command = [sys.executable, "-c", script, str(path), str(offset), random.randbytes(_BYTES).hex()]
    subprocess.run(command, check=True)


def _program(folder: Path) -> list[str]:
    return [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(folder)]


@contextmanager
def _served(folder: Path) -> Iterator[httpx.Client]:
    command = [*_program(folder), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        while not (line := process.stderr.readline()).startswith("Serving "):
            assert line, "the server has ended"
        threading.Thread(target=process.stderr.read, daemon=True).start()
        with httpx.Client(base_url=line.split()[1], timeout=120, trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


def _fill(folder: Path) -> None:
    """What people make of a library in some years."""
    with closing(sqlite3.connect(folder / INDEX)) as index:
        tracks = [id_ for (id_,) in index.execute("SELECT id FROM tracks ORDER BY id")]
        albums = index.execute("SELECT id, title, identity FROM albums LIMIT 20").fetchall()
        known = index.execute(
            "SELECT t.id, t.fingerprint, f.path || '/' || t.name, t.title, t.artist, t.album, t.duration_ms, t.isrc "
            "FROM tracks t JOIN folders f ON f.key = t.folder_key ORDER BY t.id DESC LIMIT 200"
        ).fetchall()
    now = now_ms()
    with closing(sqlite3.connect(folder / USER, isolation_level=None)) as user:
        prepare(user).execute("BEGIN")
        add = user.executemany
        playlists = [(f"pls_{random.getrandbits(64):016x}", f"Playlist {n}", "For a day", now, now) for n in range(25)]
        add("INSERT INTO playlists (id, name, description, created_at, updated_at) VALUES (?, ?, ?, ?, ?)", playlists)
        entries = [
            (f"ent_{random.getrandbits(64):016x}", playlist, place, random.choice(tracks), now)
            for playlist, *_ in playlists
            for place in range(random.randrange(10, 60))
        ]
        add(
            "INSERT INTO playlist_entries (id, playlist_id, position, track_id, added_at) VALUES (?, ?, ?, ?, ?)",
            entries,
        )
        plays = [(random.choice(tracks), now - random.randrange(10**10), 120_000) for _ in range(4000)]
        add("INSERT INTO plays (track_id, played_at, listened_ms) VALUES (?, ?, ?)", plays)
        user.execute("INSERT INTO track_plays SELECT track_id, count(*), max(played_at) FROM plays GROUP BY track_id")
        saved = [(id_, "track", f"Song {n}", now, None) for n, id_ in enumerate(tracks[:120])]
        add(
            "INSERT INTO saved VALUES (?, ?, ?, ?, ?)",
            [*saved, *((i, "album", t, now, ident) for i, t, ident in albums)],
        )
        overrides = [
            (id_, "title", json.dumps(f"Better {n}"), "user", None, now) for n, id_ in enumerate(tracks[50:110])
        ]
        add("INSERT INTO overrides VALUES (?, ?, ?, ?, ?, ?)", overrides)
        steps = [(f"chg_{n:016x}", id_, "title", value, now) for n, (id_, _, value, *_) in enumerate(overrides)]
        add("INSERT INTO override_changes (batch, track_id, field, after, changed_at) VALUES (?, ?, ?, ?, ?)", steps)
        add(
            "INSERT OR IGNORE INTO known_tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*r[:2], os.fsencode(r[2]) if isinstance(r[2], str) else r[2], *r[3:]) for r in known],
        )
        answers = [
            (f"mb:recording/{n}", json.dumps({"title": "x" * random.randrange(50, 3000)}), now) for n in range(60)
        ]
        add("INSERT INTO enrichment_cache VALUES (?, ?, ?)", answers)
        add(
            "INSERT INTO searches (query, folded, times, searched_at) VALUES (?, ?, ?, ?)",
            [(f"query {n}", f"query {n}", 1, now) for n in range(100)],
        )
        user.execute("INSERT INTO changes (at, kind, id) VALUES (?, 'plays', NULL)", (now,))
        user.execute("INSERT INTO changes (at, kind, id) VALUES (?, 'saved', NULL)", (now,))
        user.execute("INSERT INTO changes (at, kind, id) VALUES (?, 'overrides', NULL)", (now,))
        user.execute("COMMIT")


if __name__ == "__main__":
    sys.exit(main())
