"""A library in which values meet: few names, years and formats among many tracks, and ties in every order."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from backends.local.checksums import PreparedConnection
from backends.local.hub.index_schema import INDEX_LAYOUT
from tests.hub.library import DAY, NOW, SONGS, Library, Song, put

__all__ = ["ARTISTS", "FORMATS", "GENRES", "mixed", "put_mixed"]

ARTISTS = ("Queen", "ABBA", "Björk", "The Beatles", "椎名林檎", "Ångström")
GENRES = ("Rock", "Pop", "Électronique", "Jazz")
FORMATS = ("flac", "mp3", "opus", "wavpack")
_TITLES = ("Intro", "Hurt", "The End", "Ágúst", "Москва", "99 Luftballons", "!", "zebra", "Zebra 2")


def mixed(count: int, *, seed: int = 1, name: str = "") -> list[Song]:
    """So many songs; the same seed gives the same ones, and another name other tracks."""
    chance = random.Random(seed)
    return [_song(chance, f"{name}{number}") for number in range(count)]


def put_mixed(folder: Path, count: int = 90) -> Library:
    """These songs and SONGS; albums and artists among them are saved, and plays are of many moments."""
    library = put(folder, [*SONGS, *mixed(count)])
    with closing(sqlite3.connect(folder / INDEX_LAYOUT.name, factory=PreparedConnection)) as connection:
        connection.execute(f"UPDATE tracks SET last_played_at = {NOW} - key % 7 * {DAY} * 60 WHERE play_count > 0")
        for table in ("albums", "artists"):
            connection.execute(f"UPDATE {table} SET saved_at = {NOW} WHERE key % 3 = 0")
        connection.commit()
    return library


def _song(chance: random.Random, key: str) -> Song:
    tags = {"genres": chance.sample(GENRES, chance.choice([0, 1, 1, 2]))}
    if year := chance.choice([None, 1969, 1980, 1985, 1989, 1990, 2024]):
        tags["releaseDate"] = str(year)
    if chance.random() < 0.8:
        tags["track"] = chance.randint(1, 3)
    if chance.random() < 0.5:
        tags["disc"] = chance.randint(1, 2)
    if chance.random() < 0.3:
        tags["isrc"] = f"USXXX12345{chance.randint(60, 69)}"
    if chance.random() < 0.2:
        tags["compilation"] = True
    return Song(
        chance.choice(_TITLES),
        chance.choice(ARTISTS),
        chance.choice([None, "Hits", "Jazz", "The Wall", "A-Z"]),
        key=f"Mixed {key}",
        tags=tags,
        folder=f"Mixed/{chance.choice('abc')}",
        format=chance.choice(FORMATS),
        duration_ms=chance.choice([100_000, 200_000, 300_000]),
        added_days_ago=chance.choice([0, 1, 30, 400]),
        plays=chance.choice([0, 0, 1, 2, 9]),
        saved=chance.random() < 0.2,
        missing=chance.random() < 0.15,
    )
