"""`musicengine-mcp profiles`: browser sessions, stored encrypted."""

import argparse
import sys
from contextlib import aclosing
from pathlib import Path

from server.commands import Commands, add_command
from server.commands.arguments import record_id
from server.settings import Settings

__all__ = ["register"]

_IMPORT_DETAILS = """\
FILE holds a signed-in session's cookies: a Netscape cookies.txt, a browser extension's JSON export, or
Playwright's storage state. They are stored encrypted; run `musicengine-mcp secrets init` once before.
"""


def register(commands: Commands) -> None:
    """Add `profiles import`, `list` and `delete`."""
    parser = add_command(commands, "profiles", None, summary="import, list or delete browser profiles")
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    importing = add_command(
        subcommands, "import", _import, summary="import a browser session from a cookie file", details=_IMPORT_DETAILS
    )
    importing.add_argument("file", metavar="FILE", type=Path, help="the cookie file, in any of these forms")
    importing.add_argument("--name", metavar="NAME", required=True, help="name of the profile")
    add_command(subcommands, "list", _list, summary="list the workspace's browser profiles")
    delete = add_command(subcommands, "delete", _delete, summary="delete a browser profile and its cookies")
    delete.add_argument(
        "id", metavar="ID", type=record_id, help="the profile's number, in the first column of 'profiles list'"
    )


async def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.cookie_files import read_cookie_file
    from backends.local.musicengine import LocalMusicEngine
    from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, ImportBrowserProfile
    from contract.validation import validate

    cookies = read_cookie_file(arguments.file)
    request = validate(ImportBrowserProfile, {"name": arguments.name, "cookies": cookies})
    async with aclosing(LocalMusicEngine(settings.data_dir, settings.workspace)) as backend:
        answer = await backend.call(IMPORT_BROWSER_PROFILE, request)
    print(answer.message)
    print(f"Profile {answer.profile_id} '{answer.name}' holds {len(cookies)} cookie(s).")
    print("The cookie file still holds the session in clear: delete it when you are done.", file=sys.stderr)
    return 0


async def _list(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.profiles import list_profiles
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        profiles = await list_profiles(scope.database, scope.workspace_id)
    if not profiles:
        print("No profiles: import one with 'musicengine-mcp profiles import FILE --name NAME'.", file=sys.stderr)
    for profile in profiles:
        print(f"{profile.id}\t{profile.name}\t{profile.cookie_count} cookie(s)\timported {profile.created_at}")
    return 0


async def _delete(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.profiles import delete_profile
    from server.commands.scope import open_scope

    async with open_scope(settings) as scope:
        await delete_profile(scope.database, scope.workspace_id, arguments.id)
    print(f"Profile {arguments.id} and its cookies are deleted.")
    return 0
