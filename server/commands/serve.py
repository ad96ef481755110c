"""`musicengine-mcp serve`: REST, documents and MCP over HTTP."""

import argparse
import gc
import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING

from contract.musicengine.about import LOCAL_PORT
from contract.musicengine.catalogue import LIST_TRACKS
from server.commands import Commands, add_command
from server.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from server.http.binding import Allowed

__all__ = ["register"]

_DEV_PORT = LOCAL_PORT + 1

_MAX_WORKERS = 64

_DETAILS = f"""\
One application on http://127.0.0.1:{LOCAL_PORT}: the public API under /api/v1, its reference at /docs/api,
/openapi.json and /llms.txt, and MCP at /mcp. Callers need an API key: musicengine-mcp keys create.
Each key opens its own workspace; --workspace says which one may reach a service elsewhere.
"""


def register(commands: Commands) -> None:
    """Add `serve`."""
    parser = add_command(commands, "serve", _run, summary="serve the API, its docs and MCP over HTTP", details=_DETAILS)
    parser.set_defaults(works_here=False)  # as the tools do, it reads from a service if the environment names one
    parser.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    port = parser.add_mutually_exclusive_group()
    port.add_argument("--port", metavar="PORT", type=_port, default=LOCAL_PORT, help=f"default: {LOCAL_PORT}")
    port.add_argument("--dev", dest="port", action="store_const", const=_DEV_PORT, help=f"listen on {_DEV_PORT}")
    parser.add_argument("--workers", metavar="N", type=_workers, default=1, help="processes that serve (default: 1)")
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a host name that callers may use for this server; needed to listen beyond this machine; repeatable",
    )
    parser.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="a web page's origin that may call MCP, such as https://tool.example; repeatable",
    )


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.loopback import is_loopback
    from server.http.binding import allowed_of
    from server.http.serving import bind, serve

    if settings.remote is not None:
        settings.remote.checked()  # what is wrong with it is said once, and before anything listens
    names = (arguments.allow_host, arguments.allow_origin)
    allowed_of(arguments.host, arguments.port, *names)  # which refuses before anything listens
    await _say_how_to_get_a_key(arguments, settings)
    listener = bind(arguments.host, arguments.port)
    port = listener.getsockname()[1]
    allowed = allowed_of(arguments.host, port, *names)
    _say_where(arguments.host if is_loopback(arguments.host) else arguments.allow_host[0], port)
    await serve(partial(_create_app, settings, allowed), listener, arguments.workers)
    return 0


def _create_app(settings: Settings, allowed: "Allowed") -> "Starlette":
    """The application, imported by the process that serves it."""
    from server.http.app import create_app

    app = create_app(settings, allowed)
    # What is there now stays. To look through all of it again and again would hold requests up for milliseconds.
    gc.collect()
    gc.freeze()
    return app


async def _say_how_to_get_a_key(arguments: argparse.Namespace, settings: Settings) -> None:
    """Open the database before anything listens, so that what is wrong with it is said here and once."""
    from backends.local.keys import list_keys
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        if await list_keys(scope.database, scope.workspace_id):
            return
    given = {"--data-dir": getattr(arguments, "data_dir", None), "--workspace": getattr(arguments, "workspace", None)}
    options = [part for name, value in given.items() if value is not None for part in (name, value)]
    print(
        f"There is no API key yet: {shlex.join(['musicengine-mcp', *options, 'keys', 'create', '--name', 'NAME'])}",
        file=sys.stderr,
    )


def _say_where(host: str, port: int) -> None:
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    address = f"http://{name}" if name.rpartition("]")[2].count(":") else f"http://{name}:{port}"
    print(f"Serving {address}  (Ctrl-C ends it)", file=sys.stderr)
    print(f"  {address}/docs/api  the reference", file=sys.stderr)
    print(f"  {address}/mcp  MCP for agents", file=sys.stderr)
    print(f'  curl --header "Authorization: Bearer $KEY" {address}{LIST_TRACKS.path}', file=sys.stderr, flush=True)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535; 0 takes a free one")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_WORKERS):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_MAX_WORKERS}")
    return int(text)
