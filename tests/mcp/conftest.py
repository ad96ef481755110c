"""One `connect` for every transport and both eras of the protocol, over a data folder with the label in it."""

import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from backends.joined import JoinedBackend
from backends.local.hub.hub import LocalHub
from backends.local.musicengine import LocalMusicEngine
from server.mcp.server import build_server
from tests.label import store

ROOT = Path(__file__).resolve().parents[2]

Connect = Callable[..., AbstractAsyncContextManager[Client]]


def both(folder: Path, workspace: str = "default") -> JoinedBackend:
    """The catalogue and the hub of a data folder."""
    catalogue = LocalMusicEngine(folder, workspace)
    hub = LocalHub(folder, catalogue=catalogue)
    return JoinedBackend(catalogue, hub, hub.has_begun)


@pytest.fixture
async def label(data_dir):
    """The data folder, with the label in it."""
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await store(backend.database)
    return data_dir


@pytest.fixture(params=["in-process", "stdio"])
def transport(request) -> str:
    return request.param


in_process = pytest.mark.parametrize("transport", ["in-process"], indirect=True)
"""For what both eras answer but no pipe can change: starting the program takes most of a second."""


@pytest.fixture(params=["legacy", "2026-07-28"])
def era(request) -> str:
    return request.param


@pytest.fixture
def connect(transport, era, data_dir) -> Connect:
    """Open a client of a server over the data folder, by each transport and in each era."""

    @asynccontextmanager
    async def connection() -> AsyncGenerator[Client]:
        with anyio.fail_after(20):
            # "auto" is how clients of the later era find out what a server speaks.
            mode = "legacy" if era == "legacy" else "auto"
            if transport == "stdio":
                async with Client(stdio_client(command(data_dir)), mode=mode) as client:
                    assert (client.protocol_version == "2026-07-28") is (mode == "auto")
                    yield client
            else:
                async with (
                    aclosing(both(data_dir)) as backend,
                    Client(build_server(backend), mode=mode) as client,
                ):
                    yield client

    return connection


@pytest.fixture
def open_client(data_dir) -> Connect:
    """A client in this process, for what doesn't depend on how it is connected."""

    @asynccontextmanager
    async def connection(folder: Path = data_dir, workspace: str = "default") -> AsyncGenerator[Client]:
        with anyio.fail_after(20):
            async with (
                aclosing(both(folder, workspace)) as backend,
                Client(build_server(backend)) as client,
            ):
                yield client

    return connection


@pytest.fixture
def ask(label, open_client):
    """Call one tool over the label; return its result."""

    async def call(tool: str, **arguments: Any) -> CallToolResult:
        async with open_client() as client:
            return await client.call_tool(tool, arguments)

    return call


@pytest.fixture
def figures(ask):
    """Call one tool over the label; return its structured content."""

    async def call(tool: str, **arguments: Any) -> dict[str, Any]:
        result = await ask(tool, **arguments)
        assert not result.is_error, result.content[0].text
        return result.structured_content

    return call


def command(data_dir: Path) -> StdioServerParameters:
    """How a host starts the server."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    arguments = ["-m", "musicengine_mcp", "--data-dir", str(data_dir)]
    return StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT, env=environment)
