"""One request to the application as a socket would bring it, from any peer and by any listener; its answer's beginning.

Loopback is all that tests may use, and what is to be seen here is what happens to callers elsewhere. So the peer is
said.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

__all__ = ["Answer", "ask"]

_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """The status, and of errors the body."""

    status: int
    body: Any = None

    @property
    def code(self) -> str | None:
        """The error's, or None."""
        return self.body["error"]["code"] if self.body else None

    @property
    def field(self) -> str | None:
        """What the error says was wrong, or None."""
        return self.body["error"].get("field") if self.body else None


async def ask(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    query: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    peer: str = "127.0.0.1",
    port: int = 38472,
) -> Answer:
    """Send a request. A success is known by its first line: the rest may never end, and is given up."""
    content = b"" if body is None else json.dumps(body).encode()
    sent = {"host": f"127.0.0.1:{port}", **({} if body is None else _of(content)), **(headers or {})}
    scope = _scope(method, path, query, sent, peer, port)
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    parts: list[bytes] = []
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            await asyncio.Event().wait()  # the caller stays
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.set_result(message["status"])
        else:
            parts.append(message.get("body", b""))

    answering = asyncio.ensure_future(app(scope, receive, send))
    async with asyncio.timeout(_SECONDS):
        await asyncio.wait({answering, begun}, return_when=asyncio.FIRST_COMPLETED)
        status = await begun
        if status >= 400:
            await answering
            return Answer(status, json.loads(b"".join(parts)))
    answering.cancel()
    await asyncio.wait({answering})
    return Answer(status)


def _scope(method: str, path: str, query: str, headers: Mapping[str, str], peer: str, port: int) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": (peer, 54321),
        "server": ("127.0.0.1", port),
        "state": {},
    }


def _of(content: bytes) -> dict[str, str]:
    return {"content-type": "application/json", "content-length": str(len(content))}
