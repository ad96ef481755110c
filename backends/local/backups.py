"""Backups: copies of a database that were verified when they were made, and are again before they are used.

    backups/hub-20261121T093000Z-daily.db         the copy, by SQLite's backup API
    backups/hub-20261121T093000Z-daily.db.json    its record: when, why, and what the file and its rows add up to

A page check misses most damage. So a copy is only kept if every row in it is what the database holds, and afterwards
if every byte is what was written then.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from backends.local.checksums import prepare
from backends.local.damage import Problem
from backends.local.maintenance import held_open, is_closed
from backends.local.storage import create_private_file, prepare_folder, storage_errors
from contract.errors import StorageBusy, StorageCorrupt, StorageFull

__all__ = [
    "BACKUPS",
    "Backup",
    "Check",
    "Reason",
    "back_up",
    "backups_of",
    "content_hash",
    "copy_verified",
    "newest_sound",
    "place_of_backup",
    "read_record",
    "rotate",
    "rows_of",
    "take_backup",
    "what_is_wrong",
]

BACKUPS = "backups"

Reason = Literal["daily", "upgrade", "restore", "rebuild", "asked"]
"""A day has passed; or it is of what was there before an upgrade, a restore or a rebuild; or a person asked for it."""

Check = Callable[[Path], Sequence[Problem]]
"""What is wrong with a closed database file."""

_DAYS, _WEEKS, _OTHERS = 7, 4, 5
"""How many are kept: the last of each of so many days, and of so many weeks; and of those that have another reason."""

_PAGES_AT_ONCE = 500

_ROOM = 1.2
"""Times its size."""


@dataclass(frozen=True)
class Backup:
    """A backup, as its record says.

    Attributes:
        path: The copy.
        database: The name of the file that it is of.
        taken_at: Milliseconds since 1970.
        version: Of its schema.
        file: SHA-256 of the copy's bytes.
        content: SHA-256 of its tables' rows.
        rows: How many each table has.
    """

    path: Path
    database: str
    taken_at: int
    reason: Reason
    version: int
    file: str
    content: str
    rows: dict[str, int]


def take_backup(database: Path, reason: Reason, now: int, check: Check, *, to: Path | None = None) -> Backup:
    """Back up a database that others may be using; by default into the folder of backups beside it. It blocks.

    Raises:
        StorageCorrupt: Something is wrong with the database; there is no new backup.
        StorageFull: There is no room for it, or the disk did not write what it was given.
        StorageError: The database can't be read.
    """
    target = to or place_of_backup(database, reason, now)
    _refuse_without_room(database, target.parent)
    with (
        storage_errors(),
        held_open(database),
        closing(sqlite3.connect(database, isolation_level=None)) as connection,
    ):
        prepare(connection)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        return back_up(connection, target, database.name, reason, now, check)


def back_up(  # noqa: PLR0917  (what a record says)
    connection: sqlite3.Connection, target: Path, database: str, reason: Reason, now: int, check: Check | None = None
) -> Backup:
    """Copy what a connection's read transaction sees, verify the copy by its content, and write its record.

    Reading the live file would drop SQLite's locks on it; so it is never opened but by SQLite.

    Raises:
        StorageCorrupt: The check found something.
        StorageFull: The copy could not be written, or differs.
    """
    # Under a name of its own until it is verified: what a person finds in the folder of backups is good.
    draft = target.with_name(f"{target.name}.partial")
    draft.unlink(missing_ok=True)
    create_private_file(draft)
    try:
        content = _copy(connection, draft)
        _refuse_damaged(draft, check or _integrity)
        backup = _recorded(draft, target, database, reason, now, content)
        draft.replace(target)
    except OSError:
        _record_of(target).unlink(missing_ok=True)
        raise StorageFull("The backup could not be written: the disk is full or failing.") from None
    except BaseException:
        _record_of(target).unlink(missing_ok=True)
        raise
    finally:
        draft.unlink(missing_ok=True)
    return backup


def _refuse_damaged(draft: Path, check: Check) -> None:
    if problems := check(draft):
        raise StorageCorrupt(f"The database is damaged: {problems[0].detail}")


def _integrity(draft: Path) -> Sequence[Problem]:
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        if prepare(copy).execute("PRAGMA integrity_check(1)").fetchone() == ("ok",):
            return ()
    return (Problem(draft.name, "structure", "SQLite's own check says so."),)


def backups_of(folder: Path, database: str) -> list[Backup]:
    """The backups of a database of this data folder, the newest first; none of them is verified by that."""
    found = (read_record(path) for path in (folder / BACKUPS).glob("*.db"))
    backups = (backup for backup in found if backup is not None and backup.database == database)
    return sorted(backups, key=lambda backup: (backup.taken_at, backup.path.name), reverse=True)


def read_record(path: Path) -> Backup | None:
    """The backup that the file is, by the record beside it; None if there is none that can be read."""
    try:
        said: dict[str, Any] = json.loads(_record_of(path).read_bytes())
        backup = Backup(path=path, **said)
    except (OSError, ValueError, TypeError):
        return None
    return backup if backup.reason in get_args(Reason) else None


def what_is_wrong(backup: Backup) -> str | None:
    """Why the backup can't be used, or None: every byte of it must be as it was when it was verified."""
    try:
        with backup.path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == backup.file
    except OSError:
        return "It can't be read."
    return None if same else "It is damaged: it is not what was written when it was made."


def newest_sound(folder: Path, database: str, version: int) -> Backup | None:
    """The newest backup that is as it was written, and not of a newer program."""
    for backup in backups_of(folder, database):
        if backup.version <= version and what_is_wrong(backup) is None:
            return backup
    return None


def copy_verified(backup: Backup, target: Path) -> None:
    """Copy a backup, and see that the copy's rows are the backup's.

    Raises:
        StorageCorrupt: They are not: it can't be used.
        StorageFull: There is no room for it.
    """
    _refuse_without_room(backup.path, target.parent)
    try:
        create_private_file(target)
        shutil.copyfile(backup.path, target)
    except OSError:
        raise StorageFull from None
    with storage_errors(), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        if what_is_wrong(backup) is not None or content_hash(prepare(copy)) != backup.content:
            raise StorageCorrupt("The backup is damaged. Nothing was changed.")


def rotate(folder: Path, database: str) -> list[Backup]:
    """Remove old backups: the last of each of seven days and four weeks stay, and always the newest that is sound."""
    backups = backups_of(folder, database)
    daily = [backup for backup in backups if backup.reason == "daily"]
    kept = {
        *_newest_of_each((backup, _day(backup)) for backup in daily)[:_DAYS],
        *_newest_of_each((backup, _day(backup)[:2]) for backup in daily)[:_WEEKS],
        *[backup.path for backup in backups if backup.reason != "daily"][:_OTHERS],
    }
    removed = [backup for backup in backups if backup.path not in kept]
    if removed and not any(backup.path in kept and what_is_wrong(backup) is None for backup in backups):
        sound = next((backup for backup in removed if what_is_wrong(backup) is None), None)
        removed = [backup for backup in removed if backup is not sound]
    for backup in removed:
        with suppress(OSError):
            backup.path.unlink()
            _record_of(backup.path).unlink()
    return removed


def content_hash(connection: sqlite3.Connection) -> str:
    """SHA-256 of every table's schema and rows, independent of how pages lie in the file."""
    digest = hashlib.sha256()
    for name, sql in _tables(connection):
        digest.update(repr((name, sql)).encode())
        columns = len(connection.execute(f'SELECT * FROM "{name}" LIMIT 0').description)
        order = ", ".join(str(position) for position in range(1, columns + 1))
        for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name, _ in _tables(connection)}


def _tables(connection: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    return connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()


def _copy(connection: sqlite3.Connection, draft: Path) -> str:
    """Copy the database, and return its content hash; whoever wants it for himself comes first."""
    source = Path(connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])

    def look_out(_status: int, _remaining: int, _total: int) -> None:
        if is_closed(source):
            raise StorageBusy

    with storage_errors(), closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on it sees one moment
        connection.backup(copy, pages=_PAGES_AT_ONCE, progress=look_out)
        copy.execute("PRAGMA journal_mode = DELETE")
        content = content_hash(prepare(copy))
        if content != content_hash(connection):
            raise StorageFull("The backup differs from the database. The disk may be failing.")
    return content


def _recorded(  # noqa: PLR0917  (as above)
    draft: Path, target: Path, database: str, reason: Reason, now: int, content: str
) -> Backup:
    with storage_errors(), closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        version = copy.execute("PRAGMA user_version").fetchone()[0]
        rows = rows_of(copy)
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    backup = Backup(target, database, now, reason, version, digest, content, rows)
    record = {name: value for name, value in asdict(backup).items() if name != "path"}
    create_private_file(_record_of(target))
    _record_of(target).write_text(json.dumps(record, indent=2), encoding="utf-8")
    return backup


def _record_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def place_of_backup(database: Path, reason: Reason, now: int) -> Path:
    """Where a new backup of the database goes."""
    folder = database.parent / BACKUPS
    prepare_folder(folder)
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    number = 1
    while (path := folder / f"{database.stem}-{stamp}Z-{reason}{'' if number == 1 else f'-{number}'}.db").exists():
        number += 1
    return path


def _refuse_without_room(source: Path, folder: Path) -> None:
    try:
        size, room = source.stat().st_size, shutil.disk_usage(folder).free
    except OSError:
        return  # whoever opens it says more
    if size * _ROOM > room:
        raise StorageFull("There is no room on the disk for a copy of the database. Nothing was changed.")


def _newest_of_each(backups: Iterable[tuple[Backup, tuple[int, ...]]]) -> list[Path]:
    """The first of each group, in order."""
    found: dict[tuple[int, ...], Path] = {}
    for backup, group in backups:
        found.setdefault(group, backup.path)
    return list(found.values())


def _day(backup: Backup) -> tuple[int, ...]:
    """Year, week and day; the first two are its week."""
    return tuple(datetime.fromtimestamp(backup.taken_at / 1000, UTC).isocalendar())
