"""`musicengine-mcp secrets`: the key that protects browser sessions."""

import argparse
from contextlib import aclosing

from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]

_DETAILS = """\
The key is kept in the data folder, in encryption-keys.json, for its owner alone. Keep a copy of that file
apart from copies of the database: without the key, imported sessions can't be used any more.

On a server, set MUSICENGINE_ENCRYPTION_KEY instead: 32 bytes in base64, as `openssl rand -base64 32` makes
them. To rotate it, put the new key in front of the old one with a comma between, and run `secrets rotate`.
"""


def register(commands: Commands) -> None:
    """Add `secrets init` and `secrets rotate`."""
    uses = Uses.DATA_FOLDER  # one key serves every workspace
    parser = add_command(
        commands, "secrets", None, summary="make or change the encryption key", details=_DETAILS, uses=uses
    )
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_command(subcommands, "init", _init, summary="make an encryption key", details=_DETAILS, uses=uses)
    add_command(subcommands, "rotate", _rotate, summary="change the encryption key", details=_DETAILS, uses=uses)


async def _init(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.database import Database
    from backends.local.keyring import KEY_FILE
    from backends.local.rotation import initialise_encryption

    async with aclosing(Database(settings.data_dir)) as database:
        key_id = await initialise_encryption(database)
    print(f"Wrote encryption key {key_id} to {settings.data_dir / KEY_FILE}.")
    print("Keep a copy of that file apart from copies of the database.")
    return 0


async def _rotate(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.database import Database
    from backends.local.keyring import KEY_FILE, VARIABLE
    from backends.local.rotation import rotate_encryption

    async with aclosing(Database(settings.data_dir)) as database:
        rotation = await rotate_encryption(database)
    print(f"Key {rotation.key_id} is active; {rotation.data_keys} data key(s) wrapped anew.")
    if not rotation.in_environment:
        print(f"Keep a copy of {settings.data_dir / KEY_FILE}. Backups made before now need the key that it replaced.")
    elif rotation.unused:
        print(f"Nothing here needs the other keys any more: remove {', '.join(rotation.unused)} from {VARIABLE}.")
    elif not rotation.data_keys:
        print(f"To change the key, put a new one in front of it in {VARIABLE}, with a comma between.")
    return 0
