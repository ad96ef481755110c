"""`musicengine-mcp backup`: verified copies of what can't be made again."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from backends.local.backups import Backup

__all__ = ["register"]

_DETAILS = """\
Copies hub.db (playlists, plays, corrections and whatever else people made) and musicengine.db (the catalogue and
what was imported) into the folder 'backups' of the data folder, while others use them. Each copy is compared
with its database row by row. A database that is damaged is not backed up. Servers do the same once a day.
"""


def register(commands: Commands) -> None:
    """Add `backup`."""
    parser = add_command(
        commands,
        "backup",
        _run,
        summary="back up the hub's and the catalogue's databases",
        details=_DETAILS,
        uses=Uses.LIBRARY,
    )
    parser.add_argument(
        "--to",
        metavar="FILE",
        type=Path,
        help="copy to this file instead, for which --database says of which database",
    )
    parser.add_argument(
        "--database", metavar="NAME", choices=("hub.db", "musicengine.db"), help="hub.db or musicengine.db alone"
    )


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.recovery.restoring import LAYOUTS
    from contract.errors import InvalidRequest

    if arguments.to is not None and (problem := _refusal(arguments.to)):
        raise InvalidRequest(problem, field="--to")
    database = arguments.database or ("hub.db" if arguments.to is not None else None)
    names = [name for name in LAYOUTS if database in {None, name} and (settings.data_dir / name).exists()]
    if not names:
        print("There is nothing to back up yet.")
    code = 0
    for name in names:
        code = max(code, await _back_up(settings.data_dir / name, arguments.to))
    return code


async def _back_up(database: Path, to: Path | None) -> int:
    from contract.errors import StorageError

    try:
        backup = await asyncio.to_thread(_taken, database, to)
    except StorageError as error:
        print(f"{database.name}: not backed up. {error.sentence}")
        return 1
    size = backup.path.stat().st_size / 1_000_000
    print(f"{database.name}: {backup.path} ({sum(backup.rows.values()):,} rows, {size:,.1f} MB), verified")
    return 0


def _taken(database: Path, to: Path | None) -> "Backup":
    from backends.local.backups import rotate, take_backup
    from backends.local.hub.moments import now_ms
    from backends.local.hub.recovery.restoring import check_of

    backup = take_backup(database, "asked", now_ms(), lambda copy: check_of(database.name, copy), to=to)
    if to is None:
        rotate(database.parent, database.name)
    return backup


def _refusal(to: Path) -> str | None:
    if to.exists():
        return "There is a file of that name already. It was left as it is."
    if not to.absolute().parent.is_dir():
        return "There is no folder to put that file into."
    return None
