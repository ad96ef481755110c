"""uvicorn's HTTP protocol with an end to every wait for a client: a slow one holds a connection, but not for long."""

import asyncio
import secrets
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import h11
from pydantic_core import to_json
from uvicorn.protocols.http.h11_impl import H11Protocol

from contract.errors import InvalidRequest

__all__ = ["DROP", "ENDED_BY", "HEAD_SECONDS", "MAX_CONNECTIONS", "STALLED_SECONDS", "BoundedProtocol"]

HEAD_SECONDS = 10.0
"""How long the head of a request may take; uvicorn itself would wait for ever."""

STALLED_SECONDS = 30.0
"""How long a client may leave its answer unread."""

UNSENT_SECONDS = 1.0
"""How long a client may take, once the server is to end, to read what is written already."""

ENDED_BY = "musicengine.ended_by"
"""Key of the state that requests bring along: a set of what is called when the server is to end.

An answer that would go on for ever puts there what ends it, and takes it away again.
"""

DROP = "musicengine.drop"
"""Key of that state, too: what drops the connection, with whatever it was to send."""

MAX_CONNECTIONS = 2000
"""Of one process. Another one is closed at once, since each costs memory and a file descriptor."""

_HEAD = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncache-control: no-store\r\nconnection: close\r\n"
    b"content-length: %d\r\nx-request-id: %s\r\nx-content-type-options: nosniff\r\n\r\n"
)

_MALFORMED = to_json(InvalidRequest("The request is not HTTP/1.1 as RFC 9112 has it.").body())


class BoundedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_timer: asyncio.TimerHandle | None = None
        self._stalled_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, but not for ever."""
        super().connection_made(transport)
        self.app_state.setdefault(ENDED_BY, set[Callable[[], None]]())
        state: dict[str, Any] = {**self.app_state, DROP: partial(_drop, transport)}
        self.app_state = state
        _give_up_on_dead_peers(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()
            return
        self._time_the_head()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is whole; start it when a further one has begun."""
        super().data_received(data)
        self._time_the_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave no timer behind."""
        for timer in (self._head_timer, self._stalled_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        super().pause_writing()
        self._stalled_timer = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It goes on reading."""
        if self._stalled_timer is not None:
            self._stalled_timer.cancel()
            self._stalled_timer = None
        super().resume_writing()

    def shutdown(self) -> None:
        """The server is to end: so are answers that would go on for ever, and whoever does not read."""
        super().shutdown()
        for end in list(self.app_state[ENDED_BY]):
            end()
        self.loop.call_later(UNSENT_SECONDS, self._abort_if_unread)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's plain text)
        """Refuse what is no HTTP with the one JSON body, unless an answer has begun already; and close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_HEAD % (len(_MALFORMED), secrets.token_hex(8).encode()) + _MALFORMED)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: it would name a package that is not wanted, whenever anybody asks for an upgrade."""

    def _abort_if_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _time_the_head(self) -> None:
        waiting = self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]
        if waiting and self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        elif not waiting and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _give_up_on_dead_peers(transport: asyncio.Transport) -> None:
    """Have the system close a connection whose peer no longer takes what is sent.

    By itself it tries for a quarter of an hour, and a stream of events says so little that nobody else would notice.
    """
    if (option := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, int(STALLED_SECONDS * 1000))


def _drop(transport: asyncio.Transport) -> None:
    """Close the connection, and have the system send nothing of the megabytes that it may hold for a slow reader."""
    no_time = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)
    transport.abort()
