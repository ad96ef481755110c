"""`musicengine-mcp pair`: let the library's tools work on a hub elsewhere."""

import argparse
import platform
import secrets
import sys

from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]

_DETAILS = """\
On the hub's machine 'musicengine-mcp devices arm' shows a code; with it and the hub's address this machine becomes one
of the hub's devices, and the library's tools work on that hub from then on. Its tokens are kept in the system's
keyring, or else in a file that only you can read; on the hub's machine 'musicengine-mcp devices revoke' ends them.
"""


def register(commands: Commands) -> None:
    """Add `pair`."""
    parser = add_command(
        commands, "pair", _run, summary="pair with a music hub elsewhere", details=_DETAILS, uses=Uses.LIBRARY
    )
    parser.add_argument("url", metavar="URL", nargs="?", help="the hub's address, such as https://hub.example")
    parser.add_argument("code", metavar="CODE", nargs="?", help="asked for if it is left out")
    parser.add_argument("--name", metavar="NAME", help="what this machine is to be called there")
    parser.add_argument(
        "--allow-http", action="store_true", help="send tokens over http://, on a network that you trust"
    )
    parser.add_argument("--forget", action="store_true", help="go back to the library of this machine")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.remote.address import check_address
    from backends.remote.device_tokens import pair
    from backends.remote.service import MUSIC_HUB
    from backends.remote.token_store import forget_hub
    from contract.errors import InvalidRequest
    from contract.hub.pairing import PairDevice
    from contract.validation import validate

    if arguments.forget:
        forgotten = forget_hub(settings.data_dir)
        print("The tools work on this machine's library again." if forgotten else "There was no hub to forget.")
        return 0
    if arguments.url is None:
        raise InvalidRequest("The hub's address is missing.", field="URL", next_step="musicengine-mcp pair URL CODE")
    url = check_address(arguments.url, allow_http=arguments.allow_http, service=MUSIC_HUB)
    asked = {
        "pairingCode": arguments.code or _code(),
        "deviceId": f"mcp-{secrets.token_hex(8)}",
        "deviceName": arguments.name or platform.node() or "musicengine-mcp",
    }
    hub, place = await pair(settings.data_dir, url, validate(PairDevice, asked), allow_http=arguments.allow_http)
    print(f"Paired with the hub at {hub.url} as {asked['deviceName']}. Its tokens are in {place}.")
    print("The library's tools work on that hub from the next start of the server on.")
    return 0


def _code() -> str:
    """Typed, without a trace in the shell's history."""
    if sys.stdin.isatty():
        print("Pairing code: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
