"""The database's tables, as forward migrations: a list that only grows.

Days are stored as whole days since 1970-01-01: 3 bytes instead of 10, which halves the largest table.
"""

from backends.local.layout import Layout
from backends.local.storage import DATABASE_NAME

__all__ = ["LAYOUT"]

_WORKSPACES = (
    """
    CREATE TABLE workspaces (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        tracks INTEGER NOT NULL DEFAULT 0,        -- counted by triggers, so that nothing counts rows
        days_tracked INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "INSERT INTO workspaces (id, name, created_at) VALUES (1, 'default', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
)

_CATALOGUE = (
    """
    CREATE TABLE tracks (
        id INTEGER PRIMARY KEY,
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        track_id TEXT NOT NULL UNIQUE,
        isrc TEXT NOT NULL CHECK (length(isrc) = 12),
        upc TEXT,
        title TEXT NOT NULL,
        artist TEXT NOT NULL,
        album TEXT,
        release_date TEXT,
        duration_ms INTEGER,
        cover_url TEXT,
        spotify_track_url TEXT,
        label TEXT,
        copyright_c TEXT,
        copyright_p TEXT,
        full_tracking INTEGER NOT NULL DEFAULT 1 CHECK (full_tracking IN (0, 1)),
        created_at TEXT NOT NULL,
        metadata TEXT NOT NULL DEFAULT '{}',      -- columns of catalogue files that we have no field for, as JSON
        search_text TEXT NOT NULL,                -- title, artist and album, folded (text.fold)
        UNIQUE (workspace_id, isrc)
    ) STRICT
    """,
    "CREATE INDEX tracks_newest ON tracks (workspace_id, created_at DESC, id DESC)",
    """
    CREATE TRIGGER tracks_counted AFTER INSERT ON tracks BEGIN
        UPDATE workspaces SET tracks = tracks + 1 WHERE id = new.workspace_id;
    END
    """,
)

_DAILY_STREAMS = (
    """
    CREATE TABLE daily_streams (
        track_id INTEGER NOT NULL REFERENCES tracks (id),
        day INTEGER NOT NULL,
        spotify INTEGER CHECK (spotify >= 0),     -- NULL: not reported, which is not zero
        apple INTEGER CHECK (apple >= 0),
        PRIMARY KEY (track_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    # What follows sums the rows above and is written in the same transaction (daily_streams.py).
    """
    CREATE TABLE workspace_days (
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        day INTEGER NOT NULL,
        spotify INTEGER NOT NULL,
        apple INTEGER NOT NULL,
        spotify_tracks INTEGER NOT NULL,          -- tracks that the service reported
        apple_tracks INTEGER NOT NULL,
        PRIMARY KEY (workspace_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TRIGGER workspace_days_counted AFTER INSERT ON workspace_days BEGIN
        UPDATE workspaces SET days_tracked = days_tracked + 1 WHERE id = new.workspace_id;
    END
    """,
    """
    CREATE TABLE artist_days (
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        day INTEGER NOT NULL,
        artist TEXT NOT NULL,
        streams INTEGER NOT NULL,
        PRIMARY KEY (workspace_id, day, artist)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX artist_days_top ON artist_days (workspace_id, day, streams DESC, artist)",
    """
    CREATE TABLE top_tracks (                     -- the most streamed tracks of each day
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        day INTEGER NOT NULL,
        streams INTEGER NOT NULL,
        track_id INTEGER NOT NULL REFERENCES tracks (id),
        PRIMARY KEY (workspace_id, day, streams DESC, track_id)
    ) STRICT, WITHOUT ROWID
    """,
)

_OTHER_FIGURES = (
    """
    CREATE TABLE artist_audience (                -- Spotify for Artists, audience: daily, of an artist
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        artist TEXT NOT NULL,
        day INTEGER NOT NULL,
        listeners INTEGER NOT NULL,
        streams INTEGER NOT NULL,
        followers INTEGER,
        PRIMARY KEY (workspace_id, artist, day)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE song_windows (                   -- Spotify for Artists, songs: totals over a window, by title
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        title_key TEXT NOT NULL,                  -- the title, folded
        window TEXT NOT NULL,                     -- as given with --window, such as '28d'
        title TEXT NOT NULL,
        listeners INTEGER NOT NULL,
        streams INTEGER NOT NULL,
        saves INTEGER NOT NULL,
        release_date TEXT NOT NULL DEFAULT '',    -- part of the key: two songs may share a title
        PRIMARY KEY (workspace_id, title_key, window, release_date)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE chart_entries (                  -- Spotify Charts: a day's ranking, by Spotify track
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        spotify_id TEXT NOT NULL,
        chart TEXT NOT NULL,                      -- as given with --chart, such as 'regional-de-daily'
        day INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        artist TEXT NOT NULL,
        title TEXT NOT NULL,
        source TEXT,                              -- the distributor or label that the chart names
        peak_rank INTEGER,
        previous_rank INTEGER,
        days_on_chart INTEGER,
        streams INTEGER NOT NULL,
        PRIMARY KEY (workspace_id, spotify_id, chart, day)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE statement_rows (                 -- distributors' monthly statements; never mixed with daily streams
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        fingerprint BLOB NOT NULL,                -- of all that identifies a row in its source
        occurrence INTEGER NOT NULL,              -- a statement may hold the same line twice, and both count
        source TEXT NOT NULL,                     -- distrokid, tunecore, cdbaby, believe, orchard
        reported TEXT NOT NULL,                   -- reporting month or day, ISO
        month TEXT NOT NULL,                      -- month of sale, YYYY-MM
        store TEXT NOT NULL,
        country TEXT NOT NULL,
        isrc TEXT,
        upc TEXT,
        artist TEXT NOT NULL,
        title TEXT NOT NULL,
        kind TEXT NOT NULL,                       -- as the statement names the sale: stream, download, album …
        quantity INTEGER NOT NULL,
        earnings TEXT NOT NULL,                   -- exact decimal
        currency TEXT NOT NULL,
        PRIMARY KEY (workspace_id, fingerprint, occurrence)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX statement_rows_by_isrc ON statement_rows (workspace_id, isrc, month)",
)

_SECRETS = (
    """
    CREATE TABLE api_keys (
        id INTEGER PRIMARY KEY,
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        name TEXT NOT NULL,
        hash BLOB NOT NULL UNIQUE,                -- SHA-256 of the key; the key itself is nowhere
        hint TEXT NOT NULL,                       -- its last four characters, to tell keys apart
        created_at TEXT NOT NULL,
        expires_at TEXT,                          -- set by rotation
        revoked_at TEXT,
        last_used_at TEXT,
        replaced_by INTEGER REFERENCES api_keys (id)
    ) STRICT
    """,
    """
    CREATE TABLE data_keys (                      -- one per workspace, wrapped by the key-encryption key
        workspace_id INTEGER PRIMARY KEY REFERENCES workspaces (id),
        wrapped_key BLOB NOT NULL,
        encryption_key_id TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE browser_profiles (
        id INTEGER PRIMARY KEY AUTOINCREMENT,     -- an id is part of what authenticates the cookies: never reused
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        name TEXT NOT NULL,
        version INTEGER NOT NULL,                 -- of the encryption's form
        nonce BLOB NOT NULL,
        ciphertext BLOB NOT NULL,
        cookie_count INTEGER NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT
    """,
)

_ON_THE_WIRE = (
    """
    CREATE TABLE withheld_areas (                 -- parts of the product that a workspace has no access to
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        area TEXT NOT NULL,
        PRIMARY KEY (workspace_id, area)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE idempotency_keys (
        workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
        key_hash BLOB NOT NULL,                   -- SHA-256
        fingerprint BLOB NOT NULL,                -- of the request, keyed with the key itself
        answer TEXT NOT NULL,                     -- JSON
        created_at TEXT NOT NULL,
        PRIMARY KEY (workspace_id, key_hash)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)",
)

LAYOUT = Layout(
    name=DATABASE_NAME,
    application_id=0x4D454D43,  # "MEMC"
    migrations=(
        (*_WORKSPACES, *_CATALOGUE, *_DAILY_STREAMS, *_OTHER_FIGURES, *_SECRETS),
        _ON_THE_WIRE,
    ),
)
