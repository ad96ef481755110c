"""The change feed, told to all who listen in this process by one who follows it."""

import re
from collections.abc import AsyncGenerator, Iterable
from contextlib import ExitStack, aclosing, asynccontextmanager

import anyio

from backends.local.hub.changes import ChangeKind
from backends.local.hub.context import Hub
from backends.local.hub.following import NumberedChange, Position, follow_rounds, newest_position
from backends.local.hub.live.audience import Audience
from backends.local.hub.live.listener import Listener
from backends.local.hub.live.news import DEVICES, News, resync
from backends.local.hub.moments import timestamp
from backends.local.hub.playback_answers import entry_id
from contract.errors import StorageBusy
from contract.hub.events import EVENT_KINDS, LibraryEvent, SessionNews

__all__ = ["LibraryNews"]

_REST_SECONDS = 0.03

_MOST_MISSED = 500
"""Of different things; more than that, and a listener had better look at everything again."""

_MARK = re.compile(r"([0-9a-f]{1,32})-([0-9]{1,18})", re.ASCII)

_MISSED = """
    SELECT b.oldest, b.newest, c.seq, c.kind, c.id
    FROM (
        SELECT n.newest, coalesce((SELECT min(seq) FROM changes), n.newest + 1) AS oldest
        FROM (SELECT coalesce(max(seq), 0) AS newest FROM sqlite_sequence WHERE name = 'changes') n
    ) b
    LEFT JOIN (
        SELECT max(seq) AS seq, kind, id FROM changes WHERE seq > ? AND seq <= ? GROUP BY kind, id ORDER BY 1 LIMIT ?
    ) c
    ORDER BY c.seq
"""

_SESSION = """
    SELECT revision, state, entry, position_ms, position_at, rate, volume, json_extract(device, '$.id')
    FROM playback_session
"""


class LibraryNews:
    """Tells what has changed in the hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._audience = Audience(self._follow, _REST_SECONDS)
        self._joining = anyio.Lock()
        self._position = Position("", 0)

    @asynccontextmanager
    async def told_to(self, listener: Listener, after: str | None = None) -> AsyncGenerator[None, None]:
        """Tell the listener during the block, first of what it has missed after that mark.

        Raises:
            StorageError: The database can't be read.
        """
        with ExitStack() as stack:
            async with self._joining:  # nobody relies on where it is followed from before that is known
                if not self._audience.is_told:
                    self._position = await newest_position(self._hub)
                position = self._position
                stack.enter_context(self._audience.joined(listener))
            listener.tell((), _mark(position))
            if after is not None:
                listener.tell_before(await self._missed(after, position))
            yield

    def close(self) -> None:
        """Have all who listen end."""
        self._audience.close()

    async def _follow(self) -> None:
        async with aclosing(follow_rounds(self._hub, self._position)) as rounds:
            async for found in rounds:
                self._position = found.position
                mark = _mark(found.position)
                if found.changes is None:
                    news = [News(DEVICES), resync(mark)]
                else:
                    news = await self._news(found.position.feed, found.changes)
                await self._audience.tell(news, mark)

    async def _missed(self, after: str, position: Position) -> list[News]:
        """What came after the mark, up to the position."""
        found = _MARK.fullmatch(after)
        if found is None or found[1] != position.feed:
            return [resync(_mark(position))]
        seq = int(found[2])
        rows = list(await self._hub.user.read(_MISSED, (seq, position.seq, _MOST_MISSED + 1)))
        oldest, newest, first, *_ = rows[0]
        if not oldest - 1 <= seq <= newest or len(rows) > _MOST_MISSED:
            return [resync(_mark(position))]
        return [] if first is None else await self._news(position.feed, [row[2:] for row in rows])

    async def _news(self, feed: str, changes: Iterable[NumberedChange]) -> list[News]:
        news: list[News] = []
        for seq, kind, id_ in changes:
            if kind == DEVICES:
                news.append(News(DEVICES))
            elif kind in EVENT_KINDS:
                session = await self._session() if kind == ChangeKind.SESSION else None
                data = LibraryEvent.model_construct(kind=kind, id=id_, session=session)
                news.append(News(kind, id_, _mark(Position(feed, seq)), data))
        return news

    async def _session(self) -> SessionNews | None:
        try:
            [row] = await self._hub.user.look_up(_SESSION)
        except StorageBusy:  # somebody has just begun to rebuild it, say, who will be heard of
            return None
        revision, state, entry, position_ms, position_at, rate, volume, device_id = row
        return {
            "revision": revision,
            "state": state,
            "entryId": None if entry is None else entry_id(entry),
            "positionMs": position_ms,
            "positionAt": None if entry is None else timestamp(position_at),
            "rate": rate,
            "volume": volume,
            "deviceId": device_id,
        }


def _mark(position: Position) -> str:
    """What an event is known by, also after the database has been replaced by another."""
    return f"{position.feed}-{position.seq}"
