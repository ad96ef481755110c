"""Run the application with uvicorn, in this process or in several."""

import errno
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from backends.local.looking import next_look
from contract.errors import InvalidRequest
from server.http.protocol import MAX_CONNECTIONS, BoundedProtocol

__all__ = ["bind", "serve", "server_config"]

_KEEP_ALIVE_SECONDS = 30
"""Longer than clients keep idle connections (httpx: 5), so that none is closed on a request that is under way."""

_SHUTDOWN_SECONDS = 5

_START_SECONDS = 60
"""How long a worker may take to start, or be busy, before it is taken for dead and replaced."""

_TICK_SECONDS = 0.1
"""Between two looks whether to end, as uvicorn has it."""

_BACKLOG = 1024

_FILES_OF_A_CONNECTION = 2
"""Its socket, and the track that is sent by it. A server without any left can't even open its databases."""

_OTHER_FILES = 200
"""Databases, logs, and whatever else has a file descriptor."""

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"mcp.server.transport_security": {"level": "ERROR"}},  # it logs what anybody sent, as it came
}
"""As a dictionary, since each worker process sets it up for itself."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        InvalidRequest: The address can't be had.
    """
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol said outright: asyncio sets TCP_NODELAY on such sockets alone, and without it each answer waits
    # 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_bound(error, host, port) from None
    listener.set_inheritable(True)
    return listener


def _not_bound(error: OSError, host: str, port: int) -> InvalidRequest:
    if error.errno == errno.EADDRINUSE:
        return InvalidRequest(
            f"Port {port} is in use by another program.",
            field="port",
            next_step="If it is another 'musicengine-mcp serve', use that one; else choose another with --port.",
        )
    if error.errno == errno.EACCES:
        return InvalidRequest(f"Port {port} needs privileges.", field="port", next_step="Choose one above 1023.")
    return InvalidRequest(
        f"{host} is no address of this machine.", field="host", next_step="Leave --host out to serve this machine."
    )


async def serve(factory: Callable[[], Starlette], listeners: list[socket.socket], workers: int) -> None:
    """Serve until a signal asks for the end."""
    _allow_connections()
    config = server_config(factory, workers)
    if workers == 1:
        await _Server(config).serve(sockets=listeners)
    else:
        Multiprocess(config, listeners).run()  # which handles signals itself, in this thread


class _Server(uvicorn.Server):
    """A server that wakes an idle process up when others look for something anyway."""

    async def main_loop(self) -> None:
        """Look until it is time to end."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            await next_look(_TICK_SECONDS)


def _allow_connections() -> None:
    """Ask for as many open files as connections need: most systems give 1,024 to whoever does not ask."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (Windows has none)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_OF_A_CONNECTION * MAX_CONNECTIONS + _OTHER_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def server_config(factory: Callable[[], Starlette], workers: int = 1) -> uvicorn.Config:
    """How uvicorn runs the application; with several workers the factory must be picklable."""
    return uvicorn.Config(
        factory,
        factory=True,
        http=BoundedProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        proxy_headers=False,  # the peer's address is what it is, whatever a header says
        server_header=False,
        access_log=False,
        log_config=_LOGGING,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        workers=workers,
        timeout_worker_healthcheck=_START_SECONDS,
    )
