"""A label that was never there: tracks, their daily streams, and the rollups as an import would have left them.

Everything is a function of the track's number and the day, so that two runs, and two ways to build it, agree.
"""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from backends.days import day_number, day_text
from backends.local.importing.top_tracks import LENGTH
from backends.local.migrations import migrate
from backends.local.schema import LAYOUT
from backends.local.storage import DATABASE_NAME, prepare_folder
from backends.text import search_text

__all__ = ["Label"]

LAST_DAY = day_number("2026-10-31")

_TRACKS_OF_AN_ARTIST = 5
_TRACKS_IN_CHUNK = 1000
_CREATED_AT = "2026-11-01T09:00:00.000Z"

# A few tracks have most of the streams, as anywhere: the track of rank r has 3,000,000 / (r + 9) a day, give or take.
_MOST_POPULAR = 3_000_000
# Beyond this rank no track comes near a day's best 50; the build checks that.
_MAY_BE_TOP = 300

_TITLES = (
    "Midnight on Calle Ocho", "Paper Boats", "Nothing Left to Say (feat. Luz Marín)", "Überall Licht", "Halogen",
    "The Year We Stayed In", "Cobalt", "Slow Dancing in the Parking Lot", "Årstider", "Run It Back - Radio Edit",
    "Better Than This", "Ghost Notes", "Dímelo Otra Vez", "Kitchen Lights (Acoustic)", "Low Tide", "Two Left Shoes",
    "Wenn es regnet", "Satellite Heart", "Any Other Sunday", "Velvet Static (Kalo Remix)",
)  # fmt: skip
_ARTISTS = (
    "Nora Quist", "The Paper Lanterns", "Luz Marín", "KALO", "Fjordlys", "Jonah & the Weather", "Mira Okonkwo",
    "Hotel Minerva", "Sønder", "Delia Voss", "Ninth Street Choir", "Oto", "Casa Bruma", "Ana Lí", "Static Bloom",
    "Emre Güneş", "Little Harbour", "Vera & Voltaire", "Tide Pool", "Marlow",
)  # fmt: skip

_ADD_TRACK = """
    INSERT INTO tracks (id, workspace_id, track_id, isrc, title, artist, album, release_date, cover_url,
        spotify_track_url, created_at, search_text) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_STREAMS = """
    INSERT INTO daily_streams (track_id, day, spotify, apple)
    SELECT p.track_id, d.day,
           p.streams * (80 + (p.track_id * 31 + d.day * 17) % 41) / 100,
           CASE WHEN (p.track_id + d.day) % 50 THEN p.streams / 8 END
    FROM popularity p CROSS JOIN days d WHERE p.track_id BETWEEN ? AND ?
"""
_SUM_STREAMS = """
    CREATE TEMP TABLE sums AS
    SELECT d.day, t.artist, coalesce(sum(spotify), 0) AS spotify, coalesce(sum(apple), 0) AS apple,
           count(spotify) AS spotify_tracks, count(apple) AS apple_tracks
    FROM daily_streams d JOIN tracks t ON t.id = d.track_id WHERE d.track_id BETWEEN ? AND ?
    GROUP BY d.day, t.artist
"""
_ADD_ARTIST_DAYS = """
    INSERT INTO artist_days (workspace_id, day, artist, streams)
    SELECT 1, day, artist, spotify + apple FROM sums WHERE spotify + apple > 0
    ON CONFLICT DO UPDATE SET streams = streams + excluded.streams
"""
_ADD_WORKSPACE_DAYS = """
    INSERT INTO workspace_days (workspace_id, day, spotify, apple, spotify_tracks, apple_tracks)
    SELECT 1, day, sum(spotify), sum(apple), sum(spotify_tracks), sum(apple_tracks)
    FROM sums WHERE true GROUP BY day
    ON CONFLICT DO UPDATE SET spotify = spotify + excluded.spotify, apple = apple + excluded.apple,
        spotify_tracks = spotify_tracks + excluded.spotify_tracks, apple_tracks = apple_tracks + excluded.apple_tracks
"""
_ADD_TOP_TRACKS = f"""
    INSERT INTO top_tracks (workspace_id, day, streams, track_id)
    SELECT 1, day, streams, track_id FROM (
        SELECT day, track_id, streams, row_number() OVER (PARTITION BY day ORDER BY streams DESC, track_id) AS place
        FROM (
            SELECT day, track_id, coalesce(spotify, 0) + coalesce(apple, 0) AS streams FROM daily_streams
            WHERE track_id IN (SELECT track_id FROM popularity ORDER BY streams DESC LIMIT {_MAY_BE_TOP})
        )
    ) WHERE place <= {LENGTH}
"""
_BEST_OF_THE_OTHERS = f"""
    SELECT max(coalesce(spotify, 0) + coalesce(apple, 0)) FROM daily_streams
    WHERE track_id NOT IN (SELECT track_id FROM popularity ORDER BY streams DESC LIMIT {_MAY_BE_TOP})
"""


@dataclass(frozen=True)
class Label:
    """A label of so many tracks, each with so many days up to the last day."""

    tracks: int
    days: int

    @property
    def rows(self) -> int:
        """Daily rows of all tracks."""
        return self.tracks * self.days

    @property
    def first_day(self) -> int:
        """The first day with streams."""
        return LAST_DAY - self.days + 1

    def build(self, folder: Path) -> None:
        """Fill the product's own schema in a data folder, in bulk: far faster than an import, with the same result."""
        prepare_folder(folder)
        path = folder / DATABASE_NAME
        migrate(path, LAYOUT)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1048576"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            self._fill(connection)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")

    def write_catalogue(self, path: Path) -> None:
        """Write the tracks as a file to import."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("isrc", "title", "artist", "album", "release_date"))
            for number in range(1, self.tracks + 1):
                writer.writerow((isrc(number), title(number), artist(number), album(number), release_date(number)))

    def write_daily_streams(self, path: Path) -> None:
        """Write the streams as a file to import, a track after the other."""
        dates = [day_text(day) for day in range(self.first_day, LAST_DAY + 1)]
        with path.open("w", newline="", encoding="utf-8") as file:
            file.write("isrc,date,spotify_streams,apple_streams\r\n")
            for number in range(1, self.tracks + 1):
                code, streams = isrc(number), self._popularity(number)
                file.writelines(
                    f"{code},{date},{spotify},{apple}\r\n"
                    for date, (spotify, apple) in zip(dates, self._streams(number, streams), strict=True)
                )

    def _fill(self, connection: sqlite3.Connection) -> None:
        numbers = range(1, self.tracks + 1)
        connection.executemany(_ADD_TRACK, map(_track, numbers))
        connection.execute("CREATE TEMP TABLE days (day INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO days VALUES (?)", ((self.first_day + day,) for day in range(self.days)))
        connection.execute("CREATE TEMP TABLE popularity (track_id INTEGER PRIMARY KEY, streams INTEGER NOT NULL)")
        connection.executemany(
            "INSERT INTO popularity VALUES (?, ?)", ((number, self._popularity(number)) for number in numbers)
        )
        for first in range(1, self.tracks + 1, _TRACKS_IN_CHUNK):
            chunk = (first, min(first + _TRACKS_IN_CHUNK - 1, self.tracks))
            connection.execute(_ADD_STREAMS, chunk)
            connection.execute(_SUM_STREAMS, chunk)
            connection.execute(_ADD_ARTIST_DAYS)
            connection.execute(_ADD_WORKSPACE_DAYS)
            connection.execute("DROP TABLE sums")
        connection.execute(_ADD_TOP_TRACKS)
        [(best,)] = connection.execute(_BEST_OF_THE_OTHERS)
        [(last,)] = connection.execute("SELECT min(streams) FROM top_tracks")
        if best is not None and best >= last:
            raise RuntimeError("a track outside of the candidates belongs to the top tracks")

    def _popularity(self, number: int) -> int:
        """Streams of an ordinary day. The ranks are the numbers, shuffled; the prime divides no number of tracks."""
        rank = number * 7919 % self.tracks + 1
        return _MOST_POPULAR // (rank + 9)

    def _streams(self, number: int, streams: int) -> Iterator[tuple[int, int | str]]:
        for day in range(self.first_day, LAST_DAY + 1):
            spotify = streams * (80 + (number * 31 + day * 17) % 41) // 100
            yield spotify, streams // 8 if (number + day) % 50 else ""


def isrc(number: int) -> str:
    """ISRC of a track."""
    return f"QZHN8{2_400_000 + number}"


def title(number: int) -> str:
    """Title of a track."""
    name = _TITLES[number % len(_TITLES)]
    return name if number <= len(_TITLES) else f"{name} {number // len(_TITLES)}"


def artist(number: int) -> str:
    """Artist of a track; neighbours share theirs, as a release's tracks do."""
    own = (number - 1) // _TRACKS_OF_AN_ARTIST
    name = _ARTISTS[own % len(_ARTISTS)]
    return name if own < len(_ARTISTS) else f"{name} {own // len(_ARTISTS)}"


def album(number: int) -> str:
    """Release of a track."""
    return f"Collected, Vol. {(number - 1) // 10 + 1}"


def release_date(number: int) -> str:
    """Day of release."""
    return day_text(LAST_DAY - 3700 - number % 3000)


def _track(number: int) -> tuple[object, ...]:
    names = (title(number), artist(number), album(number))
    return (
        number,
        f"{number:08x}-0000-4000-8000-000000000000",
        isrc(number),
        *names,
        release_date(number),
        f"https://cdn.example.com/covers/{number}.jpg",
        f"https://open.spotify.com/track/{number:022d}",
        _CREATED_AT,
        search_text(*names),
    )
