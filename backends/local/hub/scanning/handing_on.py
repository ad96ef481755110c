"""A track whose file is gone goes on with a copy of the file that was there before: who moves by copying deletes last.

Until then the copy was a track of its own. If nobody has made anything of that one, the two change their ids.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence

from backends.local.hub.indexing.entries import NO_FACTS
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.indexing.writer import IndexWriter

__all__ = ["hand_on"]

_OF_THESE = "IN (SELECT value FROM json_each(?))"

_IDS = f"SELECT id, key FROM tracks WHERE key {_OF_THESE}"
_MENTIONED = f"SELECT track_id FROM known_tracks WHERE track_id {_OF_THESE}"

# The same audio under the same tags; where there are none, under the same name.
_COPIES = """
    SELECT c.key, c.id FROM tracks t JOIN tracks c ON c.fingerprint = t.fingerprint AND c.missing_since IS NULL
    LEFT JOIN track_tags a ON a.track_key = t.key LEFT JOIN track_tags b ON b.track_key = c.key
    WHERE t.key = ?
        AND json_extract(a.tags, '$.title') IS json_extract(b.tags, '$.title')
        AND json_extract(a.tags, '$.artist') IS json_extract(b.tags, '$.artist')
        AND json_extract(a.tags, '$.album') IS json_extract(b.tags, '$.album')
        AND (json_extract(a.tags, '$.title') IS NOT NULL OR c.name = t.name)
    ORDER BY c.name <> t.name, c.key LIMIT 100
"""

_SET_ID = "UPDATE tracks SET id = ? WHERE key = ?"
_ON_ITS_WAY = "-"


def hand_on(index: sqlite3.Connection, facts: UserFacts, writer: IndexWriter, keys: Collection[int]) -> list[str]:
    """Let copies that are there go on as tracks that are missing since now; return the ids of those tracks."""
    ids = dict[str, int](index.execute(_IDS, (json.dumps(list(keys)),)))
    moved: dict[str, str] = {}
    for id_ in sorted(_mentioned(facts, list(ids))):
        copies: list[tuple[int, str]] = index.execute(_COPIES, (ids[id_],)).fetchall()
        mentioned = _mentioned(facts, [other for _, other in copies])
        copy = next(((key, other) for key, other in copies if other not in mentioned), None)
        if copy is not None:
            key, moved[id_] = copy
            index.executemany(_SET_ID, [(_ON_ITS_WAY, key), (moved[id_], ids[id_]), (id_, key)])
    if moved:
        # The rows say what people made of the tracks that they are now.
        changed = [*moved, *moved.values()]
        of_tracks = facts.of_tracks(changed)
        writer.set_track_facts({id_: of_tracks.get(id_, NO_FACTS) for id_ in changed})
        writer.rewrite({id_: of_tracks.get(id_, NO_FACTS).overrides for id_ in changed})
    return list(moved)


def _mentioned(facts: UserFacts, ids: Sequence[str]) -> set[str]:
    return {id_ for (id_,) in facts.connection.execute(_MENTIONED, (json.dumps(ids),))}
