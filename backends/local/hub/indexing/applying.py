"""What people changed in `hub.db`, brought into the index: plays, saved, overrides.

The change feed says of what; what then counts is how it stands in `hub.db` at that moment. So it does no harm when two
processes bring the same over, and none can put something old in place of something newer: each reads `hub.db` only
after it has got its turn to write into the index.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import islice

from backends.local.hub.changes import ChangeKind
from backends.local.hub.context import Hub
from backends.local.hub.indexing.entries import NO_FACTS
from backends.local.hub.indexing.user_facts import UserFacts
from backends.local.hub.indexing.writer import IndexWriter
from contract.hub.ids import Kind, kind_of

__all__ = ["apply_changes"]

_CHANGES_AT_ONCE = 500
"""In one transaction of the index, so that nobody waits long for the next."""

_KEPT = 10_000
_MOST = 12_000
"""Of the feed; it is cut to what is kept only now and then."""

_APPLIED = "SELECT seq FROM applied"
_APPLY = "UPDATE applied SET seq = ?"
_BOUNDS = "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM changes"
_PRUNE = "DELETE FROM changes WHERE seq <= ?"
_NEXT = "SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"

_SPOKEN_OF = "SELECT track_id FROM overrides UNION SELECT track_id FROM track_plays UNION SELECT id FROM saved"
_MARKED = """
    SELECT id FROM tracks WHERE overridden OR play_count > 0 OR last_played_at IS NOT NULL OR saved_at IS NOT NULL
    UNION SELECT id FROM albums WHERE saved_at IS NOT NULL UNION SELECT id FROM artists WHERE saved_at IS NOT NULL
"""
_RETAGGED = "SELECT id FROM tracks WHERE overridden AND id IN (SELECT value FROM json_each(?))"

_OF_INDEX = frozenset({ChangeKind.OVERRIDES, ChangeKind.PLAYS, ChangeKind.SAVED})

_ANY_OF_INDEX = f"""
    SELECT 1 FROM changes WHERE seq > ? AND kind IN ({", ".join(f"'{kind}'" for kind in sorted(_OF_INDEX))}) LIMIT 1
"""


async def apply_changes(hub: Hub) -> None:
    """Bring the index up to `hub.db`. It costs two or three look-ups when nothing is new.

    Raises:
        StorageError: A database can't be read or written.
    """
    [(first, last)] = await hub.user.look_up(_BOUNDS)
    [(applied,)] = await hub.index.look_up(_APPLIED)
    if applied == last:
        return
    if applied == 0 or applied > last or first > applied + 1:
        await _apply_everything(hub, last)
    elif last - applied < _CHANGES_AT_ONCE and not await hub.user.look_up(_ANY_OF_INDEX, (applied,)):
        return  # a player's session changes every few seconds, which is none of the index's business
    else:
        while applied < last:
            applied = await hub.index.write_in_thread(lambda index: _apply_next(index, hub))
    if last - first >= _MOST:
        async with hub.user.transaction() as connection:
            await connection.execute(_PRUNE, (last - _KEPT,))


async def _apply_everything(hub: Hub, last: int) -> None:
    """The feed does not reach back to where this index stands; one made anew, say, stands nowhere."""
    spoken_of, marked = await hub.user.read(_SPOKEN_OF), await hub.index.read(_MARKED)
    ids = iter(dict.fromkeys(id_ for (id_,) in (*spoken_of, *marked)))
    while chunk := list(islice(ids, _CHANGES_AT_ONCE)):
        await hub.index.write_in_thread(lambda index, ids=chunk: _apply_all_of(index, hub, ids))
    await hub.index.write_in_thread(lambda index: index.execute(_APPLY, (last,)))


def _apply_all_of(index: sqlite3.Connection, hub: Hub, ids: Sequence[str]) -> None:
    with closing(UserFacts.open(hub.user.folder)) as facts:
        retagged = {id_ for id_, facts_of in facts.of_tracks(ids).items() if facts_of.overrides}
        retagged.update(id_ for (id_,) in index.execute(_RETAGGED, (json.dumps(ids),)))
        _bring_over(index, facts, ids, retagged)


def _apply_next(index: sqlite3.Connection, hub: Hub) -> int:
    """Apply the changes that come next, and return how far that goes."""
    [(applied,)] = index.execute(_APPLIED)
    with closing(UserFacts.open(hub.user.folder)) as facts:
        changes = facts.connection.execute(_NEXT, (applied, _CHANGES_AT_ONCE)).fetchall()
        if not changes:  # another process has just done it
            return applied
        ids = {id_ for _, kind, id_ in changes if kind in _OF_INDEX}
        retagged = {id_ for _, kind, id_ in changes if kind == ChangeKind.OVERRIDES}
        if None in ids:  # of whatever there is
            ids = retagged = {id_ for (id_,) in (*facts.connection.execute(_SPOKEN_OF), *index.execute(_MARKED))}
        _bring_over(index, facts, ids, retagged)
    [*_, (applied, _, _)] = changes
    index.execute(_APPLY, (applied,))
    return applied


def _bring_over(index: sqlite3.Connection, facts: UserFacts, ids: Iterable[str], retagged: Iterable[str]) -> None:
    """Bring over what stands in `hub.db` now; what is shown is derived anew for those that are retagged."""
    writer = IndexWriter(index, facts)
    tracks = [id_ for id_ in ids if kind_of(id_) is Kind.TRACK]
    of_tracks, saved = facts.of_tracks(tracks), facts.saved(ids)
    writer.set_track_facts({id_: of_tracks.get(id_, NO_FACTS) for id_ in tracks})
    writer.rewrite({id_: of_tracks.get(id_, NO_FACTS).overrides for id_ in retagged if kind_of(id_) is Kind.TRACK})
    writer.set_saved({id_: saved.get(id_) for id_ in ids})
