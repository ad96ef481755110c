"""`musicengine-mcp workspaces`: whose data it is, and what of the product each has access to."""

import argparse
from contextlib import aclosing

from contract.operation import Area
from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]

_ACCESS_DETAILS = """\
A workspace has access to everything until a surface is withheld from it. Calls to a withheld surface are
refused with status 403, whoever makes them, from the next call on.
"""


def register(commands: Commands) -> None:
    """Add `workspaces list`, `create` and `access`."""
    uses = Uses.DATA_FOLDER
    parser = add_command(commands, "workspaces", None, summary="list or create workspaces, or change access", uses=uses)
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_command(subcommands, "list", _list, summary="list the workspaces and how much is in them", uses=uses)
    create = add_command(subcommands, "create", _create, summary="create a workspace", uses=uses)
    create.add_argument("name", metavar="NAME", help="what to call it, such as the label's name")
    access = add_command(
        subcommands,
        "access",
        _access,
        summary="withhold a surface from a workspace, or grant it again",
        details=_ACCESS_DETAILS,
        uses=uses,
    )
    access.add_argument("name", metavar="NAME", help="the workspace")
    change = access.add_mutually_exclusive_group(required=True)
    surfaces = [area.value for area in Area]
    change.add_argument("--withhold", metavar="SURFACE", choices=surfaces, help=f"one of: {', '.join(surfaces)}")
    change.add_argument("--grant", metavar="SURFACE", choices=surfaces, help="the same")


async def _list(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.database import Database
    from backends.local.workspaces import list_workspaces

    async with aclosing(Database(settings.data_dir)) as database:
        for workspace in await list_workspaces(database):
            withheld = "".join(f"\t{area} withheld" for area in sorted(workspace.withheld_areas))
            print(f"{workspace.name}\t{workspace.tracks} tracks\t{workspace.days_tracked} days of streams{withheld}")
    return 0


async def _create(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.database import Database
    from backends.local.workspaces import create_workspace

    async with aclosing(Database(settings.data_dir)) as database:
        workspace = await create_workspace(database, arguments.name)
    print(f"Created workspace '{workspace.name}'.")
    return 0


async def _access(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.database import Database
    from backends.local.workspaces import set_access

    withheld = arguments.withhold is not None
    area = Area(arguments.withhold or arguments.grant)
    async with aclosing(Database(settings.data_dir)) as database:
        await set_access(database, arguments.name, area, withheld=withheld)
    print(f"Workspace '{arguments.name}' {'no longer has' if withheld else 'has'} access to {area.value}.")
    return 0
