"""Serve MCP over stdio, as a host starts it."""

import logging
import sys

import anyio
from mcp.server.stdio import stdio_server

from backends.backend import Backend
from server.mcp.deferred import DeferredBackend
from server.mcp.server import build_server
from server.settings import Settings

__all__ = ["serve"]

_AT_A_TERMINAL = """\
musicengine-mcp: waiting for an MCP host on standard input; Ctrl-D ends it. Hosts start this command themselves.
To see it at work run 'musicengine-mcp demo'; for bringing data in and all commands, 'musicengine-mcp --help'.
"""


def serve(settings: Settings) -> int:
    """Serve until standard input ends; return the exit code."""
    # Standard output belongs to the protocol.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if sys.stdin.isatty():
        sys.stderr.write(_AT_A_TERMINAL)
    anyio.run(_serve, settings)
    return 0


async def _serve(settings: Settings) -> None:
    backend = DeferredBackend(lambda: _open(settings))
    server = build_server(backend)
    try:
        async with stdio_server() as (read_stream, write_stream):
            await server.run(read_stream, write_stream, server.create_initialization_options())
    finally:
        await backend.aclose()


def _open(settings: Settings) -> Backend:
    from backends.local.musicengine import LocalMusicEngine  # noqa: PLC0415  (SQLite is not needed to list tools)

    return LocalMusicEngine(settings.data_dir, settings.workspace)
