"""`musicengine-mcp workspaces`: whose data it is."""

import argparse
from contextlib import aclosing

from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]


def register(commands: Commands) -> None:
    """Add `workspaces list` and `workspaces create`."""
    uses = Uses.DATA_FOLDER
    parser = add_command(commands, "workspaces", None, summary="list or create workspaces", uses=uses)
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_command(subcommands, "list", _list, summary="list the workspaces and how much is in them", uses=uses)
    create = add_command(subcommands, "create", _create, summary="create a workspace", uses=uses)
    create.add_argument("name", metavar="NAME", help="what to call it, such as the label's name")


async def _list(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.database import Database
    from backends.local.workspaces import list_workspaces

    async with aclosing(Database(settings.data_dir)) as database:
        for workspace in await list_workspaces(database):
            print(f"{workspace.name}\t{workspace.tracks} tracks\t{workspace.days_tracked} days of streams")
    return 0


async def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.database import Database
    from backends.local.workspaces import create_workspace

    async with aclosing(Database(settings.data_dir)) as database:
        workspace = await create_workspace(database, arguments.name)
    print(f"Created workspace '{workspace.name}'.")
    return 0
