"""Watch over the databases while a hub is there for others."""

import asyncio
import logging
import time
from collections.abc import Callable

from backends.local.hub.context import Hub
from backends.local.hub.health.state import Health, check_health, is_being_rebuilt
from contract.errors import StorageError

__all__ = ["watch_health"]

logger = logging.getLogger(__name__)

_BEFORE_THE_FIRST_SECONDS = 2.0
"""Whoever has just started something wants it to answer first."""

_EVERY_SECONDS = 6 * 60 * 60.0

_LOOK_EVERY_SECONDS = 1.0

_AGAIN_SECONDS = 30.0
"""While somebody keeps a database locked, or the disk is full."""


async def watch_health(
    hub: Hub,
    tell: Callable[[Health], object],
    *,
    first_after: float = _BEFORE_THE_FIRST_SECONDS,
    every: float = _EVERY_SECONDS,
) -> None:
    """Tell how the databases are, at once and whenever that changes, until cancelled.

    The first deep look comes soon after the start, further ones every few hours, and at once when somebody meets
    damage, or when a rebuild has ended. Between them nothing is read but memory and one name in the data folder.

    Args:
        hub: Whose databases.
        tell: Called with the health in the event loop; it must not block.
        first_after: Seconds before the first deep look.
        every: Seconds between deep looks.
    """
    known = await _looked(hub, deep=False)
    if known is not None:
        tell(known)
    met, due = False, time.monotonic() + first_after
    while True:
        await asyncio.sleep(min(_LOOK_EVERY_SECONDS, max(0.0, due - time.monotonic())))
        before, met = met, hub.user.use.damaged or hub.index.use.damaged
        is_news = met > before or (known is not None and known.status == "rebuilding") != is_being_rebuilt(hub)
        if not is_news and time.monotonic() < due:
            continue
        found = await _looked(hub, deep=True)
        due = time.monotonic() + (_AGAIN_SECONDS if found is None else every)
        if found is not None and (is_news or known is None or _said(found) != _said(known)):
            tell(found)
        known = found or known


async def _looked(hub: Hub, *, deep: bool) -> Health | None:
    """How the databases are; None if that can't be told now."""
    try:
        return await check_health(hub, deep=deep)
    except StorageError as error:
        logger.info("The databases could not be checked: %s", error.sentence)
        return None


def _said(health: Health) -> tuple[object, ...]:
    return health.status, health.problems
