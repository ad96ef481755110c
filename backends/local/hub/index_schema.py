"""What a scan found, in `hub-index.db`, with what `hub.db` says of it: all of it can be built again.

`key` is a row's number within this file; `id` is what the outside calls it. What lists sort by, filter by and show
stands in `tracks`, `albums` and `artists` as it is to be shown: the file's tags under the user's overrides.
"""

from backends.local.hub.library_indexes import LIBRARY_INDEXES
from backends.local.hub.search_schema import SEARCH_TABLES
from backends.local.layout import Layout

__all__ = ["INDEX_LAYOUT"]

_FILES = (
    """
    CREATE TABLE folders (
        key INTEGER PRIMARY KEY,
        root_id INTEGER NOT NULL,        -- hub.db: roots
        path BLOB NOT NULL UNIQUE,       -- absolute
        cover BLOB,                      -- name of the folder's image, or null
        cover_stamp TEXT                 -- its size and time of change
    ) STRICT
    """,
    """
    CREATE TABLE tracks (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        folder_key INTEGER NOT NULL REFERENCES folders (key),
        name BLOB NOT NULL,              -- of the file
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        sidecar_stamp TEXT,              -- of its .lrc, or null
        fingerprint BLOB NOT NULL,       -- of the audio, without its tags
        missing_since INTEGER,

        title TEXT NOT NULL,
        artist TEXT NOT NULL,            -- as it is to be shown: "A & B"
        album_key INTEGER REFERENCES albums (key),
        album TEXT,
        album_artist TEXT,
        genre TEXT,                      -- joined for showing
        year INTEGER,
        release_date TEXT,               -- YYYY, YYYY-MM or YYYY-MM-DD
        original_date TEXT,
        disc INTEGER,
        disc_total INTEGER,
        track INTEGER,
        track_total INTEGER,
        compilation INTEGER NOT NULL DEFAULT 0,
        duration_ms INTEGER NOT NULL,
        format TEXT NOT NULL,
        bitrate INTEGER,                 -- bits per second
        sample_rate INTEGER,
        channels INTEGER,
        bit_depth INTEGER,
        isrc TEXT,
        has_cover INTEGER NOT NULL DEFAULT 0,    -- 0 none, 1 in the file, 2 in the folder
        has_lyrics INTEGER NOT NULL DEFAULT 0,   -- 0 none, 1 plain, 2 with times
        overridden INTEGER NOT NULL DEFAULT 0,

        sort_title TEXT NOT NULL,        -- folded, without a leading article
        sort_artist TEXT NOT NULL,
        sort_album TEXT NOT NULL,        -- '' without an album

        added_at INTEGER NOT NULL,
        play_count INTEGER NOT NULL DEFAULT 0,   -- these three as hub.db says
        last_played_at INTEGER,
        saved_at INTEGER
    ) STRICT
    """,
    "CREATE UNIQUE INDEX tracks_by_file ON tracks (folder_key, name)",
    "CREATE INDEX tracks_by_fingerprint ON tracks (fingerprint)",
    "CREATE INDEX tracks_of_album ON tracks (album_key, disc, track, sort_title)",
    "CREATE INDEX tracks_by_isrc ON tracks (isrc) WHERE isrc IS NOT NULL",
    """
    CREATE TABLE track_tags (
        track_key INTEGER PRIMARY KEY REFERENCES tracks (key),
        tags TEXT NOT NULL,              -- JSON, as the file says (backends.local.hub.reading.record)
        lyrics TEXT                      -- of the file or its .lrc
    ) STRICT
    """,
    """
    CREATE TABLE problems (              -- files that can't be read, so that the next scan leaves them alone
        folder_key INTEGER NOT NULL REFERENCES folders (key),
        name BLOB NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (folder_key, name)
    ) STRICT, WITHOUT ROWID
    """,
)

_GROUPS = (
    """
    CREATE TABLE albums (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        identity TEXT NOT NULL UNIQUE,   -- what makes two files one album
        title TEXT NOT NULL,
        artist TEXT NOT NULL,            -- the album artist as it is to be shown
        artist_key INTEGER REFERENCES artists (key),
        year INTEGER,
        release_date TEXT,
        compilation INTEGER NOT NULL DEFAULT 0,
        sort_title TEXT NOT NULL,
        sort_artist TEXT NOT NULL,
        tracks INTEGER NOT NULL DEFAULT 0,       -- that are not missing; an album without any is not shown
        duration_ms INTEGER NOT NULL DEFAULT 0,
        discs INTEGER NOT NULL DEFAULT 1,
        cover_track INTEGER,             -- key of a track with a cover, or null
        added_at INTEGER NOT NULL,       -- of its newest track
        play_count INTEGER NOT NULL DEFAULT 0,
        last_played_at INTEGER,
        saved_at INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE artists (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        identity TEXT NOT NULL UNIQUE,   -- the folded name
        name TEXT NOT NULL,
        sort_name TEXT NOT NULL,
        tracks INTEGER NOT NULL DEFAULT 0,       -- as artist or album artist, not missing
        albums INTEGER NOT NULL DEFAULT 0,       -- as album artist
        added_at INTEGER NOT NULL,
        play_count INTEGER NOT NULL DEFAULT 0,
        last_played_at INTEGER,
        saved_at INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE track_artists (
        track_key INTEGER NOT NULL REFERENCES tracks (key),
        role INTEGER NOT NULL,           -- 0 artist, 1 album artist
        position INTEGER NOT NULL,
        artist_key INTEGER NOT NULL REFERENCES artists (key),
        PRIMARY KEY (track_key, role, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX track_artists_of_artist ON track_artists (artist_key, track_key)",
    """
    CREATE TABLE genres (
        key INTEGER PRIMARY KEY,
        identity TEXT NOT NULL UNIQUE,   -- the folded name
        name TEXT NOT NULL,
        tracks INTEGER NOT NULL DEFAULT 0        -- that are not missing
    ) STRICT
    """,
    """
    CREATE TABLE track_genres (
        track_key INTEGER NOT NULL REFERENCES tracks (key),
        position INTEGER NOT NULL,
        genre_key INTEGER NOT NULL REFERENCES genres (key),
        PRIMARY KEY (track_key, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX track_genres_of_genre ON track_genres (genre_key, track_key)",
)

_SCANS = (
    """
    CREATE TABLE scans (
        id INTEGER PRIMARY KEY,
        state TEXT NOT NULL,             -- running, completed, cancelled, interrupted, failed
        started_at INTEGER NOT NULL,
        finished_at INTEGER,
        stop_asked INTEGER NOT NULL DEFAULT 0,   -- another process may ask for it
        report TEXT NOT NULL             -- JSON: what was found so far
    ) STRICT
    """,
    """
    CREATE TABLE applied (               -- one row: how far hub.db's change feed has been taken over
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO applied (id, seq) VALUES (1, 0)",
)

_HELD_ELSEWHERE = (
    *("track_artists", "track_genres", "search_words"),  # another index of each holds all columns
    "search_rows",  # in its indexes, and in the full text (backends.local.hub.health.full_text)
    "search_pending",  # it says everything twice
)

INDEX_LAYOUT = Layout(
    name="hub-index.db",
    application_id=0x4D454849,  # "MEHI"
    migrations=((*_FILES, *_GROUPS, *_SCANS, *LIBRARY_INDEXES, *SEARCH_TABLES),),
    checksums=True,
    held_elsewhere=_HELD_ELSEWHERE,
)
