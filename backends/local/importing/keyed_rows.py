"""Rows that a key identifies: a later file's figures replace an earlier file's."""

import sqlite3
from typing import Any

from backends.local.importing.outcome import Counts

__all__ = ["KeyedRows"]

_ROWS_IN_CHUNK = 20_000

Values = tuple[Any, ...]


class KeyedRows:
    """Takes rows of one table. Each row counts as what became of its key.

    The names of table and columns are constants of the format that uses it.
    """

    def __init__(
        self, connection: sqlite3.Connection, counts: Counts, table: str, key: tuple[str, ...], values: tuple[str, ...]
    ) -> None:
        self._connection = connection
        self._counts = counts
        where = " AND ".join(f"{column} = ?" for column in key)
        columns = (*key, *values)
        self._stored = f"SELECT {', '.join(values)} FROM {table} WHERE {where}"
        self._write_one = f"""
            INSERT INTO {table} ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})
            ON CONFLICT DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in values)}
        """
        self._pending: dict[Values, tuple[Values, int]] = {}

    def put(self, key: Values, values: Values) -> None:
        """Take a row; a later row of the same key replaces it."""
        _, rows = self._pending.get(key, ((), 0))
        self._pending[key] = (values, rows + 1)
        if len(self._pending) >= _ROWS_IN_CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        differing: list[Values] = []
        for key, (values, rows) in self._pending.items():
            stored = self._connection.execute(self._stored, key).fetchone()
            if stored == values:
                self._counts.unchanged += rows
                continue
            if stored is None:
                self._counts.new += rows
            else:
                self._counts.changed += rows
            differing.append((*key, *values))
        self._connection.executemany(self._write_one, differing)
        self._pending.clear()
