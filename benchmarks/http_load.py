"""Load on an HTTP server: a few connections kept open, each with one request under way."""

import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Load"]

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass
class _Connection:
    socket: socket.socket
    started: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    expected: int = 0


class Load:
    """Connections to one server; raw sockets, so that the client costs little beside the server."""

    def __init__(self, port: int, connections: int) -> None:
        self._connections = [_Connection(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
        for connection in self._connections:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        for connection in self._connections:
            connection.socket.close()

    def run(self, requests: Iterator[bytes]) -> tuple[float, list[float]]:
        """Send all requests; return requests a second, and the milliseconds that each took."""
        took: list[float] = []
        with selectors.EpollSelector() as selector:
            started = time.perf_counter()
            waiting = 0
            for connection in self._connections:
                waiting += self._send(connection, requests)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            while waiting:
                for key, _ in selector.select(20):
                    connection = key.data
                    if self._whole(connection):
                        took.append((time.perf_counter() - connection.started) * 1e3)
                        waiting -= 1 - self._send(connection, requests)
        return len(took) / (time.perf_counter() - started), took

    def _send(self, connection: _Connection, requests: Iterator[bytes]) -> int:
        request = next(requests, None)
        if request is None:
            return 0
        connection.received.clear()
        connection.expected = 0
        connection.started = time.perf_counter()
        connection.socket.sendall(request)
        return 1

    def _whole(self, connection: _Connection) -> bool:
        """Read what has come; whether the answer is whole. Anything but a success ends the measurement."""
        connection.received += connection.socket.recv(1 << 18)
        if not connection.expected and (end := connection.received.find(b"\r\n\r\n")) >= 0:
            if not connection.received.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(bytes(connection.received[:200]))
            length = _LENGTH.search(connection.received)
            connection.expected = end + 4 + int(length[1])
        return bool(connection.expected) and len(connection.received) >= connection.expected
