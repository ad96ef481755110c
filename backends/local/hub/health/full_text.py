"""Whether the full text that search reads is that of the rows it is made of.

SQLite's check of a file sees nothing of it: to SQLite these are tables with blobs, whatever is in them.
"""

import sqlite3
from collections.abc import Sequence

from backends.local.damage import Problem
from backends.local.examining import Look
from backends.local.hub.search_schema import SEARCH_TABLE

__all__ = ["full_text"]

_COPY = (
    "CREATE TABLE copy.search_rows (place INTEGER PRIMARY KEY, title, artist, album)",
    "INSERT INTO copy.search_rows SELECT place, title, artist, album FROM main.search_rows",
    SEARCH_TABLE.replace("search USING", "copy.search USING"),
    *(
        statement
        for shadow in ("data", "idx", "docsize")
        for statement in (
            f"DELETE FROM copy.search_{shadow}",
            f"INSERT INTO copy.search_{shadow} SELECT * FROM main.search_{shadow}",
        )
    ),
)

_CHECK = "INSERT INTO copy.search (search, rank) VALUES ('integrity-check', 1)"

# FTS5 takes capitals for small letters and any sign for the space between two words, of which there are none here
# (backends.local.hub.searching.folding).
_STRANGE = " OR ".join(f"{column} GLOB '*[!-/:-@A-Z[-`{{-~]*'" for column in ("title", "artist", "album"))
_ANY_STRANGE = f"SELECT 1 FROM copy.search_rows WHERE {_STRANGE} LIMIT 1"

_ANY_NOTED_WRONG = "SELECT 1 FROM search_pending WHERE again <> item LIMIT 1"

_SETTINGS = "SELECT k, v FROM {}.search_config ORDER BY k"

# A page's number in the table is made of its segment's and its own. FTS5 merges segments bit by bit: pages at the front
# are gone then, and the first of the rest begins with another word than it did.
_PAGES = """
    WITH firsts (segid, id) AS (
        SELECT segid, (SELECT min(id) FROM search_data WHERE id BETWEEN segid << 37 AND (segid << 37) + 0x7fffffff)
        FROM search_idx GROUP BY segid
    )
    SELECT i.term, d.block FROM search_idx i JOIN firsts f ON f.segid = i.segid
    LEFT JOIN search_data d ON d.id = (i.segid << 37) + (i.pgno >> 1)
    WHERE (i.segid << 37) + (i.pgno >> 1) > f.id
"""


def full_text(look: Look) -> Sequence[Problem]:
    """What is wrong with the full text, and with the note of what is yet to be written of it."""
    try:
        right = (
            not look.run(_ANY_NOTED_WRONG) and _is_of_its_rows(look.connection) and _finds_its_pages(look.connection)
        )
    except sqlite3.DatabaseError as error:
        if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            raise
        right = False
    return [] if right else [look.problem("search", "The full text that search reads is not that of the library.")]


def _is_of_its_rows(connection: sqlite3.Connection) -> bool:
    """Have FTS5 compare its words with the rows, which raises an error if they differ.

    SQLite takes that for writing, and would keep others from it for a second or two; so it is done in a copy of both,
    which is a file that SQLite deletes by itself.
    """
    connection.execute("ATTACH '' AS copy")
    try:
        connection.execute("PRAGMA copy.journal_mode = OFF")
        connection.execute("BEGIN")  # in which everything is of one moment
        for statement in _COPY:
            connection.execute(statement)
        connection.execute(_CHECK)
        if connection.execute(_ANY_STRANGE).fetchone():
            return False
        ours, usual = (connection.execute(_SETTINGS.format(schema)).fetchall() for schema in ("main", "copy"))
        return ours == usual
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _finds_its_pages(connection: sqlite3.Connection) -> bool:
    """Whether words are looked for on the pages that they are on, of which FTS5's own check sees only a part.

    Of each page that a word begins on, FTS5 keeps what the first of them begins with (SQLite's fts5_index.c).
    """
    return all(block is not None and _first_word(block).startswith(term) for term, block in connection.execute(_PAGES))


def _first_word(page: bytes) -> bytes:
    """The first word that begins on a page of words: where that is, is said after the words' end."""
    offset, _ = _number(page, int.from_bytes(page[2:4]))
    length, start = _number(page, offset)
    return page[start : start + length]


def _number(page: bytes, start: int) -> tuple[int, int]:
    """A number of a variable length, here of one or two bytes or three, and where it ends."""
    number = 0
    for end, byte in enumerate(page[start : start + 3], start + 1):
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, end
    return 0, start
