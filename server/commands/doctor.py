"""`musicengine-mcp doctor`: what is wrong with the data, and what to do."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from server.commands import Commands, add_command
from server.settings import Settings, Uses

__all__ = ["register"]

_DETAILS = """\
Looks at every row and every page of the databases, and at every byte of their backups. It changes nothing.
The exit code is 0 if all is well, and 1 if not.
"""

_WAYS_OUT = {
    "hub.db": "Run 'musicengine-mcp rebuild': it keeps all that can be read, and takes the rest from a backup.",
    "hub-index.db": "Run 'musicengine-mcp rebuild': it makes the index anew, which loses nothing that people made.",
    "musicengine.db": "Run 'musicengine-mcp restore' to see its backups, then 'musicengine-mcp restore BACKUP'.",
}


def register(commands: Commands) -> None:
    """Add `doctor`."""
    parser = add_command(
        commands,
        "doctor",
        _run,
        summary="check the databases and their backups",
        details=_DETAILS,
        uses=Uses.LIBRARY,
    )
    parser.add_argument("--json", action="store_true", help="for programs")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    found = await asyncio.to_thread(_look, settings.data_dir)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        _print(found)
    return 0 if found["status"] == "healthy" else 1


def _look(folder: Path) -> dict[str, Any]:
    from backends.local.backups import backups_of, what_is_wrong
    from backends.local.hub.moments import timestamp
    from backends.local.hub.recovery.examination import examine
    from backends.local.hub.recovery.restoring import LAYOUTS

    examined = examine(folder)
    backups = [
        {
            "name": backup.path.name,
            "database": backup.database,
            "takenAt": timestamp(backup.taken_at),
            "reason": backup.reason,
            "rows": sum(backup.rows.values()),
            "wrong": what_is_wrong(backup),
        }
        for name in LAYOUTS
        for backup in backups_of(folder, name)
    ]
    problems = [
        {"database": name, "kind": problem.kind, "detail": problem.detail, "wayOut": _WAYS_OUT[name]}
        for name, found in examined.items()
        for problem in found
    ]
    damaged = [backup for backup in backups if backup["wrong"]]
    return {
        "status": "faulted" if problems or damaged else "healthy",
        "databases": sorted(examined),
        "problems": problems,
        "backups": backups,
    }


def _print(found: dict[str, Any]) -> None:
    for name in found["databases"]:
        problems = [problem for problem in found["problems"] if problem["database"] == name]
        print(f"{name}: {'damaged' if problems else 'healthy'}")
        for problem in problems:
            print(f"  {problem['detail']}")
        if problems:
            print(f"  {problems[0]['wayOut']}")
    if not found["databases"]:
        print("There are no databases yet.")
    if found["databases"] and not found["backups"]:
        print("There are no backups yet: 'musicengine-mcp backup' makes one, and servers make one a day.")
    for backup in found["backups"]:
        said = f"{backup['takenAt']}, {backup['rows']:,} rows"
        print(f"backup {backup['name']}: {said}, {backup['wrong'] or 'verified'}")
