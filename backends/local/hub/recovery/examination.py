"""All databases of a data folder, looked at as closely as can be."""

from pathlib import Path

from backends.local.damage import Problem
from backends.local.hub.health import check_catalogue_database
from backends.local.hub.recovery.rebuilding import HUB_DATABASES, problems_of
from backends.local.maintenance import held_open
from backends.local.schema import LAYOUT
from backends.local.storage import storage_errors

__all__ = ["examine"]


def examine(folder: Path) -> dict[str, list[Problem]]:
    """What is wrong with each of the databases that are there, or that should be; blocking.

    Raises:
        StorageError: One could not be looked at, which says nothing of it.
    """
    paths = [folder / name for name in (*HUB_DATABASES, LAYOUT.name)]
    found: dict[str, list[Problem]] = {path.name: [] for path in paths if path.exists() and path.stat().st_size}
    if not found:
        return found
    with storage_errors(), held_open(*paths):
        problems = problems_of(folder)
        if LAYOUT.name in found:
            problems += check_catalogue_database(folder / LAYOUT.name)
    for problem in problems:
        found.setdefault(problem.database, []).append(problem)
    return found
