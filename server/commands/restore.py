"""`musicengine-mcp restore`: a backup in the place of the database that it is of."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from backends.local.backups import Backup

__all__ = ["register"]

_DETAILS = """\
Without BACKUP it lists the backups there are, and whether each is as it was when it was made. With one, the
present database is moved into the folder 'archive' of the data folder, and a copy of the backup takes its place.
A backup that is damaged is refused. Nothing is deleted.

To make a new database of a damaged one and of the backup, which loses less, use 'musicengine-mcp rebuild'.
"""


def register(commands: Commands) -> None:
    """Add `restore`."""
    parser = add_command(
        commands,
        "restore",
        _run,
        summary="list backups, or put one in the place of a database",
        details=_DETAILS,
        uses=Uses.LIBRARY,
    )
    parser.add_argument("backup", metavar="BACKUP", nargs="?", help="a backup's name, as listed, or its path")
    parser.add_argument("--yes", action="store_true", help="do not ask")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.backups import what_is_wrong
    from contract.errors import StorageCorrupt

    if arguments.backup is None:
        return await asyncio.to_thread(_list, settings.data_dir)
    backup = _found(settings.data_dir, arguments.backup)
    if wrong := await asyncio.to_thread(what_is_wrong, backup):
        raise StorageCorrupt(
            f"The backup can't be used. {wrong}", next_step="Choose another: 'musicengine-mcp restore' lists them."
        )
    print(f"{backup.database} will be as it was at {_moment(backup)}; what it holds now goes to the archive.")
    if not arguments.yes and not await asyncio.to_thread(_agreed):
        print("Nothing was changed.")
        return 1
    return await _restore(settings, backup)


async def _restore(settings: Settings, backup: "Backup") -> int:
    from backends.local.hub.hub import LocalHub
    from backends.local.hub.moments import now_ms
    from backends.local.hub.recovery.restoring import restore
    from backends.local.storage import HUB_DATABASE_NAME
    from server.commands.rebuild import scan_if_there_are_folders

    done = await asyncio.to_thread(restore, settings.data_dir, backup, now_ms())
    print(f"{done.database}: restored, {sum(backup.rows.values()):,} rows.")
    if done.archive is not None:
        print(f"  What was there is in {settings.data_dir / done.archive}.")
    if done.database == HUB_DATABASE_NAME:
        async with aclosing(LocalHub(settings.data_dir)) as hub:
            return await scan_if_there_are_folders(hub)
    return 0


def _list(folder: Path) -> int:
    from backends.local.backups import what_is_wrong

    backups = _backups(folder)
    if not backups:
        print("There are no backups yet: 'musicengine-mcp backup' makes one.", file=sys.stderr)
    for backup in backups:
        wrong = what_is_wrong(backup)
        rows = f"{sum(backup.rows.values()):,} rows"
        print(f"{backup.path.name}\t{backup.database}\t{_moment(backup)}\t{rows}\t{wrong or 'verified'}")
    return 0


def _found(folder: Path, name: str) -> "Backup":
    from backends.local.backups import read_record
    from backends.local.hub.recovery.restoring import LAYOUTS
    from contract.errors import InvalidRequest

    for backup in _backups(folder):
        if backup.path.name in {name, f"{name}.db"}:
            return backup
    backup = read_record(Path(name))
    if backup is None or backup.database not in LAYOUTS:
        raise InvalidRequest(
            "There is no backup of that name, or its record (the file beside it that ends in .json) is missing.",
            field="BACKUP",
            next_step="'musicengine-mcp restore' lists those there are.",
        )
    return backup


def _backups(folder: Path) -> "Sequence[Backup]":
    from backends.local.backups import backups_of
    from backends.local.hub.recovery.restoring import LAYOUTS

    return [backup for name in LAYOUTS for backup in backups_of(folder, name)]


def _moment(backup: "Backup") -> str:
    from backends.local.hub.moments import timestamp

    return timestamp(backup.taken_at)


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Nobody is there to ask: --yes does it without asking.", file=sys.stderr)
        return False
    return input("Go on? [y/N] ").strip().lower() in {"y", "yes"}
