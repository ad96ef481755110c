"""What is shared, and with how many pages it is open, in `hub.db`."""

__all__ = ["SHARING_TABLES"]

SHARING_TABLES = (
    """
    CREATE TABLE shares (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,              -- playlist, artist, album or track
        item_id TEXT NOT NULL,           -- of that
        name TEXT NOT NULL,              -- as it was called then, should it ever be gone
        note TEXT,
        key_hash BLOB,                   -- SHA-256 of the key in its link, which is nowhere; null: the link has none
        created_at INTEGER NOT NULL,
        expires_at INTEGER               -- null: not before it is unshared
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX shares_of_item ON shares (item_id)",
    """
    CREATE TABLE share_sessions (        -- pages on which a share is open
        id_hash BLOB PRIMARY KEY,        -- SHA-256; the id itself is nowhere
        share_id TEXT NOT NULL REFERENCES shares (id),
        media_hash BLOB NOT NULL,        -- media_sessions: token_hash
        created_at INTEGER NOT NULL,
        kept_at INTEGER,                 -- null: never yet
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX share_sessions_of_share ON share_sessions (share_id, kept_at, created_at)",
    "CREATE INDEX share_sessions_in_order ON share_sessions (kept_at, created_at)",
    """
    CREATE TABLE hub_address (           -- one row: where links lead to, as whoever served the hub last was reached
        id INTEGER PRIMARY KEY CHECK (id = 1),
        url TEXT NOT NULL,
        reach TEXT NOT NULL              -- anywhere, network or machine
    ) STRICT
    """,
)
