"""Make new databases in place of damaged ones.

The new `hub.db` is made beside the damaged one, of a copy of it. Only when it is whole do both change places, by
renames that are finished by whoever comes next should this process die. Until then nothing was changed, and a rebuild
that died, or found no room on the disk, is simply begun again.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from backends.local.backups import Backup, newest_sound
from backends.local.checksums import prepare
from backends.local.damage import Problem
from backends.local.hub.health import check_index_database, check_user_database
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.recovery.damaged import DamagedFile, open_damaged, schema_of
from backends.local.hub.recovery.filling import Sources, fill
from backends.local.hub.recovery.report import Rebuilt
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.maintenance import Exclusive, exclusive
from backends.local.migrations import migrate
from backends.local.storage import prepare_folder, storage_errors
from contract.errors import StorageCorrupt, StorageFull, StorageTooNew

__all__ = [
    "ARCHIVE",
    "HUB_DATABASES",
    "WORKSHOP",
    "Progress",
    "begin_anew",
    "new_folder",
    "problems_of",
    "rebuild",
]

HUB_DATABASES = (USER_LAYOUT.name, INDEX_LAYOUT.name)

ARCHIVE = "archive"

WORKSHOP = "rebuild"

_SECONDS_FOR_OTHERS = 20.0

_ABSURD_VERSION = 10_000
"""No newer program wrote that."""

_ROOM = 3
"""Times the size of what is rebuilt: a copy of the damaged file, and the new one with its log."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and of how much."""


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """All that is wrong with the hub's databases. A hub that nobody has used has none, and nothing is wrong with it."""
    user, index = (folder / name for name in HUB_DATABASES)
    problems: tuple[Problem, ...] = ()
    if _is_there(index):
        problems += check_index_database(index)
    if _is_there(user) or _is_there(index):
        problems += check_user_database(user)
    return problems


def rebuild(folder: Path, now: int, progress: Progress, *, force: bool = False) -> Rebuilt:
    """Archive the hub's databases that are damaged, and make new ones; blocking. The library is to be scanned then.

    Args:
        folder: The data folder.
        now: The present moment, in milliseconds since 1970.
        progress: Told how far it is.
        force: Whether to make both anew, whatever is wrong with them.

    Raises:
        RebuildRunning: Somebody else is at it.
        StorageBusy: A process has not closed a database in time; it names it.
        StorageFull: There is no room; nothing was changed.
        StorageTooNew: A newer version of this program wrote `hub.db`.
    """
    progress("checking", 0, 1)
    if not force and not problems_of(folder):
        return Rebuilt()
    prepare_folder(folder)
    progress("waiting for other processes", 0, 1)
    with exclusive(folder, HUB_DATABASES, _SECONDS_FOR_OTHERS) as held:
        # What was damaged while others wrote may look otherwise now that nobody does.
        damaged = HUB_DATABASES if force else sorted({problem.database for problem in problems_of(folder)})
        if not damaged:
            return Rebuilt()
        workshop = folder / WORKSHOP
        shutil.rmtree(workshop, ignore_errors=True)  # of copies alone, by one that died
        try:
            return _rebuild(folder, workshop, held, damaged, now, progress)
        except OSError:
            raise StorageFull from None
        finally:
            shutil.rmtree(workshop, ignore_errors=True)


def _rebuild(  # noqa: PLR0917  (what the caller has)
    folder: Path, workshop: Path, held: Exclusive, damaged: Sequence[str], now: int, progress: Progress
) -> Rebuilt:
    user, index = HUB_DATABASES
    _refuse_newer(folder / user)
    prepare_folder(workshop)
    archive = new_folder(folder / ARCHIVE, now)
    done = Rebuilt(rebuilt=damaged, archive=str(archive.relative_to(folder)))
    new: dict[str, Path] = {}
    if user in damaged:
        new[user] = _new_user_database(folder, workshop, done, now, progress)
        if index not in damaged:
            begin_anew(folder / index)
    progress("placing", 0, 1)
    report = workshop / "report.json"
    report.write_text(json.dumps(asdict(done), indent=2), encoding="utf-8")
    done.archived = held.place(archive, damaged, new)
    with suppress(OSError):
        report.rename(archive / report.name)
    progress("placing", 1, 1)
    return done


def _new_user_database(folder: Path, workshop: Path, done: Rebuilt, now: int, progress: Progress) -> Path:
    """A whole `hub.db` in the workshop."""
    user = folder / USER_LAYOUT.name
    backup = newest_sound(folder, USER_LAYOUT.name, len(USER_LAYOUT.migrations))
    _refuse_without_room(user, folder)
    new, fresh, copy = (workshop / name for name in ("new.db", "fresh.db", "damaged.db"))
    with storage_errors():
        _make(new)
        _make(fresh)
        progress("copying", 0, 1)
        for end in ("", "-wal"):
            # Nobody has it open now, so that it can be read as a file; and what is there is left as it is.
            if (source := user.with_name(f"{user.name}{end}")).exists():
                shutil.copyfile(source, copy.with_name(f"{copy.name}{end}"))
        damaged = _open(copy, fresh, backup)
        with closing(sqlite3.connect(":memory:")) if backup is None else closing(_opened(backup)) as rows:
            try:
                sources = Sources(damaged, None if backup is None else rows)
                done.tables = fill(new, sources, now, progress)
            finally:
                if damaged is not None:
                    damaged.close()
    if backup is not None:
        done.backup, done.backup_taken_at = backup.path.name, backup.taken_at
    if check_user_database(new):
        raise StorageCorrupt("The new database is damaged, too: the disk may be failing. Nothing was changed.")
    return new


def _open(copy: Path, fresh: Path, backup: Backup | None) -> DamagedFile | None:
    with closing(sqlite3.connect(fresh)) as connection:
        expected = schema_of(prepare(connection))
    donors = [fresh] if backup is None else [backup.path, fresh]
    return open_damaged(copy, donors, expected)


def _opened(backup: Backup) -> sqlite3.Connection:
    uri = f"{backup.path.absolute().as_uri()}?mode=ro&immutable=1"
    return prepare(sqlite3.connect(uri, uri=True, isolation_level=None))


def _make(path: Path) -> None:
    """An empty database, in one file."""
    migrate(path, USER_LAYOUT)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(connection)
        connection.execute("PRAGMA journal_mode = DELETE")


def begin_anew(index: Path) -> None:
    """Have the index take over everything from the new `hub.db`, whose changes have other numbers."""
    if _is_there(index):
        with storage_errors(), closing(sqlite3.connect(index, isolation_level=None)) as connection:
            prepare(connection)
            connection.execute("UPDATE applied SET seq = 0")


def _refuse_newer(user: Path) -> None:
    if not _is_there(user):
        return
    uri = f"{user.absolute().as_uri()}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        [(application,)] = connection.execute("PRAGMA application_id").fetchall()
        [(version,)] = connection.execute("PRAGMA user_version").fetchall()
        if application == USER_LAYOUT.application_id and len(USER_LAYOUT.migrations) < version < _ABSURD_VERSION:
            raise StorageTooNew


def _refuse_without_room(path: Path, folder: Path) -> None:
    size = path.stat().st_size if path.exists() else 0
    if shutil.disk_usage(folder).free < _ROOM * size:
        raise StorageFull("There is no room on the disk for a copy of the database and a new one. Nothing was changed.")


def _is_there(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def new_folder(within: Path, now: int) -> Path:
    """A folder that is not there yet, called after the moment."""
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while (folder := within / (stamp if number == 1 else f"{stamp}-{number}")).exists():
        number += 1
    return folder
