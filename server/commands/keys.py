"""`musicengine-mcp keys`: API keys of a workspace."""

import argparse
import datetime as dt
import re
import sys

from server.commands import Commands, add_command
from server.commands.arguments import record_id
from server.settings import Settings

__all__ = ["register"]

_OVERLAP = re.compile(r"(\d{1,7})([smhd])", re.ASCII)

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}

_ID_HELP = "the key's number, in the first column of 'keys list'"

_CREATE_DETAILS = """\
The key goes to standard output alone, so that KEY=$(musicengine-mcp keys create --name NAME) takes it.
It is shown this once: only its SHA-256 is stored.
"""

_ROTATE_DETAILS = """\
A new key takes the place of the old one, which goes on working for the overlap. The new key goes to
standard output alone, and is shown this once.
"""


def register(commands: Commands) -> None:
    """Add `keys create`, `list`, `rotate` and `revoke`."""
    parser = add_command(commands, "keys", None, summary="create, list, rotate or revoke API keys")
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    create = add_command(subcommands, "create", _create, summary="create an API key", details=_CREATE_DETAILS)
    create.add_argument("--name", metavar="NAME", required=True, help="what the key is for")
    add_command(subcommands, "list", _list, summary="list the workspace's keys and how they stand")
    rotate = add_command(subcommands, "rotate", _rotate, summary="replace an API key", details=_ROTATE_DETAILS)
    rotate.add_argument("id", metavar="ID", type=record_id, help=_ID_HELP)
    rotate.add_argument(
        "--overlap",
        metavar="TIME",
        type=_overlap,
        default="24h",
        help="how long the old key goes on working: 0, 30m, 24h, 7d; at most 30d (default: 24h)",
    )
    revoke = add_command(subcommands, "revoke", _revoke, summary="put an API key out of use at once")
    revoke.add_argument("id", metavar="ID", type=record_id, help=_ID_HELP)


async def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.keys import create_key
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        key, raw = await create_key(scope.database, scope.workspace_id, arguments.name)
    print(f"Created key {key.id} '{key.name}' of workspace '{settings.workspace}'.", file=sys.stderr)
    _show_once(raw)
    return 0


async def _list(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.days import now
    from backends.local.keys import list_keys
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        keys = await list_keys(scope.database, scope.workspace_id)
    if not keys:
        print("No keys yet: create one with 'musicengine-mcp keys create --name NAME'.", file=sys.stderr)
    moment = now()
    for key in keys:
        used = f"used {key.last_used_at}" if key.last_used_at else "never used"
        print(f"{key.id}\t{key.name}\t...{key.hint}\tcreated {key.created_at}\t{used}\t{key.state(moment)}")
    return 0


async def _rotate(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.keys import rotate_key
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        key, raw = await rotate_key(scope.database, scope.workspace_id, arguments.id, arguments.overlap)
    until = f"works until {_end(key.created_at, arguments.overlap)}" if arguments.overlap else "has stopped working"
    print(f"Key {key.id} '{key.name}' replaces key {arguments.id}, which {until}.", file=sys.stderr)
    _show_once(raw)
    return 0


async def _revoke(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.keys import revoke_key
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        key = await revoke_key(scope.database, scope.workspace_id, arguments.id)
    print(f"Key {key.id} '{key.name}' is revoked.")
    return 0


def _show_once(raw: str) -> None:
    print("Keep it now; it can't be shown again:", file=sys.stderr, flush=True)
    print(raw, flush=True)


def _end(start: str, seconds: int) -> str:
    """When an overlap that starts then is over, for a person: 2026-03-08 10:00:00 UTC."""
    return f"{dt.datetime.fromisoformat(start) + dt.timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} UTC"


def _overlap(text: str) -> int:
    """Seconds of 0, 30m, 24h or 7d."""
    match = _OVERLAP.fullmatch(text)
    if text != "0" and match is None:
        raise argparse.ArgumentTypeError("must be 0, or a number with s, m, h or d: 30m, 24h, 7d")
    seconds = int(match[1]) * _UNIT_SECONDS[match[2]] if match else 0
    if seconds > _UNIT_SECONDS["d"] * 30:
        raise argparse.ArgumentTypeError("must be at most 30d")
    return seconds
