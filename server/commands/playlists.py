"""`musicengine-mcp playlists`: playlists of the Music Hub, from and to the files that other players use."""

import argparse
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from backends.local.hub.context import Hub

__all__ = ["register"]

_IMPORT_DETAILS = """\
FILE is an M3U or M3U8 playlist. Its entries are looked for in the library: by path, then by the last parts of
the path, then by the artist, title and length that #EXTINF gives. Those that are not there are listed one by
one, and the others make the playlist. A name that is taken is refused: give another with --name.
"""

_LONGEST_SHOWN = 300
"""Characters of an entry that is not in the library: what is no playlist may be one long line."""

_EXPORT_DETAILS = """\
Writes an M3U8 playlist in UTF-8. Paths are relative for files below its folder, and absolute for others. Files
that are missing at present are written where they were, with a comment.
"""


def register(commands: Commands) -> None:
    """Add `playlists import`, `export` and `list`."""
    uses = Uses.LIBRARY
    parser = add_command(commands, "playlists", None, summary="import, export or list the hub's playlists", uses=uses)
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    importing = add_command(
        subcommands, "import", _import, summary="make playlists of M3U files", details=_IMPORT_DETAILS, uses=uses
    )
    importing.add_argument("files", metavar="FILE", nargs="+", type=Path)
    importing.add_argument("--name", metavar="NAME", help="what to call the playlist; of one file only")
    exporting = add_command(
        subcommands, "export", _export, summary="write a playlist to an M3U8 file", details=_EXPORT_DETAILS, uses=uses
    )
    exporting.add_argument("playlist", metavar="PLAYLIST", help="its name or id")
    exporting.add_argument("file", metavar="FILE", type=Path)
    exporting.add_argument("--force", action="store_true", help="overwrite FILE if it is there")
    add_command(subcommands, "list", _list, summary="list the playlists", uses=uses)


async def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub

    if arguments.name is not None and len(arguments.files) > 1:
        arguments.parser.error("--name can be of one file only")
    async with aclosing(LocalHub(settings.data_dir)) as backend:
        done = [await _import_file(backend.hub, path, arguments.name) for path in arguments.files]
    return 0 if all(done) else 1


async def _import_file(hub: "Hub", path: Path, name: str | None) -> bool:
    """Import one file and report; return whether there is a playlist now."""
    from backends.local.hub.playlist_exchange import import_playlist
    from backends.text import clean
    from contract.errors import ContractError
    from contract.hub.errors import Conflict

    shown = clean(path.name)
    try:
        imported = await import_playlist(hub, path, name)
    except Conflict as error:
        print(f"error: {shown}: {error.message} Give another name with --name.", file=sys.stderr)
        return False
    except ContractError as error:
        print(f"error: {shown}: {error.sentence}", file=sys.stderr)
        return False
    if imported.playlist is None:
        why = "none of its entries is in the library" if imported.unmatched else "it has no entries"
        print(f"error: {shown}: {why}; no playlist was made.", file=sys.stderr)
    else:
        summary = imported.playlist
        print(f"{shown}: playlist '{summary['name']}' ({summary['id']})")
        print(f"  entries {imported.matched + len(imported.unmatched):,}  in the library {imported.matched:,}")
    for match in imported.unmatched:
        print(f"  line {match.line.number}: {match.reason}: {_shown(match.line.text)}")
    return imported.playlist is not None


def _shown(line: str) -> str:
    """A line of the file on one of the terminal."""
    from backends.text import clean

    text = clean(line[: 2 * _LONGEST_SHOWN])
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


async def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub
    from backends.local.hub.playlist_exchange import export_playlist
    from backends.text import clean

    async with aclosing(LocalHub(settings.data_dir)) as backend:
        exported = await export_playlist(backend.hub, arguments.playlist, arguments.file, overwrite=arguments.force)
    print(f"{clean(arguments.file.name)}: {exported.playlist['trackCount']:,} entries of '{exported.playlist['name']}'")
    if exported.missing:
        print(f"  {exported.missing:,} of them missing at present: written where they were")
    return 0


async def _list(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has none)
    from backends.local.hub.hub import LocalHub
    from contract.hub.playlists import LIST_PLAYLISTS, ListPlaylists
    from contract.hub.summaries import LARGEST_PAGE

    async with aclosing(LocalHub(settings.data_dir)) as backend:
        request = ListPlaylists(limit=LARGEST_PAGE)
        while True:
            page = await backend.call(LIST_PLAYLISTS, request)
            for playlist in page.playlists:
                tracks = f"{playlist['trackCount']} track{'' if playlist['trackCount'] == 1 else 's'}"
                print(f"{playlist['id']}\t{playlist['name']}\t{tracks}\tchanged {playlist['updatedAt']}")
            if page.nextCursor is None:
                break
            request = ListPlaylists(limit=LARGEST_PAGE, cursor=page.nextCursor)
    if not page.total:
        print("No playlists: make one with 'musicengine-mcp playlists import FILE'.", file=sys.stderr)
    return 0
