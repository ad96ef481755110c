"""The tables of `hub-index.db` that search reads.

A row's number says of what kind it is and how often it was played, so that whoever reads rows in order reads artists
before albums before tracks, and the most played of each first (backends.local.hub.searching.places).
"""

__all__ = ["SEARCH_TABLE", "SEARCH_TABLES"]

# Its words are made in Python, so that it has only to split them at spaces.
SEARCH_TABLE = """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, artist, album,
        content = 'search_rows', content_rowid = 'place', tokenize = 'ascii', prefix = '1 2 3 4'
    )
"""

SEARCH_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE search_rows (           -- folded text (backends.local.hub.searching.folding)
        place INTEGER PRIMARY KEY,
        item INTEGER NOT NULL UNIQUE,    -- kind and key of the artist, album or track
        name TEXT NOT NULL,              -- the title as one word
        title TEXT NOT NULL,             -- of a track or an album; the name of an artist
        artist TEXT NOT NULL,
        album TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX search_rows_by_name ON search_rows (name)",
    SEARCH_TABLE,
    """
    CREATE TABLE search_pending (        -- items whose rows are to be looked at again, with many others at once
        item INTEGER PRIMARY KEY,
        again INTEGER NOT NULL           -- the same, so that damage shows: an index would cost a scan more
    ) STRICT
    """,
    """
    CREATE TABLE search_words (          -- words that a mistyped one may stand for; they stay when their rows go
        key INTEGER PRIMARY KEY,
        word TEXT NOT NULL UNIQUE
    ) STRICT
    """,
)
