"""A new `hub.db` of what could be read of a damaged one, and of the newest backup where that could not be read."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backends.local.checksums import CheckedTable, prepare
from backends.local.hub.changes import ChangeKind, note_change_in_thread
from backends.local.hub.recovery.damaged import DamagedFile, DamagedTable, Key, tables_of
from backends.local.hub.recovery.mending import mend
from backends.local.hub.recovery.policies import CHANGES_OF, Policy, policy_of
from backends.local.hub.recovery.report import TableFate
from backends.local.hub.recovery.windows import Row

__all__ = ["Sources", "fill"]

_CHANGED = "SELECT seq, kind, id FROM changes"

_ROWS_AT_ONCE = 1000


@dataclass
class Sources:
    """Where rows come from.

    Attributes:
        damaged: The damaged file, or None if nothing of it can be read.
        backup: A backup, or None.
    """

    damaged: DamagedFile | None
    backup: sqlite3.Connection | None


def fill(target: Path, sources: Sources, now: int, progress: Any) -> list[TableFate]:
    """Fill a database that was just made; return what became of each table's rows."""
    with closing(sqlite3.connect(target, isolation_level=None)) as new:
        prepare(new)
        new.execute("PRAGMA synchronous = FULL")
        new.execute("BEGIN IMMEDIATE")
        tables = [table for table in tables_of(new).values() if policy_of(table.name) is not Policy.NEW]
        changed = _changed_since(sources, tables_of(new)["changes"], now)
        fates: list[TableFate] = []
        for number, table in enumerate(tables):
            progress("salvaging", number, len(tables))
            fates.append(_fill_table(new, table, sources, changed, now))
        progress("salvaging", len(tables), len(tables))
        mend(new, {fate.table: fate for fate in fates}, now)
        for kind in ChangeKind:  # whoever looks next takes everything for changed
            note_change_in_thread(new, kind)
        new.execute("COMMIT")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        new.execute("PRAGMA journal_mode = DELETE")  # so that it is one file, which can be renamed
    return fates


def _fill_table(
    new: sqlite3.Connection, table: CheckedTable, sources: Sources, changed: set[tuple[str, str]] | None, now: int
) -> TableFate:
    backup = _rows_of_backup(sources.backup, table)
    found = DamagedTable() if sources.damaged is None else sources.damaged.read(table, backup, now)
    fate = TableFate(table.name, unsure=found.unsure)
    made_anew = _rows(new, table)
    if found.rows or backup:
        new.execute(f'DELETE FROM "{table.name}"')  # what a new database has of its own accord
    fate.kept = _write(new, table, found.rows)
    fillable: dict[Key, Row] = {}
    if policy_of(table.name) is Policy.FILLED:
        fillable = {key: row for key, row in backup.items() if _is_wanted(table, key, found, sources, changed)}
        fate.restored = _write(new, table, fillable)
    if not fate.kept and not fate.restored:
        _write(new, table, made_anew)
    missed = found.wrong | ((found.known or set()) - found.rows.keys())
    fate.lost = len(missed - fillable.keys())
    unknown = sources.damaged is None or (found.known is None and bool(found.gaps))
    fate.at_least = unknown and not (policy_of(table.name) is Policy.FILLED and sources.backup is not None)
    return fate


def _is_wanted(
    table: CheckedTable, key: Key, found: DamagedTable, sources: Sources, changed: set[tuple[str, str]] | None
) -> bool:
    """Whether a row of the backup stands for one that was lost, and not for one that somebody has deleted since."""
    if key in found.rows:
        return False
    if sources.damaged is None:
        return True
    if found.known is not None:
        return key in found.known
    if key not in found.wrong and not any(gap.holds(key[0]) for gap in found.gaps):
        return False
    kind = CHANGES_OF.get(table.name)
    return kind is None or changed is None or (kind, key[0].decode()) not in changed


def _changed_since(sources: Sources, table: CheckedTable, now: int) -> set[tuple[str, str]] | None:
    """Kinds and ids of what was changed after the backup, by the change feed; None if that can't be told."""
    if sources.damaged is None or sources.backup is None:
        return None
    [(last,)] = sources.backup.execute("SELECT coalesce(max(seq), 0) FROM changes")
    found = sources.damaged.read(table, {}, now)
    columns = {name: number for number, name in enumerate(table.columns)}
    seq, kind, id_ = (columns[name] for name in ("seq", "kind", "id"))
    return {
        (row[kind].decode(), row[id_].decode())
        for row in found.rows.values()
        if row[seq] > last and row[id_] is not None
    }


def _rows_of_backup(backup: sqlite3.Connection | None, table: CheckedTable) -> dict[Key, Row]:
    """Its rows by key, in the columns that both have; none if it is older than the table."""
    if backup is None or backup.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table.name,)).fetchone() is None:
        return {}
    if len(backup.execute(f'SELECT * FROM "{table.name}" LIMIT 0').description) != len(table.columns):
        return {}
    return _rows(backup, table)


def _rows(connection: sqlite3.Connection, table: CheckedTable) -> dict[Key, Row]:
    key = ", ".join(f'"{column}"' if column != "rowid" else column for column in table.key)
    columns = ", ".join(f'"{column}"' for column in table.columns)
    before, connection.text_factory = connection.text_factory, bytes
    try:
        rows = connection.execute(f'SELECT {key}, {columns} FROM "{table.name}"').fetchall()
    finally:
        connection.text_factory = before
    return {row[: len(table.key)]: row[len(table.key) :] for row in rows}


def _write(new: sqlite3.Connection, table: CheckedTable, rows: Mapping[Key, Row]) -> int:
    """Write rows, and return how many the table took: what its own rules refuse is not what was written."""
    has_rowid = table.key == ("rowid",) and table.rowid is None
    columns = ", ".join([*(["rowid"] if has_rowid else []), *(f'"{column}"' for column in table.columns)])
    places = ", ".join(
        [*(["?"] if has_rowid else []), *("CAST(? AS TEXT)" if name in table.texts else "?" for name in table.columns)]
    )
    sql = f'INSERT OR IGNORE INTO "{table.name}" ({columns}) VALUES ({places})'
    before = new.total_changes
    for batch in _batches([(*key, *row) if has_rowid else row for key, row in rows.items()]):
        try:
            new.execute("SAVEPOINT batch")
            new.executemany(sql, batch)
        except sqlite3.Error:
            new.execute("ROLLBACK TO batch")
            _write_singly(new, sql, batch)
        new.execute("RELEASE batch")
    return new.total_changes - before


def _write_singly(new: sqlite3.Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        try:
            new.execute(sql, row)
        except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError):  # no row that this table ever took
            continue


def _batches(rows: Sequence[Sequence[Any]]) -> Iterable[Sequence[Sequence[Any]]]:
    return (rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE))
