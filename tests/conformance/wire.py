"""HTTP byte by byte, for what no client would send."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer", "Wire"]

_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """One response, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    raw: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error of the one JSON body."""
        assert self.headers.get("content-type") == "application/json", self.raw[:500]
        return json.loads(self.body)["error"]


@dataclass(frozen=True)
class Wire:
    """Where a server listens, and a key for it."""

    port: int
    key: str

    def head(self, line: str | bytes, *headers: str | bytes, key: bool = True) -> bytes:
        """The head of a request that closes the connection, with a good key unless said otherwise."""
        own: list[str | bytes] = ["Host: 127.0.0.1", "Connection: close"]
        own += [f"Authorization: Bearer {self.key}"] if key else []
        lines = [_bytes(part) for part in (line, *own, *headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def get(self, target: str | bytes, *headers: str | bytes) -> Answer:
        """One GET of the target."""
        return self.send(self.head(b"GET " + _bytes(target) + b" HTTP/1.1", *headers))

    def post(self, target: str, body: bytes, *headers: str | bytes) -> Answer:
        """One POST of JSON, whose length is told unless the headers tell another."""
        told = any(_bytes(header).lower().startswith((b"content-length", b"transfer-encoding")) for header in headers)
        length = [] if told else [f"Content-Length: {len(body)}"]
        typed = any(_bytes(header).lower().startswith(b"content-type") for header in headers)
        kind = [] if typed else ["Content-Type: application/json"]
        return self.send(self.head(f"POST {target} HTTP/1.1", *kind, *length, *headers) + body)

    def send(self, data: bytes) -> Answer:
        """The first answer to the bytes."""
        return self.exchange(data)[0]

    def exchange(self, data: bytes, *, then: bytes = b"", is_all: bool = False) -> list[Answer]:
        """Every answer to the bytes, until the server closes the connection.

        Args:
            data: What to send at once.
            then: What to send when an answer has begun.
            is_all: Whether to tell the server that no more comes.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS) as connection:
            # A server that refuses a head need not read what comes behind it, and may close on us meanwhile.
            with suppress(OSError):  # ENOTCONN is none of the ConnectionErrors
                connection.sendall(data)
                if is_all:
                    connection.shutdown(socket.SHUT_WR)
            chunks: list[bytes] = []
            with suppress(ConnectionError):
                while chunk := connection.recv(65536):
                    chunks.append(chunk)
                    connection.sendall(then if len(chunks) == 1 else b"")
        return _answers(b"".join(chunks))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _answers(raw: bytes) -> list[Answer]:
    answers: list[Answer] = []
    rest = raw
    while rest:
        head, _, behind = rest.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        headers = {
            name.strip().lower().decode(): value.strip().decode("latin-1")
            for name, _, value in (each.partition(b":") for each in lines)
        }
        length = int(headers.get("content-length", len(behind)))
        answers.append(Answer(int(line.split(b" ")[1]), headers, behind[:length], raw))
        rest = behind[length:]
    return answers
