"""A backup of each database once a day, while a hub is there for others, if anything has changed."""

import asyncio
import logging
from pathlib import Path

from backends.local.backups import backups_of, rotate, take_backup
from backends.local.hub.context import Hub
from backends.local.layout import Layout
from contract.errors import StorageCorrupt, StorageError

__all__ = ["back_up_if_due", "keep_backups"]

logger = logging.getLogger(__name__)

_FIRST_AFTER_SECONDS = 20.0
"""Whoever has just started something wants it to answer first."""

_LOOK_EVERY_SECONDS = 15 * 60.0

_DAY_MS = 24 * 60 * 60 * 1000

_LOCK = "backups.lock"


async def keep_backups(
    hub: Hub, *, first_after: float = _FIRST_AFTER_SECONDS, look_every: float = _LOOK_EVERY_SECONDS
) -> None:
    """Back up what is due, now and then, until cancelled. What goes wrong is logged, and tried again later."""
    await asyncio.sleep(first_after)
    from backends.local.hub.recovery.restoring import LAYOUTS  # noqa: PLC0415  (nor is it loaded before)

    while True:
        for layout in LAYOUTS.values():
            try:
                await asyncio.to_thread(back_up_if_due, hub.user.folder, layout, hub.clock())
            except StorageCorrupt as error:
                logger.warning("%s is damaged and was not backed up: %s", layout.name, error.sentence)
                if layout.name == hub.user.path.name:
                    hub.user.use.damaged = True
            except StorageError as error:
                logger.warning("%s could not be backed up: %s", layout.name, error.sentence)
        await asyncio.sleep(look_every)


def back_up_if_due(folder: Path, layout: Layout, now: int) -> bool:
    """Back a database up if its newest backup is a day old and it has changed since; say whether it was.

    Raises:
        StorageCorrupt: The database is damaged.
        StorageError: It could not be read, or the backup not be written.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  (once a day)

    from backends.local.hub.recovery.restoring import check_of  # noqa: PLC0415

    path = folder / layout.name
    if not _is_due(path, now):
        return False
    try:
        with FileLock(folder / _LOCK, blocking=False, thread_local=False):
            if not _is_due(path, now):  # another process was at it
                return False
            take_backup(path, "daily", now, lambda copy: check_of(layout.name, copy))
            rotate(folder, layout.name)
    except Timeout:
        return False
    return True


def _is_due(path: Path, now: int) -> bool:
    changed_at = max((_changed_at(path.with_name(f"{path.name}{end}")) for end in ("", "-wal")), default=0)
    if not changed_at or not path.stat().st_size:
        return False
    backups = backups_of(path.parent, path.name)
    # A clock that was set back must not keep a day from coming.
    return not any(abs(now - each.taken_at) < _DAY_MS or changed_at < each.taken_at for each in backups)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError:
        return 0
