"""`musicengine-mcp rebuild`: new databases of the hub in place of damaged ones."""

import argparse
import asyncio
import sys
from collections.abc import Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from backends.local.hub.hub import LocalHub
    from backends.local.hub.recovery.rebuilding import Progress
    from backends.local.hub.recovery.report import Rebuilt

__all__ = ["register", "scan_if_there_are_folders"]

_DETAILS = """\
Looks at every row and every page of hub.db, which holds what people made, and of hub-index.db, which a scan
makes. What is damaged is moved into the folder 'archive' of the data folder, and made anew: of all rows that can
be read, of the newest sound backup for those that can't, and of a scan. Nothing is deleted.

Servers that use the hub go on running: they close the databases for the moment, and open the new ones.
"""


def register(commands: Commands) -> None:
    """Add `rebuild`."""
    parser = add_command(
        commands,
        "rebuild",
        _run,
        summary="make new databases of the hub in place of damaged ones",
        details=_DETAILS,
        uses=Uses.LIBRARY,
    )
    parser.add_argument("--force", action="store_true", help="make both anew, even if nothing is wrong with them")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub

    with _bar() as progress:
        rebuilt = await _rebuild(settings, progress, force=arguments.force)
    _print(rebuilt)
    if rebuilt.rebuilt:
        async with aclosing(LocalHub(settings.data_dir)) as hub:
            return await scan_if_there_are_folders(hub)
    return 0


async def _rebuild(settings: Settings, progress: "Progress", *, force: bool) -> "Rebuilt":
    from backends.local.hub.moments import now_ms
    from backends.local.hub.recovery.rebuilding import rebuild

    return await asyncio.to_thread(rebuild, settings.data_dir, now_ms(), progress, force=force)


def _print(rebuilt: "Rebuilt") -> None:
    from backends.local.hub.recovery.report import in_words

    for sentence in in_words(rebuilt):
        print(sentence)


async def scan_if_there_are_folders(hub: "LocalHub") -> int:
    """Bring a new index up to the library's folders; return the exit code."""
    from contract.hub.scan import LIST_ROOTS, ListRoots
    from server.commands.scan import scan_folders

    if not (await hub.call(LIST_ROOTS, ListRoots())).roots:
        print("The library has no folders: 'musicengine-mcp scan DIR' brings your music back in.", file=sys.stderr)
        return 0
    return await scan_folders(hub, [])


@contextmanager
def _bar() -> "Generator[Progress, None, None]":
    """What is being done, on a terminal only."""
    from tqdm import tqdm

    with tqdm(unit="", desc="checking", leave=False, file=sys.stderr, disable=None) as bar:

        def progress(what: str, done: int, total: int) -> None:
            bar.set_description(what, refresh=False)
            bar.total = total
            bar.n = done
            bar.refresh()

        yield progress
