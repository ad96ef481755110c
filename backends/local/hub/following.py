"""The change feed as it grows, whichever process on the data folder makes it grow.

SQLite keeps a number in shared memory that every commit changes: `PRAGMA data_version` reads it in microseconds, and
only when it has changed is the feed itself read, by its key. No file is watched: a write-ahead log that is mapped into
memory and never grows would tell a watcher nothing.
"""

import asyncio
from collections.abc import AsyncGenerator

from backends.backend import Change
from backends.local.hub.changes import ChangeKind
from backends.local.hub.context import Hub
from contract.errors import StorageBusy

__all__ = ["follow", "newest_change"]

_LOOK_EVERY_SECONDS = 0.1

_MOST_AT_ONCE = 500

_NEWEST = "SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'changes'"

# The newest number is also known of a feed that has been cut.
_SINCE = f"""
    SELECT n.seq, c.seq, c.kind, c.id FROM ({_NEWEST}) n
    LEFT JOIN (SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq LIMIT {_MOST_AT_ONCE}) c ORDER BY c.seq
"""


async def newest_change(hub: Hub) -> int:
    """The number of the last change, from which `follow` can go on.

    Raises:
        StorageError: The database can't be read.
    """
    [(newest,)] = await hub.user.look_up(_NEWEST)
    return newest


async def follow(hub: Hub, since: int | None = None) -> AsyncGenerator[Change, None]:
    """Changes as they are committed, each within a quarter of a second; without end.

    Of changes that come together each is given once. Where the feed no longer reaches back to where the reader
    stands, everything may have changed: one change of each kind says so, without an id.

    Args:
        hub: Whose changes.
        since: The number of the last change that is known; by default, the last there is when this is first awaited.

    Raises:
        StorageError: The database can't be read.
    """
    seen = await newest_change(hub) if since is None else since
    looked_at = None
    while True:
        try:
            present = await hub.user.unchanged()
            if present is not looked_at:
                seen, changes = await _changes(hub, seen)
                if not changes:
                    looked_at = present
                for change in changes:
                    yield change
                continue
        except StorageBusy:  # somebody is recovering it, or takes long: the next look will tell
            pass
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _changes(hub: Hub, seen: int) -> tuple[int, list[Change]]:
    """What came after that number, and how far it goes."""
    rows = list(await hub.user.look_up(_SINCE, (seen,)))
    newest, first, *_ = rows[0]
    if newest == seen:
        return seen, []
    if first != seen + 1:
        return newest, [Change(kind, None) for kind in ChangeKind]
    return rows[-1][1], list(dict.fromkeys(Change(kind, id_) for _, _, kind, id_ in rows))
