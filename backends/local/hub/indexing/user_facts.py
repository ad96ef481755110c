"""What `hub.db` says of tracks, albums and artists, for rows of the index to be written with it."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from backends.local.hub.indexing.entries import TrackFacts
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.migrations import BUSY_SECONDS
from contract.hub.ids import Kind

__all__ = ["UserFacts"]

_OF_THESE = "IN (SELECT value FROM json_each(?))"

_OVERRIDES = f"SELECT track_id, field, value FROM overrides WHERE track_id {_OF_THESE}"
_PLAYS = f"SELECT track_id, play_count, last_played_at FROM track_plays WHERE track_id {_OF_THESE}"
_SAVED = f"SELECT id, saved_at FROM saved WHERE id {_OF_THESE}"
_KEPT = "SELECT id FROM saved WHERE identity = ? AND kind = ?"

_NEVER = (0, None)


class UserFacts:
    """`hub.db` for reading alone, on a connection of its own.

    What is written into the index must be read within the index's transaction: whoever changes `hub.db` afterwards
    has it brought over (backends.local.hub.indexing.applying), and waits for that transaction to end.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, folder: Path) -> "UserFacts":
        """Of a data folder whose `hub.db` is there and migrated."""
        connection = sqlite3.connect(folder / USER_LAYOUT.name, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return cls(connection)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def of_tracks(self, ids: Iterable[str]) -> dict[str, TrackFacts]:
        """The facts of those tracks of which there are any."""
        wanted = (json.dumps(list(ids)),)
        overrides: dict[str, dict[str, object]] = {}
        for id_, field, value in self.connection.execute(_OVERRIDES, wanted):
            overrides.setdefault(id_, {})[field] = json.loads(value)
        plays = {id_: (count, last) for id_, count, last in self.connection.execute(_PLAYS, wanted)}
        saved = dict[str, int](self.connection.execute(_SAVED, wanted))
        return {
            id_: TrackFacts(overrides.get(id_, {}), *plays.get(id_, _NEVER), saved.get(id_))
            for id_ in overrides.keys() | plays.keys() | saved.keys()
        }

    def saved(self, ids: Iterable[str]) -> Mapping[str, int]:
        """When each of these that is saved was saved."""
        return dict(self.connection.execute(_SAVED, (json.dumps(list(ids)),)))

    def kept_id(self, kind: Kind, identity: str) -> str | None:
        """The id that a saved album or artist of this identity has kept, or None."""
        row = self.connection.execute(_KEPT, (identity, kind)).fetchone()
        return None if row is None else row[0]
