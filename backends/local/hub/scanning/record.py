"""The rows of `scans`: how far each has come, and whether somebody asks it to stop."""

import sqlite3

from backends.local.hub.scanning.report import Report
from contract.hub.scan import ScanState

__all__ = ["begin", "end", "stop_asked", "update"]

_BREAK_OFF = """
    UPDATE scans SET state = 'interrupted', finished_at = ? WHERE state = 'running'
"""
_BEGIN = "INSERT INTO scans (state, started_at, report) VALUES ('running', ?, ?)"
_UPDATE = "UPDATE scans SET report = ? WHERE id = ?"
_END = "UPDATE scans SET state = ?, finished_at = ?, report = ? WHERE id = ?"
_REMOVE = "DELETE FROM scans WHERE id = ?"
_PRUNE = "DELETE FROM scans WHERE id <= (SELECT max(id) FROM scans) - 20"
_STOP_ASKED = "SELECT stop_asked FROM scans WHERE id = ?"


def begin(index: sqlite3.Connection, now: int) -> int:
    """Add a scan, and return its id. Whoever calls this holds the lock: one that is still said to run has died."""
    index.execute("BEGIN IMMEDIATE")
    index.execute(_BREAK_OFF, (now,))
    index.execute(_PRUNE)
    scan_id = index.execute(_BEGIN, (now, Report().as_json())).lastrowid or 0
    index.execute("COMMIT")
    return scan_id


def update(index: sqlite3.Connection, scan_id: int, report: Report) -> None:
    """Say how far it has come."""
    index.execute(_UPDATE, (report.as_json(), scan_id))


def end(index: sqlite3.Connection, scan_id: int, state: ScanState, now: int, report: Report, *, kept: bool) -> None:
    """It has ended; one of a few folders is not kept, so that the last one of the library stays to be seen."""
    if kept:
        index.execute(_END, (state, now, report.as_json(), scan_id))
    else:
        index.execute(_REMOVE, (scan_id,))


def stop_asked(index: sqlite3.Connection, scan_id: int) -> bool:
    """Whether somebody, in whichever process, has asked it to stop."""
    row = index.execute(_STOP_ASKED, (scan_id,)).fetchone()
    return row is None or bool(row[0])
