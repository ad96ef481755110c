"""Media sessions, in `hub.db`."""

__all__ = ["MEDIA_TABLES"]

MEDIA_TABLES = (
    """
    CREATE TABLE media_sessions (        -- media tokens; they stand in addresses, so each is short-lived
        token_hash BLOB PRIMARY KEY,     -- SHA-256; the token itself is nowhere
        pairing INTEGER,                 -- devices: whoever asked; null: this machine, or the hub's API token
        share_id TEXT,                   -- null: it opens the whole library
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX media_sessions_of_device ON media_sessions (pairing, created_at) WHERE share_id IS NULL",
    "CREATE INDEX media_sessions_of_share ON media_sessions (share_id) WHERE share_id IS NOT NULL",
    "CREATE INDEX media_sessions_by_end ON media_sessions (expires_at)",
)
