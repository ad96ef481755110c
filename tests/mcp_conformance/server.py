"""A server for the MCP conformance suite, which can send no key of its own.

    python -m tests.mcp_conformance.server plain      our application as it is
    python -m tests.mcp_conformance.server overlay    our endpoint with the suite's fixtures in front

It prints its address, and serves a temporary data folder until standard input ends. Either way every request is given
the key of that folder's workspace on its way in; Host and Origin are those that were sent.
"""

import asyncio
import sys
import threading
import warnings
from contextlib import aclosing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from mcp.shared.exceptions import MCPDeprecationWarning
from starlette.types import ASGIApp, Receive, Scope, Send

from backends.local.database import Database
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.listeners import Listener, Reach
from server.http.serving import bind, server_config
from server.settings import Settings
from tests.label import store
from tests.mcp_conformance.overlay import create_overlay
from tests.serving import new_key

_APPLICATIONS = {"plain": create_app, "overlay": create_overlay}


class WithKey:
    """ASGI middleware: each request bears the key."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._header = (b"authorization", f"Bearer {key}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], self._header]}
        await self._app(scope, receive, send)


def main(which: str) -> None:
    """Serve until standard input ends."""
    # The suite tests what revision 2026-07-28 gave up, too: log messages and sampling.
    warnings.simplefilter("ignore", MCPDeprecationWarning)
    with TemporaryDirectory(prefix="musicengine-conformance-") as name, bind("127.0.0.1", 0) as bound:
        folder = Path(name) / "data"
        key = asyncio.run(_prepare(folder))
        port = bound.getsockname()[1]
        reach = Reach({port: Listener(allowed_of("127.0.0.1", port))})
        create = partial(_APPLICATIONS[which], Settings(folder, "default"), reach)
        server = uvicorn.Server(server_config(lambda: WithKey(create(), key)))
        threading.Thread(target=_end_with_standard_input, args=[server], daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{port}/mcp\n")
        sys.stdout.flush()
        server.run(sockets=[bound])


async def _prepare(folder: Path) -> str:
    async with aclosing(Database(folder)) as database:
        await store(database)
    return await new_key(folder)


def _end_with_standard_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1])
