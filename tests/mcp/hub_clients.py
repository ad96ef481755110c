"""Hosts of a server with a hub, in both eras: in this process, and over the pipes of the program."""

from contextlib import aclosing, asynccontextmanager

import anyio
from mcp import Client, stdio_client

from server.mcp.server import build_server
from tests.mcp.conftest import both, command

__all__ = ["SECONDS", "connected"]

SECONDS = 30


@asynccontextmanager
async def connected(data_dir, transport, era, **options):
    """A client of a server over the data folder."""
    mode = "legacy" if era == "legacy" else "auto"
    with anyio.fail_after(SECONDS):
        if transport == "stdio":
            async with Client(stdio_client(command(data_dir)), mode=mode, **options) as client:
                yield client
        else:
            async with (
                aclosing(both(data_dir)) as backend,
                Client(build_server(backend), mode=mode, **options) as client,
            ):
                yield client
