"""Watch the library's folders while the hub is served, and scan those in which something changes."""

import asyncio
import logging
import os
import threading
from collections.abc import Collection, Generator, Iterable
from contextlib import suppress
from typing import Any

from backends.local.database import Database
from backends.local.hub.reading.names import extension, is_audio, is_cover
from backends.local.hub.scanning.paths import parents, relative
from backends.local.hub.scanning.scans import Scans
from backends.local.hub.scanning.walking import KEEP_OUT, LYRICS, Place, left_alone
from contract.errors import ContractError
from contract.hub.errors import ScanRunning

__all__ = ["places_of_changes", "watch"]

logger = logging.getLogger(__name__)

_QUIET_MS = 250
"""A folder is looked into once nothing has happened for so long, or after so many in which something always did."""
_BUSY_MS = 5000

_LOOK_MS = 2000
"""Between two looks whether folders were added, vanished, or came back."""

_SECONDS_AFTER_FAILURE = 30.0

_ROOTS = "SELECT id, path FROM roots ORDER BY id"

Roots = dict[int, bytes]


async def watch(user: Database, scans: Scans) -> None:
    """Keep the library up to its folders, until cancelled. What goes wrong is logged, and tried again later."""
    watching = _Watch(user, scans)
    while True:
        try:
            await watching.run()
        except ContractError as error:
            logger.warning("Folders of the library that have changed can't be scanned now: %s", error.sentence)
        except Exception:
            logger.exception("The library's folders can't be watched now.")
        await asyncio.sleep(_SECONDS_AFTER_FAILURE)


class _Watch:
    def __init__(self, user: Database, scans: Scans) -> None:
        self._user = user
        self._scans = scans
        self._waiting: set[Place] = set()
        self._failed = False

    async def run(self) -> None:
        """Watch until something goes wrong; when it is called again, what may have happened meanwhile is looked for."""
        roots = await self._present()
        if self._failed:
            self._waiting.update(Place(path, id_) for id_, path in roots.items())
        self._failed = True
        while True:
            there = await self._watch_while_same(roots)
            # What has come back may have changed while it was away.
            self._waiting.update(Place(path, id_) for id_, path in there.items() if id_ not in roots)
            await self._scan()
            roots = there

    async def _watch_while_same(self, roots: Roots) -> Roots:
        """Watch these folders until others are there; return those."""
        if not roots:
            while not (there := await self._present()):  # noqa: ASYNC110  (of another process's making)
                await asyncio.sleep(_LOOK_MS / 1000)
            return there
        stop = threading.Event()
        changes = _changes(roots, stop)
        try:
            while True:
                touched = await _next(changes, stop)
                if touched:
                    self._waiting |= await asyncio.to_thread(places_of_changes, touched, roots)
                there = await self._present()
                if there != roots:
                    return there
                await self._scan()
        finally:
            stop.set()
            changes.close()

    async def _present(self) -> Roots:
        """The folders that are there now."""
        from backends.local.hub.scanning.roots import look_at  # noqa: PLC0415  (not before it watches)

        roots: Roots = dict(await self._user.look_up(_ROOTS))
        states = await asyncio.to_thread(lambda: {id_: look_at(path) for id_, path in roots.items()})
        return {id_: path for id_, path in roots.items() if states[id_] == "present"}

    async def _scan(self) -> None:
        """Scan what waits for it; another scan that is under way comes first."""
        if not self._waiting:
            return
        places, self._waiting = self._waiting, set()
        try:
            await self._scans.rescan(_without_repetitions(places))
        except ScanRunning:
            self._waiting |= places


def places_of_changes(paths: Iterable[bytes], roots: Roots) -> set[Place]:
    """Where to look after something has happened at these paths."""
    places: set[Place] = set()
    for path in paths:
        for root_id, root in roots.items():
            below = relative(path, root)
            if not below:
                continue
            folder, name = os.path.split(path)
            if any(left_alone(part) for part in below.split(b"/")[:-1]):
                continue
            if name == KEEP_OUT:
                places.add(Place(folder, root_id))
            elif is_audio(name) or is_cover(name) or extension(name) == LYRICS:
                places.add(Place(folder, root_id, deep=False))
            if not left_alone(name) and (os.path.isdir(path) or not os.path.lexists(path)):  # noqa: PTH112  (bytes)
                places.add(Place(path, root_id))
    return places


def _without_repetitions(places: Collection[Place]) -> list[Place]:
    """The places that do not lie within another one, in order."""
    deep = {place.path for place in places if place.deep}
    return sorted(
        (place for place in places if deep.isdisjoint(parents(place.path)[place.deep :])), key=lambda each: each.path
    )


def _changes(roots: Roots, stop: threading.Event) -> Generator[set[tuple[Any, str]], None, None]:
    """What happens below the roots; an empty set now and then."""
    import watchfiles  # noqa: PLC0415  (a server starts before it watches)

    paths: list[str] = []
    for path in roots.values():
        with suppress(UnicodeDecodeError):  # it can't be told to the library that watches
            paths.append(path.decode())
    return watchfiles.watch(
        *paths,
        watch_filter=None,
        debounce=_BUSY_MS,
        step=_QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )


async def _next(changes: Generator[set[tuple[Any, str]], None, None], stop: threading.Event) -> set[bytes]:
    """The next changes; setting up what watches, and waiting, is done in a thread that ends when this is cancelled."""
    waiting = asyncio.ensure_future(asyncio.to_thread(next, changes, None))
    try:
        changed = await asyncio.shield(waiting)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({waiting})
        raise
    if changed is None:
        raise RuntimeError("what watches the folders has ended")
    return {os.fsencode(path) for _, path in changed}
