"""Put a backup in the place of the database that it is of. What was there is archived."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from backends.local.backups import Backup, copy_verified
from backends.local.checksums import prepare
from backends.local.damage import Problem
from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.health import check_catalogue_database, check_user_database
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.recovery.rebuilding import ARCHIVE, WORKSHOP, begin_anew, new_folder
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.layout import Layout
from backends.local.maintenance import exclusive
from backends.local.schema import LAYOUT
from backends.local.storage import prepare_folder, storage_errors
from contract.errors import StorageCorrupt, StorageError, StorageFull, StorageTooNew

__all__ = ["LAYOUTS", "Restored", "check_of", "restore"]

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (USER_LAYOUT, LAYOUT)}
"""Databases of which there are backups; what a scan finds is found again."""

_SECONDS_FOR_OTHERS = 20.0


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        database: The name of the database that is as it was then.
        archive: The folder with the files that were there before, within the data folder; None if there were none.
        archived: Their names.
    """

    database: str
    archive: str | None
    archived: Sequence[str]


def restore(folder: Path, backup: Backup, now: int) -> Restored:
    """Archive a database, and put a copy of the backup in its place; blocking.

    Raises:
        StorageCorrupt: The backup is damaged. Nothing was changed.
        StorageTooNew: It is of a newer version of this program. Nothing was changed.
        RebuildRunning: Somebody else rebuilds or restores.
        StorageBusy: A process has not closed the database in time; it names it.
        StorageFull: There is no room; nothing was changed.
    """
    layout = LAYOUTS[backup.database]
    if backup.version > len(layout.migrations):
        raise StorageTooNew("The backup is of a newer version of musicengine-mcp. Nothing was changed.")
    prepare_folder(folder)
    is_hub = layout is USER_LAYOUT
    databases = (layout.name, INDEX_LAYOUT.name) if is_hub else (layout.name,)
    with exclusive(folder, databases, _SECONDS_FOR_OTHERS) as held:
        workshop = folder / WORKSHOP
        shutil.rmtree(workshop, ignore_errors=True)
        try:
            prepare_folder(workshop)
            copy = workshop / "new.db"
            copy_verified(backup, copy)
            _refuse_damaged(copy, backup)
            if is_hub:
                _begin_feed_anew(copy)
                with suppress(StorageError):  # an index that is damaged is made anew by a rebuild
                    begin_anew(folder / INDEX_LAYOUT.name)
            archive = new_folder(folder / ARCHIVE, now)
            archived = held.place(archive, (layout.name,), {layout.name: copy})
        except OSError:
            raise StorageFull from None
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    return Restored(layout.name, str(archive.relative_to(folder)) if archived else None, archived)


def check_of(database: str, path: Path) -> tuple[Problem, ...]:
    """What is wrong with a database that there are backups of, or with a copy of it."""
    return check_user_database(path) if database == USER_LAYOUT.name else check_catalogue_database(path)


def _refuse_damaged(copy: Path, backup: Backup) -> None:
    if backup.version == len(LAYOUTS[backup.database].migrations) and check_of(backup.database, copy):
        raise StorageCorrupt("The backup is of a database that was damaged. Nothing was changed.")


def _begin_feed_anew(copy: Path) -> None:
    """Whoever follows the change feed is to take everything for changed: its numbers are given a second time."""
    with storage_errors(), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        prepare(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE feed SET name = lower(hex(randomblob(4)))")
        for kind in ChangeKind:
            note_change_in_thread(connection, kind)
        connection.execute("COMMIT")
