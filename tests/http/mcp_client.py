"""The application on a real socket, and what a caller of /mcp sends."""

import json
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.types import ASGIApp

from backends.local.database import Database
from backends.local.keys import create_key
from backends.local.workspaces import open_workspace
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.serving import bind, server_config
from server.settings import Settings

ERAS = ("2025-11-25", "2026-07-28")

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Served:
    """An application that serves a data folder, and a key of its default workspace."""

    port: int
    key: str

    @property
    def url(self) -> str:
        """Where MCP is."""
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def authorization(self) -> dict[str, str]:
        """The header that opens the workspace."""
        return {"Authorization": f"Bearer {self.key}"}

    def post(self, body: Any = None, *, content: bytes | None = None, **headers: str) -> httpx.Response:
        """Send one request as it is; header names have underscores for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = content if content is not None else json.dumps(body).encode()
        return httpx.post(self.url, content=sent, headers={**HEADERS, **self.authorization, **given}, timeout=20)


def request(method: str, params: Mapping[str, Any] | None = None, *, era: str = ERAS[0], id: Any = 1) -> dict[str, Any]:  # noqa: A002
    """A JSON-RPC request of the era."""
    given = dict(params or {})
    if era == "2026-07-28":
        own = given.get("_meta", {})
        given["_meta"] = {**own, f"{META}protocolVersion": era, f"{META}clientCapabilities": {}}
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": given}


META = "io.modelcontextprotocol/"


def era_headers(message: Mapping[str, Any], era: str) -> dict[str, str]:
    """The headers that the era wants beside the message, with underscores for hyphens."""
    if era != "2026-07-28":
        return {"Mcp_Protocol_Version": era}
    params = message["params"]
    name = params.get("uri") if message["method"] == "resources/read" else params.get("name")
    return {"Mcp_Protocol_Version": era, "Mcp_Method": message["method"], **({"Mcp_Name": name} if name else {})}


@contextmanager
def serving(factory: Callable[[], ASGIApp], listener: socket.socket) -> Generator[None, None, None]:
    """Serve from a thread until the block ends; the thread makes the application, since SQLite minds who opened it."""
    server = uvicorn.Server(server_config(factory))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        assert server.started
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def wait_until(condition, seconds: float = 20) -> None:
    """Wait for the condition."""
    woken = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        woken.wait(0.01)
    raise TimeoutError


@contextmanager
def served(folder: Path, key: str, **allow: Any) -> Generator[Served, None, None]:
    """Serve the data folder with the whole application."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    allowed = allowed_of("127.0.0.1", port, **allow)
    with serving(partial(create_app, Settings(folder, "default"), allowed), listener):
        yield Served(port, key)


async def new_key(folder: Path, workspace: str = "default") -> str:
    """A key of the workspace."""
    async with aclosing(Database(folder)) as database:
        scope = await open_workspace(database, workspace)
        _, raw = await create_key(database, scope.workspace_id, "Test")
        return raw


@asynccontextmanager
async def client_of(url: str, key: str, era: str) -> AsyncGenerator[Client]:
    """The SDK's own client."""
    with anyio.fail_after(30):
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=20) as http:
            transport = streamable_http_client(url, http_client=http)
            async with Client(transport, mode="legacy" if era != "2026-07-28" else "auto") as client:
                yield client
