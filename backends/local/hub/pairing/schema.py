"""Where paired devices stand in `hub.db`. No code and no token is in it, only what they can be recognised by."""

__all__ = ["PAIRING_TABLES"]

PAIRING_TABLES = (
    """
    CREATE TABLE pairing_code (          -- one row, of the code that was armed last; none once it was used
        id INTEGER PRIMARY KEY CHECK (id = 1),
        salt BLOB NOT NULL,
        hash BLOB NOT NULL,              -- scrypt of the code
        armed_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        attempts_left INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE devices (               -- one row a pairing: a device that pairs again gets another
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        device_id TEXT NOT NULL UNIQUE,  -- what the device calls itself
        name TEXT NOT NULL,
        family BLOB NOT NULL UNIQUE,     -- SHA-256 of what all refresh tokens of the pairing begin with
        paired_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,     -- unless it refreshes before
        last_used_at INTEGER,
        revoked_at INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE device_tokens (         -- an access token and the refresh token that came with it
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        device INTEGER NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,     -- one more than of the pair that it was given for
        access BLOB NOT NULL UNIQUE,     -- SHA-256
        refresh BLOB NOT NULL UNIQUE,    -- SHA-256
        issued_at INTEGER NOT NULL,
        access_expires_at INTEGER NOT NULL,
        refresh_expires_at INTEGER NOT NULL,
        used_at INTEGER,                 -- when the access token was first used
        exchanged_at INTEGER,            -- when the refresh token was first used
        dropped_at INTEGER               -- when another was given in place of this one
    ) STRICT
    """,
    "CREATE INDEX device_tokens_of_device ON device_tokens (device, id)",
)
