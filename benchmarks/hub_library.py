"""A library that was never there: both databases of a hub, written by the product's own writer.

Everything is a function of the track's number, so that two runs agree. About twelve tracks make an album, ten albums an
artist; names are of several scripts; a few tracks are missing, played, saved, or called like another one.

    python -m benchmarks.hub_library FOLDER TRACKS
"""

import hashlib
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from backends.local.checksums import prepare
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.indexing.entries import NO_FACTS, FileEntry
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.indexing.writer import IndexWriter
from backends.local.hub.new_ids import derived_id
from backends.local.hub.reading.record import FORMATS, AudioFile, Tags
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.migrations import migrate
from backends.local.storage import prepare_folder
from contract.hub.ids import Kind

__all__ = ["LAST_MOMENT", "album_entries", "artist", "build", "cached", "title", "track_id"]

LAST_MOMENT = 1_795_262_400_000
"""2026-11-21T12:00:00Z, when the last track was added."""

TRACKS_OF_AN_ALBUM = 12
ALBUMS_OF_AN_ARTIST = 10

_MINUTE, _DAY = 60_000, 86_400_000
_ALBUMS_IN_TRANSACTION = 100

_LATIN = (
    "Amber", "Harbour", "Ágúst", "Velvet", "Überall", "Winter", "Noël", "Château", "Silver", "Señor", "Paper", "Øster",
    "Crystal", "Żółty", "River", "Mañana", "Electric", "Göteborg", "Midnight", "Ångström", "Thunder", "Český",
    "Lantern", "Çelik", "Hollow", "Ñandú", "Garden", "Fjord", "Copper", "Straße", "Ember", "Łódź", "Meadow", "Éclair",
    "Static", "Naïve", "Orchard", "Smörgås", "Satellite", "Ibañez", "Cobalt", "Þór", "Horizon", "Æther", "Glass",
    "Ísland", "Parade", "Lähde", "Signal", "Şehir", "Willow", "Tōkyō", "Falcon", "Dvořák", "Marble", "Reykjavík",
)  # fmt: skip
_CYRILLIC = (
    "Звезда", "Вечер", "Дорога", "Море", "Зима", "Город", "Песня", "Ветер", "Солнце", "Ночь", "Поезд", "Река",  # noqa: RUF001
    "Мечта", "Тишина", "Осень", "Небо", "Огонь", "Берег", "Снег", "Утро",  # noqa: RUF001
)  # fmt: skip
_CJK = (
    "東京", "夜明け", "桜", "星空", "雨音", "海", "夢", "少年", "月光", "風", "青春", "紙飛行機", "银河", "春天",
    "故事", "时间", "서울", "바다", "노래", "하늘",
)  # fmt: skip
_SCRIPTS = (*(_LATIN,) * 8, _CYRILLIC, _CJK)
"""Of ten artists eight write Latin letters."""

_GENRES = (
    "Rock", "Pop", "Electronic", "Hip-Hop", "Jazz", "Classical", "Folk", "Metal", "Punk", "Soul", "R&B", "Country",
    "Blues", "Reggae", "Ambient", "Techno", "House", "Indie Rock", "Chanson", "J-Pop", "Soundtrack", "World",
)  # fmt: skip

_SHARED_TITLES = ("Intro", "Hurt", "Forever", "Angel", "Home", "Stay", "Crazy", "Without You")


def build(folder: Path, tracks: int) -> None:
    """Write both databases into the folder, which must not have them yet."""
    prepare_folder(folder)
    for layout in (USER_LAYOUT, INDEX_LAYOUT):
        migrate(folder / layout.name, layout)
    with closing(_connect(folder / USER_LAYOUT.name)) as user:
        user.execute("BEGIN")
        user.execute("INSERT INTO roots (id, path, added_at) VALUES (1, ?, 0)", (b"/music",))
        user.executemany("INSERT INTO track_plays VALUES (?, ?, ?)", _plays(tracks))
        user.executemany("INSERT INTO saved (id, kind, name, saved_at) VALUES (?, 'track', ?, ?)", _saved(tracks))
        user.execute("COMMIT")
        with closing(_connect(folder / INDEX_LAYOUT.name)) as index:
            _fill(index, UserFacts(user), tracks)


def cached(tracks: int) -> Path:
    """The folder of a library of so many tracks, which several runs of the same version of the program share.

    It is for reading; who writes copies it first.
    """
    folder = Path(tempfile.gettempdir()) / f"hub-library-{tracks}-{_version()}"
    if not folder.exists():
        draft = Path(tempfile.mkdtemp(prefix="hub-library-"))
        build(draft, tracks)
        try:
            draft.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(draft)
    return folder


def album_entries(album: int, folder_key: int) -> list[FileEntry]:
    """The files of an album, as new ones."""
    first = album * TRACKS_OF_AN_ALBUM
    return [
        FileEntry(
            folder_key=folder_key,
            name=f"{position:02d} {title(first + position)}.{_format(album)}".replace("/", "_").encode(),
            size=5_000_000 + first + position,
            mtime_ns=(LAST_MOMENT - album * _MINUTE) * 1_000_000,
            inode=first + position,
            sidecar_stamp=None,
            audio=_audio(album, position),
            track_id=track_id(first + position),
            added_at=_added_at(album),
            folder_has_image=album % 2 == 0,
        )
        for position in range(1, TRACKS_OF_AN_ALBUM + 1)
    ]


def track_id(number: int) -> str:
    """The id of a track; numbers begin at 1."""
    return derived_id(Kind.TRACK, str(number).encode())


def artist(number: int) -> str:
    """The name of an artist, from 0."""
    words = _SCRIPTS[number % len(_SCRIPTS)]
    first, second = words[_mixed(number, 1) % len(words)], words[_mixed(number, 2) % len(words)]
    name = f"The {first} {second}s" if number % 9 == 0 else f"{first} {second}"
    return f"{name} {number // 800}" if number >= 800 else name


def title(number: int) -> str:
    """The title of a track; one of a hundred has one that others have."""
    if number % 100 == 0:
        return _SHARED_TITLES[_mixed(number, 3) % len(_SHARED_TITLES)]
    words = _SCRIPTS[_artist_of(number) % len(_SCRIPTS)]
    chosen = [words[_mixed(number, salt) % len(words)] for salt in range(4, 4 + 1 + number % 3)]
    return f"{' '.join(chosen)} {number % 1000}" if number % 3 == 0 else " ".join(chosen)


def _fill(index: sqlite3.Connection, facts: UserFacts, tracks: int) -> None:
    writer = IndexWriter(index, facts, search_later=True)
    albums = iter(range(-(-tracks // TRACKS_OF_AN_ALBUM)))
    left = tracks
    while chunk := list(islice(albums, _ALBUMS_IN_TRANSACTION)):
        index.execute("BEGIN")
        for album in chunk:
            entries = album_entries(album, _folder(index, album))[:left]
            left -= len(entries)
            of_tracks = facts.of_tracks(entry.track_id for entry in entries)
            for entry in entries:
                entry.facts = of_tracks.get(entry.track_id, NO_FACTS)
            keys = writer.put(entries, at=LAST_MOMENT)
            writer.mark_missing([key for key in keys if key % 211 == 0], LAST_MOMENT - _DAY)
        index.execute("COMMIT")
    index.execute("BEGIN")
    while writer.write_search(500):
        pass
    index.execute("COMMIT")


def _folder(index: sqlite3.Connection, album: int) -> int:
    path = f"/music/{artist(album // ALBUMS_OF_AN_ARTIST)}/{_album_title(album)}-{album}".encode()
    key = index.execute("INSERT INTO folders (root_id, path) VALUES (1, ?)", (path,)).lastrowid
    return key or 0


def _audio(album: int, position: int) -> AudioFile:
    number = album * TRACKS_OF_AN_ALBUM + position
    kind = _format(album)
    return AudioFile(
        format=kind,
        fingerprint=hashlib.blake2b(str(number).encode(), digest_size=16).digest(),
        duration_ms=90_000 + _mixed(number, 8) % 300_000,
        bitrate=256_000 if kind in {"mp3", "vorbis", "opus", "aac"} else 950_000,
        sample_rate=44_100,
        channels=2,
        bit_depth=16,
        has_cover=album % 3 == 0,
        lyrics="La la la" if number % 50 == 0 else None,
        tags=_tags(album, position),
    )


def _tags(album: int, position: int) -> Tags:
    number = album * TRACKS_OF_AN_ALBUM + position
    name, guest = artist(album // ALBUMS_OF_AN_ARTIST), artist(_mixed(number, 9) % 800)
    compilation = album % 25 == 7
    tags: Tags = {
        "title": title(number),
        "artist": guest if compilation else f"{name} feat. {guest}" if number % 30 == 0 else name,
        "album": _album_title(album),
        "genres": _genres(album),
        "track": position,
        "trackTotal": TRACKS_OF_AN_ALBUM,
        "releaseDate": f"{_year(album)}-{_mixed(album, 11) % 12 + 1:02d}",
    }
    if number % 30 == 0 and not compilation:
        tags["artists"] = [name, guest]
    if compilation:
        tags["compilation"] = True
    elif album % 4:
        tags["albumArtist"] = name
    if album % 2:
        tags["isrc"] = f"QZHN8{2_000_000 + number}"
    return tags


def _album_title(album: int) -> str:
    words = _SCRIPTS[album // ALBUMS_OF_AN_ARTIST % len(_SCRIPTS)]
    if album % 40 == 11:
        return "Greatest Hits"
    return f"{words[_mixed(album, 12) % len(words)]} {words[_mixed(album, 13) % len(words)]}"


def _genres(album: int) -> list[str]:
    own = album // ALBUMS_OF_AN_ARTIST
    first, second = _GENRES[_mixed(own, 14) % len(_GENRES)], _GENRES[_mixed(album, 15) % len(_GENRES)]
    return [first] if album % 4 or first == second else [first, second]


def _plays(tracks: int) -> Iterator[tuple[str, int, int]]:
    """A fifth of the tracks was played, a few of them often."""
    for number in range(5, tracks + 1, 5):
        count = 1 + 5000 // (5 + _mixed(number, 16) % 5000)
        yield track_id(number), count, LAST_MOMENT - _mixed(number, 17) % 1000 * _DAY


def _saved(tracks: int) -> Iterator[tuple[str, str, int]]:
    for number in range(33, tracks + 1, 50):
        yield track_id(number), title(number), LAST_MOMENT - _mixed(number, 18) % 500 * _DAY


def _artist_of(number: int) -> int:
    return (number - 1) // TRACKS_OF_AN_ALBUM // ALBUMS_OF_AN_ARTIST


def _year(album: int) -> int:
    return 1960 + _mixed(album, 10) % 67


def _format(album: int) -> Any:
    return FORMATS[_mixed(album, 19) % len(FORMATS)] if album % 3 == 0 else "mp3" if album % 3 == 1 else "flac"


def _added_at(album: int) -> int:
    return LAST_MOMENT - _mixed(album, 20) % 2000 * _DAY - album * _MINUTE


def _mixed(number: int, salt: int) -> int:
    """A number without a pattern, always the same."""
    value = (number * 0x9E3779B97F4A7C15 + salt * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    value ^= value >> 31
    return (value * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF) >> 29


def _version() -> str:
    """Of what decides on the rows: the tables, and the code that writes into them."""
    hub = Path(__file__).parent.parent / "backends" / "local" / "hub"
    digest = hashlib.blake2b(repr((USER_LAYOUT, INDEX_LAYOUT)).encode(), digest_size=6)
    writing = [*(hub / "indexing").glob("*.py"), *(hub / "searching").glob("*.py"), hub / "facets.py"]
    writing.append(hub.parent / "checksums.py")
    for path in sorted([Path(__file__), *writing]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _connect(path: Path) -> sqlite3.Connection:
    connection = prepare(sqlite3.connect(path, isolation_level=None))
    for pragma in ("synchronous = OFF", "cache_size = -262144"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


if __name__ == "__main__":
    started = time.perf_counter()
    build(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"{int(sys.argv[2]):,} tracks in {time.perf_counter() - started:.1f} s")
