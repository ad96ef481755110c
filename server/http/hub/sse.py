"""Server-Sent Events: what a listener is told, written to its connection until either side ends it.

Source: the WHATWG's HTML standard, section 9.2.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import lru_cache

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from backends.local.hub.live.listener import Listener
from backends.local.hub.live.news import DEVICES, RESYNC, News
from contract.errors import ContractError
from contract.operation import EVENT_STREAM
from server.http.answers import error_answer
from server.http.protocol import ENDED_BY

__all__ = ["HEARTBEAT_SECONDS", "EventStream"]

HEARTBEAT_SECONDS = 15.0
"""Between two signs of life: what stands between may close what is silent for half a minute or longer."""

_RETRY_MS = 2000
"""How long a browser waits before it connects again."""

_HEADERS: Mapping[str, str] = {
    "Content-Type": EVENT_STREAM,
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would keep the events until it has a page full of them
}

_CONCERNS_CALLERS = frozenset({DEVICES, RESYNC})


class EventStream(Response):
    """The answer that does not end by itself."""

    def __init__(
        self, listening: AbstractAsyncContextManager[Listener], check_caller: Callable[[], Awaitable[object]]
    ) -> None:
        """What the listener is told.

        Args:
            listening: The listener, for as long as the stream lasts.
            check_caller: Raises a ContractError once the caller may no longer listen.
        """
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._listening = listening
        self._check_caller = check_caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until there is nobody to write to, or nothing more to come."""
        start: Message = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        if scope["method"] == "HEAD":
            await send(start)
            await send(_body(b"", more=False))
            return
        try:
            async with self._listening as listener:
                await send(start)
                await send(_body(_opening(listener)))
                with _ending_with(listener, scope, receive):
                    await self._write(listener, send)
                await send(_body(b"", more=False))
        except ContractError as error:
            await error_answer(error)(scope, receive, send)

    async def _write(self, listener: Listener, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    taken = await listener.take()
            except TimeoutError:
                taken = []
            if listener.closed:
                return
            if not taken or any(news.kind in _CONCERNS_CALLERS for news in taken):
                try:
                    await self._check_caller()
                except ContractError:
                    return
            written = b"".join(_event(news) for news in taken if news.data is not None) or _sign_of_life(listener)
            await send(_body(written))


@contextmanager
def _ending_with(listener: Listener, scope: Scope, receive: Receive) -> Generator[None, None, None]:
    """Close the listener when the client has left, or the server is to end."""
    ended_by: set[Callable[[], None]] = scope.get("state", {}).get(ENDED_BY, set())
    ended_by.add(listener.close)
    left = asyncio.create_task(_left(receive))
    left.add_done_callback(lambda _: listener.close())
    try:
        yield
    finally:
        left.cancel()
        ended_by.discard(listener.close)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _body(content: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


def _opening(listener: Listener) -> bytes:
    """What comes at once, so that the client knows that it is heard, and from where it can go on."""
    return b": welcome\nretry: %d\n%b\n" % (_RETRY_MS, _id(listener.mark))


def _sign_of_life(listener: Listener) -> bytes:
    return b":\n%b\n" % _id(listener.mark)


@lru_cache(maxsize=512)
def _event(news: News) -> bytes:
    """One event; all listeners are told the same."""
    data = b"" if news.data is None else news.data.model_dump_json().encode()
    return b"%bevent: %b\ndata: %b\n\n" % (_id(news.mark), news.kind.encode(), data)


def _id(mark: str | None) -> bytes:
    return b"" if mark is None else b"id: %b\n" % mark.encode()
