"""The change feed as it grows, whichever process on the data folder makes it grow.

SQLite keeps a number in shared memory that every commit changes: `PRAGMA data_version` reads it in microseconds, and
only when it has changed is the feed itself read, by its key. No file is watched: a write-ahead log that is mapped into
memory and never grows would tell a watcher nothing.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from backends.backend import Change
from backends.local.hub.changes import ChangeKind
from backends.local.hub.context import Hub
from backends.local.looking import next_look
from contract.errors import StorageBusy

__all__ = ["NumberedChange", "Position", "Round", "follow", "follow_rounds", "newest_change", "newest_position"]

_LOOK_EVERY_SECONDS = 0.1

_MOST_AT_ONCE = 500

_NEWEST = """
    SELECT f.name AS feed, coalesce(max(s.seq), 0) AS seq FROM feed f LEFT JOIN sqlite_sequence s ON s.name = 'changes'
"""

# The newest number is also known of a feed that has been cut.
_SINCE = f"""
    SELECT n.feed, n.seq, c.seq, c.kind, c.id FROM ({_NEWEST}) n
    LEFT JOIN (SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq LIMIT {_MOST_AT_ONCE}) c ORDER BY c.seq
"""

NumberedChange = tuple[int, str, str | None]
"""Its number in the feed, its kind, and its id."""


@dataclass(frozen=True)
class Position:
    """Where a reader of the feed is: its numbers mean nothing beside those of a feed with another name."""

    feed: str
    seq: int


@dataclass(frozen=True)
class Round:
    """What was found by one look.

    Attributes:
        position: How far that goes.
        changes: Each once, where it was last; None where the feed does not reach back to where the reader was, so that
            everything may have changed.
    """

    position: Position
    changes: Sequence[NumberedChange] | None


async def newest_position(hub: Hub) -> Position:
    """Where the feed ends, from which `follow_rounds` can go on.

    Raises:
        StorageError: The database can't be read.
    """
    [(feed, seq)] = await hub.user.look_up(_NEWEST)
    return Position(feed, seq)


async def newest_change(hub: Hub) -> int:
    """The number of the last change, from which `follow` can go on.

    Raises:
        StorageError: The database can't be read.
    """
    return (await newest_position(hub)).seq


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
    position = await newest_position(hub)
    if since is not None:
        position = replace(position, seq=since)
    async with aclosing(follow_rounds(hub, position)) as rounds:
        async for found in rounds:
            if found.changes is None:
                for kind in ChangeKind:
                    yield Change(kind, None)
            else:
                for _, kind, id_ in found.changes:
                    yield Change(kind, id_)


async def follow_rounds(hub: Hub, position: Position) -> AsyncGenerator[Round, None]:
    """The same, as they are found together.

    Raises:
        StorageError: The database can't be read.
    """
    looked_at = None
    while True:
        try:
            present = await hub.user.unchanged()
            if present is not looked_at:
                found = await _look(hub, position)
                if found is None:
                    looked_at = present
                else:
                    position = found.position
                    yield found
                continue
        except StorageBusy:  # somebody is recovering it, or takes long: the next look will tell
            pass
        await next_look(_LOOK_EVERY_SECONDS)


async def _look(hub: Hub, position: Position) -> Round | None:
    """What came after that position, if anything did."""
    rows = list(await hub.user.look_up(_SINCE, (position.seq,)))
    feed, newest, first, *_ = rows[0]
    if Position(feed, newest) == position:
        return None
    if feed != position.feed or first != position.seq + 1:
        return Round(Position(feed, newest), None)
    changes: dict[tuple[str, str | None], int] = {}
    for _, _, seq, kind, id_ in rows:
        changes.pop((kind, id_), None)
        changes[kind, id_] = seq
    return Round(Position(feed, rows[-1][2]), [(seq, kind, id_) for (kind, id_), seq in changes.items()])
