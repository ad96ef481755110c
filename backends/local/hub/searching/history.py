"""What was searched for, kept beside the answers: none waits for it, or fails because of it."""

import asyncio
from weakref import WeakKeyDictionary

import aiosqlite

from backends.local.database import Database
from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from contract.errors import StorageError
from contract.hub.search import LONGEST_SEARCH_HISTORY

__all__ = ["forget_searches", "remember_search", "searches_kept"]

_TYPING_MS = 10_000
"""Whoever types on within this time has not made a new search."""

_MOST_UNDER_WAY = 20
"""More than this wait only where the database is busy, and history is not worth a crowd."""

_LAST = "SELECT query, folded FROM searches WHERE searched_at >= ? ORDER BY searched_at DESC, rowid DESC LIMIT 1"
_ONCE_LESS = "UPDATE searches SET times = times - 1 WHERE query = ?"
_TIMES = "SELECT coalesce(max(times), 0) FROM searches WHERE query = :query OR folded = :folded"
_REMOVE = "DELETE FROM searches WHERE query = :query OR folded = :folded"
_ADD = "INSERT INTO searches (query, folded, times, searched_at) VALUES (:query, :folded, :times, :now)"
_BOUND = """
    DELETE FROM searches WHERE query IN (
        SELECT query FROM searches WHERE times < 1
        UNION ALL SELECT * FROM (SELECT query FROM searches ORDER BY searched_at DESC, rowid DESC LIMIT -1 OFFSET ?)
    )
"""

_UNDER_WAY: WeakKeyDictionary[Database, set[asyncio.Task[None]]] = WeakKeyDictionary()


def remember_search(hub: Hub, query: str) -> None:
    """Keep it in the history, soon."""
    under_way = _UNDER_WAY.setdefault(hub.user, set())
    if len(under_way) < _MOST_UNDER_WAY:
        task = asyncio.create_task(_remember(hub, query, hub.clock()))
        under_way.add(task)
        task.add_done_callback(under_way.discard)


async def searches_kept(hub: Hub, *, seconds: float | None = None) -> None:
    """Wait until what is to be remembered has been written, or the time is over."""
    if under_way := _UNDER_WAY.get(hub.user):
        await asyncio.wait(under_way, timeout=seconds)


async def forget_searches(hub: Hub, query: str | None) -> int:
    """Forget one search, or all; return how many there were."""
    async with hub.user.transaction() as connection:
        if query is None:
            deleted = await connection.execute("DELETE FROM searches")
        else:
            deleted = await connection.execute(_REMOVE, {"query": query, "folded": _folded(query)})
        if deleted.rowcount:
            await note_change(connection, ChangeKind.SEARCHES)
    return deleted.rowcount


async def _remember(hub: Hub, query: str, now: int) -> None:
    try:
        async with hub.user.transaction() as connection:
            await _write(connection, query, now)
            await note_change(connection, ChangeKind.SEARCHES)
    except StorageError:
        pass  # the answer is what was asked for; its place in the history is not


async def _write(connection: aiosqlite.Connection, query: str, now: int) -> None:
    """One that was typed further, or taken back by some letters, stands in place of the one it came from."""
    after = _folded(query)
    for typed, before in await connection.execute_fetchall(_LAST, (now - _TYPING_MS,)):
        if before != after and (after.startswith(before) or before.startswith(after)):
            await connection.execute(_ONCE_LESS, (typed,))
    search = {"query": query, "folded": after}
    [(times,)] = await connection.execute_fetchall(_TIMES, search)
    await connection.execute(_REMOVE, search)
    await connection.execute(_ADD, {**search, "times": times + 1, "now": now})
    await connection.execute(_BOUND, (LONGEST_SEARCH_HISTORY,))


def _folded(query: str) -> str:
    from backends.local.hub.searching.folding import folded  # noqa: PLC0415  (a hub starts without scripts' letters)

    return " ".join(folded(query).words)
