"""One who listens: what has been told and not been taken yet, which is bounded, however slow the listener is."""

import asyncio
from collections.abc import Collection, Iterable

from backends.local.hub.live.news import DEVICES, RESYNC, News, resync

__all__ = ["Listener"]

_MOST_WAITING = 1000
"""Of different things, twice as many as one look at the feed finds. Who has more to read looks at everything again."""

_ALWAYS = frozenset({DEVICES})


class Listener:
    """One who listens.

    Attributes:
        mark: How far the feed was when this one was told last: what it can go on from once it has taken everything;
            None of one who is always told how things stand at present.
        closed: Whether nothing more will come.
    """

    def __init__(self, kinds: Collection[str]) -> None:
        """One who wants news of these kinds, and of devices, which whoever keeps its stream open has to know of."""
        self.mark: str | None = None
        self.closed = False
        self._kinds = _ALWAYS.union(kinds)
        self._can_go_on = RESYNC in kinds
        self._waiting: dict[tuple[str, str | None], News] = {}
        self._stirred = asyncio.Event()

    def tell(self, news: Iterable[News], mark: str | None = None) -> None:
        """Add what this one wants to know; what it has been told and not taken yet, it is told once, at its end."""
        if mark is not None and self._can_go_on:
            self.mark = mark
        for item in news:
            if item.kind in self._kinds:
                self._add(item)
        if self._waiting:
            self._stirred.set()

    def tell_before(self, news: Iterable[News]) -> None:
        """Put what happened earlier before what has come since."""
        since = list(self._waiting.values())
        self._waiting.clear()
        self.tell([*news, *since])

    async def take(self) -> list[News]:
        """Wait until there is something, and take all of it; nothing once this one is closed."""
        await self._stirred.wait()
        if self.closed:
            return []
        self._stirred.clear()
        taken = list(self._waiting.values())
        self._waiting.clear()
        return taken

    def close(self) -> None:
        """Have it end, whatever it waits for here."""
        self.closed = True
        self._waiting.clear()
        self._stirred.set()

    def _add(self, item: News) -> None:
        waiting = self._waiting
        if item.kind == RESYNC:
            waiting.clear()  # which says it all
        elif (RESYNC, None) in waiting and item.mark is not None:
            return
        key = (item.kind, item.id)
        waiting.pop(key, None)
        waiting[key] = item
        if len(waiting) > _MOST_WAITING:
            waiting.clear()
            waiting[RESYNC, None] = resync(self.mark)
