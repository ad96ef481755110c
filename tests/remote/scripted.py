"""A service on a loopback socket that answers as a test scripts it, one step a request, and keeps what it was asked."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Asked", "Cut", "Hang", "Raw", "Reply", "Script", "Stall", "listening", "read_request"]


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """An answer of JSON, or of bytes as they are."""

    content: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        body = self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()
        headers = {"Content-Length": str(len(body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + body


class Hang:
    """Never answer."""


class Cut:
    """Close the connection instead of answering."""


@dataclass
class Stall:
    """Say these bytes, and nothing more."""

    said: bytes


@dataclass
class Raw:
    """Say these bytes, and close the connection."""

    said: bytes


Step = Reply | Hang | Stall | Cut | Raw


class Script:
    """What a service says, in this order; then the last step over and over, or what `answer` says."""

    def __init__(self, *steps: Step, answer: Callable[[Asked], Awaitable[Step]] | None = None) -> None:
        self.steps = deque(steps)
        self.answer = answer
        self.base_url = ""
        self.connections = 0
        self.open = 0
        self.asked: list[Asked] = []
        self.asked_once = asyncio.Event()

    async def next(self, asked: Asked) -> Step:
        self.asked.append(asked)
        self.asked_once.set()
        if self.answer is not None and not self.steps:
            return await self.answer(asked)
        return self.steps.popleft() if len(self.steps) > 1 or self.answer else self.steps[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while (asked := await read_request(reader)) is not None:
                step = await self.next(asked)
                if isinstance(step, Hang):
                    await reader.read()  # until the client gives up
                    return
                if isinstance(step, Cut):
                    return
                writer.write(step.to_bytes() if isinstance(step, Reply) else step.said)
                await writer.drain()
                if isinstance(step, Stall):
                    await reader.read()
                if not isinstance(step, Reply):
                    return
        except ConnectionError:
            return
        finally:
            self.open -= 1
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request, or None at the connection's end."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))
    return None


@asynccontextmanager
async def listening(serve: Any, *, ssl: Any = None) -> AsyncGenerator[int]:
    """Accept connections for the length of the block; its value is the port."""
    connections: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await serve(reader, writer)
        finally:
            connections.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=ssl)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        if connections:  # the clients have gone, which each of them is about to see
            await asyncio.wait(connections, timeout=5)
