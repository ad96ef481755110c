"""Serve MCP over stdio, as a host starts it."""

import logging
import os
import signal
import sys

import anyio
from anyio.abc import TaskStatus
from mcp.server.stdio import stdio_server

from backends.backend import Backend
from server.backends import open_backend
from server.mcp.notifications import CHANGES_ARE_TOLD
from server.mcp.server import build_server, data_enters_of
from server.settings import Settings

__all__ = ["serve"]

_AT_A_TERMINAL = """\
musicengine-mcp: waiting for an MCP host on standard input; Ctrl-D ends it. Hosts start this command themselves.
To see it at work run 'musicengine-mcp demo'; for bringing data in and all commands, 'musicengine-mcp --help'.
"""


def serve(settings: Settings) -> int:
    """Serve until standard input ends or a signal asks for the end; return the exit code.

    Raises:
        InvalidRequest: The settings name a service that can't be called.
    """
    # Standard output belongs to the protocol.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    backend = open_backend(settings)
    anyio.run(_serve, backend, data_enters_of(settings))
    return 0


async def _serve(backend: Backend, data_enters: str) -> None:
    server = build_server(backend, data_enters=data_enters)
    try:
        async with anyio.create_task_group() as tasks:
            if sys.platform != "win32":
                await tasks.start(_end_at_signal, backend)
            if sys.stdin.isatty():
                sys.stderr.write(_AT_A_TERMINAL)
            async with stdio_server() as (read_stream, write_stream):
                await server.run(read_stream, write_stream, server.create_initialization_options(CHANGES_ARE_TOLD))
            tasks.cancel_scope.cancel()
    finally:
        await backend.aclose()


async def _end_at_signal(backend: Backend, *, task_status: TaskStatus[None]) -> None:
    """Close the database and leave, with the exit code of shells: 130 after Ctrl-C, 143 after SIGTERM."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            await backend.aclose()
            # A thread is reading standard input, which nothing but its end can interrupt.
            os._exit(128 + number)
