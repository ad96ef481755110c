"""The ids of tracks: those that rows have, and new ones, which a new index would give again."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from backends.local.hub.new_ids import derived_id
from backends.local.hub.reading.record import AudioFile
from backends.local.hub.scanning.comparing import Found
from backends.local.hub.scanning.identity import Decision
from backends.local.hub.scanning.paths import relative
from contract.hub.ids import Kind

__all__ = ["give_ids"]

_IDS = "SELECT key, id FROM tracks WHERE key IN (SELECT value FROM json_each(?))"
_TAKEN = "SELECT id FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
_KNOWN = "SELECT track_id FROM known_tracks WHERE track_id IN (SELECT value FROM json_each(?))"


def give_ids(
    index: sqlite3.Connection,
    user: sqlite3.Connection,
    files: Sequence[tuple[Found, AudioFile, Decision]],
    roots: Mapping[int, bytes],
) -> list[str]:
    """The id of each file's track, in order.

    A new one is derived from where the file is in its root, wherever that lies, and from its audio. If another track
    has it already, which was there before it was moved, or is there in another root, it is drawn again.
    """
    keys = [decision.key for _, _, decision in files if decision.key is not None]
    rows: dict[int, str] = dict(index.execute(_IDS, (json.dumps(keys),)).fetchall()) if keys else {}
    ids = [rows[decision.key] if decision.key is not None else decision.track_id for _, _, decision in files]
    taken = {id_ for id_ in ids if id_ is not None}
    without = [place for place, id_ in enumerate(ids) if id_ is None]
    draw = 0
    while without:
        drawn = {place: _derived(*files[place][:2], roots, draw) for place in without}
        taken |= _among(index, user, list(drawn.values()))
        for place, id_ in drawn.items():
            if id_ not in taken:
                ids[place] = id_
                taken.add(id_)
        without = [place for place in without if ids[place] is None]
        draw += 1
    return [id_ for id_ in ids if id_ is not None]


def _derived(found: Found, audio: AudioFile, roots: Mapping[int, bytes], draw: int) -> str:
    place = relative(found.path, roots[found.root_id]) or found.path
    salt = (draw.to_bytes(4, "big"),) if draw else ()
    return derived_id(Kind.TRACK, place, audio.fingerprint, *salt)


def _among(index: sqlite3.Connection, user: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Those that the index has or `hub.db` mentions."""
    wanted = (json.dumps(ids),)
    return {id_ for (id_,) in (*index.execute(_TAKEN, wanted), *user.execute(_KNOWN, wanted))}
