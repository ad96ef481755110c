"""`musicengine-mcp serve`: REST, documents and MCP over HTTP."""

import argparse
import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING

from contract.musicengine.about import LOCAL_PORT
from contract.musicengine.catalogue import LIST_TRACKS
from server.commands import Commands, add_command
from server.loading import loading
from server.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from server.http.listeners import Reach

__all__ = ["register"]

_DEV_PORT = LOCAL_PORT + 1

_MAX_WORKERS = 64

_DETAILS = f"""\
One application on http://127.0.0.1:{LOCAL_PORT}: the music library's player at /, its API under /api, MusicEngine's
under /api/v1, the reference of both at /docs/api, /openapi.json and /llms.txt, and MCP at /mcp.

MusicEngine and MCP need an API key: musicengine-mcp keys create. Each key opens its own workspace; --workspace says
which one may reach a service elsewhere. The library needs no key from this machine. Nobody else can reach it unless
you say so: --lan listens on your network, where each device has to be paired (musicengine-mcp devices arm);
--tunnel-port is where a tunnel (cloudflared, ngrok, tailscale funnel) has to lead, since whatever comes by it is taken
for a stranger. A tunnel that leads to the main port could make the whole world look like this machine.
"""


def register(commands: Commands) -> None:
    """Add `serve`."""
    parser = add_command(commands, "serve", _run, summary="serve the API, its docs and MCP over HTTP", details=_DETAILS)
    parser.set_defaults(works_here=False)  # as the tools do, it reads from a service if the environment names one
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    where.add_argument(
        "--lan", action="store_true", help="listen on the local network, under this machine's name and address"
    )
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

    parser.add_argument("--mpv", action="store_true", help="play the session on this machine, with mpv")
    parser.add_argument(
        "--tunnel-port", metavar="PORT", type=_port, help="listen there on 127.0.0.1 for a tunnel; never privileged"
    )
    parser.add_argument(
        "--tunnel-url", metavar="URL", help="where the tunnel's other end is, such as https://hub.example"
    )


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    with loading():
        from server.http.reach import Binding
        from server.http.serving import serve

    if settings.remote is not None:
        settings.remote.checked()  # what is wrong with it is said once, and before anything listens
    settings.check_hub_token()
    asked = Binding(
        host=arguments.host,
        port=arguments.port,
        lan=arguments.lan,
        allow_hosts=tuple(arguments.allow_host),
        allow_origins=tuple(arguments.allow_origin),
        tunnel_port=arguments.tunnel_port,
        tunnel_url=arguments.tunnel_url,
    )
    asked.check()
    if arguments.mpv:
        _check_mpv(arguments.workers)
    await _say_how_to_get_a_key(arguments, settings)
    reach, sockets = asked.open()
    _say_where(reach)
    await serve(partial(_create_app, settings, reach, arguments.mpv), sockets, arguments.workers)
    return 0


def _create_app(settings: Settings, reach: "Reach", mpv: bool) -> "Starlette":
    """The application, imported by the process that serves it."""
    with loading():
        from server.http.app import create_app

        return create_app(settings, reach, mpv=mpv)


def _check_mpv(workers: int) -> None:
    from contract.errors import InvalidRequest
    from server.players.mpv_process import find_mpv

    if workers > 1:
        raise InvalidRequest("mpv plays for one process alone.", field="workers", next_step="Leave --workers out.")
    find_mpv()


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


def _say_where(reach: "Reach") -> None:
    address, *others = reach.addresses
    print(f"Serving {address}  (Ctrl-C ends it)", file=sys.stderr)
    print(f"  {address}/  the player of the music library", file=sys.stderr)
    print(f"  {address}/docs/api  the reference", file=sys.stderr)
    print(f"  {address}/mcp  MCP for agents", file=sys.stderr)
    print(f'  curl --header "Authorization: Bearer $KEY" {address}{LIST_TRACKS.path}', file=sys.stderr)
    if others:
        print(f"Other machines of your network can reach it, too: {', '.join(others)}", file=sys.stderr)
        print("  Each has to be paired: musicengine-mcp devices arm shows a code.", file=sys.stderr)
    for port, listener in reach.listeners.items():
        if listener.is_tunnel:
            ends = f" ({reach.public_url})" if reach.public_url else ""
            print(f"For a tunnel{ends}: 127.0.0.1:{port}; whoever comes by it has to be paired.", file=sys.stderr)
    sys.stderr.flush()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535; 0 takes a free one")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_WORKERS):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_MAX_WORKERS}")
    return int(text)
