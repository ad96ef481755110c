"""What the counts of an index must be: worked out from its tracks alone, each group anew."""

from typing import Any

__all__ = ["counted", "stored"]

_PRESENT = "t.missing_since IS NULL"

_MEMBERS = "(SELECT DISTINCT artist_key, track_key FROM track_artists)"

_ALBUMS = f"""
    SELECT a.key, count(*), sum(t.duration_ms), sum(t.play_count), max(t.added_at), max(t.last_played_at),
        max(max(coalesce(t.disc, 1)), 1), max(t.has_cover) > 0
    FROM albums a JOIN tracks t ON t.album_key = a.key WHERE {_PRESENT} GROUP BY a.key
"""
_STORED_ALBUMS = """
    SELECT key, tracks, duration_ms, play_count, added_at, last_played_at, discs, cover_track IS NOT NULL
    FROM albums WHERE tracks > 0
"""

_FIRST_TRACKS = f"""
    SELECT a.key, t.album, t.album_artist,
        (SELECT x.artist_key FROM track_artists x WHERE x.track_key = t.key AND x.role = 1 AND x.position = 0)
    FROM albums a JOIN tracks t ON t.key = (
        SELECT t.key FROM tracks t WHERE t.album_key = a.key
        ORDER BY NOT {_PRESENT}, t.disc, t.track, t.sort_title, t.key LIMIT 1
    )
"""
_STORED_TITLES = "SELECT key, title, artist, artist_key FROM albums"

_ARTISTS = f"""
    SELECT x.artist_key, count(*), sum(t.play_count), max(t.added_at), max(t.last_played_at),
        (SELECT count(*) FROM albums a WHERE a.artist_key = x.artist_key AND EXISTS (
            SELECT 1 FROM tracks t WHERE t.album_key = a.key AND {_PRESENT}))
    FROM {_MEMBERS} x JOIN tracks t ON t.key = x.track_key WHERE {_PRESENT} GROUP BY x.artist_key
"""
_STORED_ARTISTS = "SELECT key, tracks, play_count, added_at, last_played_at, albums FROM artists WHERE tracks > 0"

_GENRES = f"""
    SELECT x.genre_key, count(*) FROM track_genres x JOIN tracks t ON t.key = x.track_key WHERE {_PRESENT} GROUP BY 1
"""
_STORED_GENRES = "SELECT key, tracks FROM genres WHERE tracks > 0"

_OF_GENRES = "(SELECT 0 AS genre_key, key AS track_key FROM tracks UNION SELECT genre_key, track_key FROM track_genres)"
_FACETS = f"""
    SELECT g.genre_key, t.format, coalesce(t.year, 0), t.saved_at IS NOT NULL, count(*), sum(t.duration_ms), sum(t.size)
    FROM {_OF_GENRES} g JOIN tracks t ON t.key = g.track_key WHERE {_PRESENT} GROUP BY 1, 2, 3, 4
"""
_STORED_FACETS = "SELECT * FROM facets"

_GENRES_OF_TRACKS = "(SELECT DISTINCT genre_key, track_key FROM track_genres)"
_ALBUM_GENRES = f"""
    SELECT g.genre_key, t.album_key, count(*) FROM {_GENRES_OF_TRACKS} g JOIN tracks t ON t.key = g.track_key
    WHERE {_PRESENT} AND t.album_key IS NOT NULL GROUP BY 1, 2
"""
_STORED_ALBUM_GENRES = "SELECT * FROM album_genres"
_ARTIST_GENRES = f"""
    SELECT g.genre_key, x.artist_key, count(*)
    FROM {_GENRES_OF_TRACKS} g JOIN {_MEMBERS} x USING (track_key) JOIN tracks t ON t.key = track_key
    WHERE {_PRESENT} GROUP BY 1, 2
"""
_STORED_ARTIST_GENRES = "SELECT * FROM artist_genres"
_DAYS = f"SELECT t.added_at / 86400000, count(*) FROM tracks t WHERE {_PRESENT} GROUP BY 1"
_STORED_DAYS = "SELECT * FROM days"

_FACETS = f"""
    SELECT g.genre_key, t.format, coalesce(t.year, 0), t.saved_at IS NOT NULL, count(*), sum(t.duration_ms), sum(t.size)
    FROM (SELECT 0 AS genre_key, key AS track_key FROM tracks UNION ALL SELECT genre_key, track_key FROM track_genres) g
    JOIN tracks t ON t.key = g.track_key WHERE {_PRESENT} GROUP BY 1, 2, 3, 4
"""
_STORED_FACETS = "SELECT genre_key, format, year, saved, tracks, duration_ms, size FROM facets"

_ALBUM_GENRES = f"""
    SELECT g.genre_key, t.album_key, count(*) FROM track_genres g JOIN tracks t ON t.key = g.track_key
    WHERE {_PRESENT} AND t.album_key IS NOT NULL GROUP BY 1, 2
"""
_STORED_ALBUM_GENRES = "SELECT genre_key, album_key, tracks FROM album_genres"

_ARTIST_GENRES = f"""
    SELECT g.genre_key, x.artist_key, count(*) FROM {_MEMBERS} x JOIN track_genres g USING (track_key)
    JOIN tracks t ON t.key = x.track_key WHERE {_PRESENT} GROUP BY 1, 2
"""
_STORED_ARTIST_GENRES = "SELECT genre_key, artist_key, tracks FROM artist_genres"

_DAYS = f"SELECT t.added_at / 86400000, count(*) FROM tracks t WHERE {_PRESENT} GROUP BY 1"
_STORED_DAYS = "SELECT day, tracks FROM days"

_WITHOUT_TRACKS = (
    "SELECT id FROM albums a WHERE NOT EXISTS (SELECT 1 FROM tracks t WHERE t.album_key = a.key)",
    "SELECT id FROM artists a WHERE NOT EXISTS (SELECT 1 FROM track_artists x WHERE x.artist_key = a.key)",
    "SELECT name FROM genres g WHERE NOT EXISTS (SELECT 1 FROM track_genres x WHERE x.genre_key = g.key)",
)

_FALSE_COVERS = f"""
    SELECT a.id FROM albums a WHERE cover_track IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM tracks t WHERE t.key = a.cover_track AND t.album_key = a.key AND t.has_cover > 0 AND {_PRESENT})
"""


def counted(connection) -> dict[str, Any]:
    """The counts that follow from the tracks."""
    nothing = {"groups without tracks": [[], [], []], "covers that are none": []}
    of_facets = (_FACETS, _ALBUM_GENRES, _ARTIST_GENRES, _DAYS)
    return _read(connection, _ALBUMS, _FIRST_TRACKS, _ARTISTS, _GENRES, *of_facets) | nothing


def stored(connection) -> dict[str, Any]:
    """The counts as the index has them."""
    lost = [connection.execute(sql).fetchall() for sql in _WITHOUT_TRACKS]
    covers = connection.execute(_FALSE_COVERS).fetchall()
    of_facets = (_STORED_FACETS, _STORED_ALBUM_GENRES, _STORED_ARTIST_GENRES, _STORED_DAYS)
    kept = _read(connection, _STORED_ALBUMS, _STORED_TITLES, _STORED_ARTISTS, _STORED_GENRES, *of_facets)
    return kept | {"groups without tracks": lost, "covers that are none": covers}


def _read(connection, *selects):
    names = ("albums", "titles", "artists", "genres", "facets", "album genres", "artist genres", "days")
    return {name: sorted(connection.execute(sql).fetchall()) for name, sql in zip(names, selects, strict=True)}
