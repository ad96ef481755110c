"""The indexes of `hub-index.db` that lists, filters and counts read.

There is one index a sort. It begins with whether a row is shown at all, and ends with what common filters look at, so
that a page is read from where the one before ended, and rows that a filter leaves out cost no look at the table.
"""

from backends.local.hub.facets import FACET_TABLES

__all__ = ["LIBRARY_INDEXES"]

_COLUMNS = (
    # Virtual: they take no room, and a NULL in them would not compare.
    "ALTER TABLE tracks ADD COLUMN missing INTEGER GENERATED ALWAYS AS (missing_since IS NOT NULL) VIRTUAL",
    "ALTER TABLE tracks ADD COLUMN saved INTEGER GENERATED ALWAYS AS (saved_at IS NOT NULL) VIRTUAL",
    "ALTER TABLE tracks ADD COLUMN of_album INTEGER GENERATED ALWAYS AS (coalesce(album_key, 0)) VIRTUAL",
    # In the album: tracks without a number stand last.
    """
    ALTER TABLE tracks ADD COLUMN place INTEGER
    GENERATED ALWAYS AS (coalesce(disc, 1) * 1000000 + coalesce(track, 999999)) VIRTUAL
    """,
    "ALTER TABLE albums ADD COLUMN shown INTEGER GENERATED ALWAYS AS (tracks > 0) VIRTUAL",
    "ALTER TABLE albums ADD COLUMN saved INTEGER GENERATED ALWAYS AS (saved_at IS NOT NULL) VIRTUAL",
    "ALTER TABLE artists ADD COLUMN shown INTEGER GENERATED ALWAYS AS (tracks > 0) VIRTUAL",
    "ALTER TABLE artists ADD COLUMN saved INTEGER GENERATED ALWAYS AS (saved_at IS NOT NULL) VIRTUAL",
)

_TRACKS = {
    "title": "sort_title, key, year, format, saved",
    "artist": "sort_artist, sort_album, place, key, year, format, saved",
    "album": "sort_album, of_album, place, key, year, format, saved",
    "year": "year, of_album DESC, place DESC, key DESC, format, saved",
    "added": "added_at, key DESC, year, format, saved",
    "duration": "duration_ms, key, year, format, saved",
    "played": "play_count, key DESC, last_played_at, year, format, saved",
    "last_played": "last_played_at, key DESC, year, format, saved",
}

_ALBUMS = {
    "title": "sort_title, key, year, compilation, saved",
    "artist": "sort_artist, sort_title, key, year, compilation, saved",
    "year": "year, key DESC, compilation, saved",
    "added": "added_at, key DESC, year, compilation, saved",
    "played": "play_count, key DESC, year, compilation, saved",
}

_ARTISTS = {
    "name": "sort_name, key, saved",
    "tracks": "tracks, key DESC, saved",
    "albums": "albums, key DESC, saved",
    "played": "play_count, key DESC, saved",
    "added": "added_at, key DESC, saved",
}

LIBRARY_INDEXES: tuple[str, ...] = (
    *_COLUMNS,
    *(f"CREATE INDEX tracks_by_{sort} ON tracks (missing, {columns})" for sort, columns in _TRACKS.items()),
    *(f"CREATE INDEX albums_by_{sort} ON albums (shown, {columns})" for sort, columns in _ALBUMS.items()),
    *(f"CREATE INDEX artists_by_{sort} ON artists (shown, {columns})" for sort, columns in _ARTISTS.items()),
    "CREATE INDEX tracks_saved ON tracks (saved_at) WHERE saved_at IS NOT NULL",
    "CREATE INDEX albums_of_artist ON albums (artist_key, key)",
    *FACET_TABLES,
)
