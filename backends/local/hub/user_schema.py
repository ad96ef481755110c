"""What people made, in `hub.db`: nothing here can be scanned from files again.

Moments are milliseconds since 1970. Paths are bytes, since names of files need not be text. Lists of names are JSON.
"""

from backends.local.hub.media.schema import MEDIA_TABLES
from backends.local.hub.pairing.schema import PAIRING_TABLES
from backends.local.hub.sharing.schema import SHARING_TABLES
from backends.local.layout import Layout
from backends.local.storage import HUB_DATABASE_NAME

__all__ = ["USER_LAYOUT"]

_LIBRARY = (
    """
    CREATE TABLE roots (                 -- folders that the library is made of
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,
        added_at INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE known_tracks (          -- tracks that something here mentions, so that a new index knows them again
        track_id TEXT PRIMARY KEY,
        fingerprint BLOB NOT NULL,
        path BLOB NOT NULL,
        title TEXT NOT NULL,
        artist TEXT NOT NULL,
        album TEXT,
        duration_ms INTEGER NOT NULL,
        isrc TEXT
    ) STRICT, WITHOUT ROWID
    """,
)

_PLAYLISTS = (
    """
    CREATE TABLE playlists (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        revision INTEGER NOT NULL DEFAULT 1,
        deleted_at INTEGER               -- kept, so that who asks for it learns what became of it
    ) STRICT
    """,
    """
    CREATE TABLE playlist_entries (
        id TEXT PRIMARY KEY,
        playlist_id TEXT NOT NULL REFERENCES playlists (id),
        position INTEGER NOT NULL,       -- 0, 1, 2, … without gaps
        track_id TEXT NOT NULL,
        added_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX playlist_entries_in_order ON playlist_entries (playlist_id, position)",
    "CREATE INDEX playlist_entries_of_track ON playlist_entries (track_id)",
    """
    CREATE TABLE saved (
        id TEXT PRIMARY KEY,             -- of a track, album, artist or playlist
        kind TEXT NOT NULL,
        name TEXT NOT NULL,              -- as it was called then, should it ever be gone
        saved_at INTEGER NOT NULL,
        identity TEXT                    -- what the index knows the album or artist by, so that a new one gives its id
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX saved_in_order ON saved (kind, saved_at)",
    "CREATE INDEX saved_by_identity ON saved (identity) WHERE identity IS NOT NULL",
)

_METADATA = (
    """
    CREATE TABLE overrides (             -- what is shown in place of a file's tag
        track_id TEXT NOT NULL,
        field TEXT NOT NULL,
        value TEXT NOT NULL,             -- JSON; null says that the field is to be empty
        source TEXT NOT NULL,            -- 'user', or the source of the proposal it was taken from
        confidence REAL,
        set_at INTEGER NOT NULL,
        PRIMARY KEY (track_id, field)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE override_changes (      -- so that a change can be undone
        id INTEGER PRIMARY KEY,
        batch TEXT NOT NULL,             -- what was changed at once is undone at once
        track_id TEXT NOT NULL,
        field TEXT NOT NULL,
        before TEXT,                     -- JSON of the whole override row, or null where there was none
        after TEXT,
        changed_at INTEGER NOT NULL,
        undone_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX override_changes_of_track ON override_changes (track_id, id)",
    """
    CREATE TABLE enrichment_cache (      -- answers of services elsewhere
        url TEXT PRIMARY KEY,
        answer TEXT NOT NULL,
        fetched_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_PLAYBACK = (
    """
    CREATE TABLE playback_session (      -- one row
        id INTEGER PRIMARY KEY CHECK (id = 1),
        revision INTEGER NOT NULL DEFAULT 1,
        state TEXT NOT NULL DEFAULT 'stopped',
        entry INTEGER,                   -- the current entry of the queue
        position_ms INTEGER NOT NULL DEFAULT 0,
        position_at INTEGER NOT NULL DEFAULT 0,
        rate REAL NOT NULL DEFAULT 1,
        listened_ms INTEGER NOT NULL DEFAULT 0,  -- to the current entry, up to position_at
        play_id INTEGER,                 -- of plays, once the current entry counts as played
        repeat TEXT NOT NULL DEFAULT 'off',
        volume INTEGER NOT NULL DEFAULT 100,
        device TEXT,                     -- JSON, or null
        context TEXT,                    -- JSON: what the queue was made from, or null
        updated_at INTEGER
    ) STRICT
    """,
    "INSERT INTO playback_session (id) VALUES (1)",
    """
    CREATE TABLE playback_queue (        -- one row: a queue is shuffled and shifted as a whole, and read in pages
        id INTEGER PRIMARY KEY CHECK (id = 1),
        entries TEXT NOT NULL DEFAULT '[]',      -- JSON: numbers of the entries in the order in which they play
        tracks TEXT NOT NULL DEFAULT '[]',       -- JSON: the track of each
        original TEXT,                           -- JSON: the order without shuffle; null if it is off
        last_entry INTEGER NOT NULL DEFAULT 0    -- the highest number that was ever given
    ) STRICT
    """,
    "INSERT INTO playback_queue (id) VALUES (1)",
    """
    CREATE TABLE playback_trail (        -- entries that were current: the way back
        id INTEGER PRIMARY KEY,
        entry INTEGER NOT NULL,
        track_id TEXT NOT NULL,
        left_at INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE plays (
        id INTEGER PRIMARY KEY,
        track_id TEXT NOT NULL,
        played_at INTEGER NOT NULL,      -- when the threshold was passed
        listened_ms INTEGER NOT NULL,
        context TEXT,                    -- JSON, as of the session
        device TEXT                      -- JSON, as of the session
    ) STRICT
    """,
    "CREATE INDEX plays_in_order ON plays (played_at)",
    "CREATE INDEX plays_of_track ON plays (track_id)",
    """
    CREATE TABLE track_plays (           -- counted from plays, which grow without end
        track_id TEXT PRIMARY KEY,
        play_count INTEGER NOT NULL,
        last_played_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_SEARCHES = (
    """
    CREATE TABLE searches (
        query TEXT PRIMARY KEY,          -- as it was typed last, cleaned
        folded TEXT NOT NULL UNIQUE,
        times INTEGER NOT NULL DEFAULT 1,
        searched_at INTEGER NOT NULL
    ) STRICT
    """,
)

_CHANGES = (
    """
    CREATE TABLE changes (               -- the change feed: what another process needs to look at again
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        id TEXT
    ) STRICT
    """,
    """
    CREATE TABLE feed (                  -- one row
        id INTEGER PRIMARY KEY CHECK (id = 1),
        name TEXT NOT NULL               -- numbers of changes mean nothing beside those of a feed with another name
    ) STRICT
    """,
    "INSERT INTO feed VALUES (1, lower(hex(randomblob(4))))",
)

USER_LAYOUT = Layout(
    name=HUB_DATABASE_NAME,
    application_id=0x4D454855,  # "MEHU"
    migrations=(
        (
            *_LIBRARY,
            *_PLAYLISTS,
            *_METADATA,
            *_PLAYBACK,
            *_SEARCHES,
            *_CHANGES,
            *PAIRING_TABLES,
            *MEDIA_TABLES,
            *SHARING_TABLES,
        ),
    ),
    checksums=True,
)
