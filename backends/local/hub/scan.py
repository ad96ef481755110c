"""Scans and the library's folders, as operations."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from typing import Any

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.scanning.paths import shown
from backends.local.hub.scanning.scans import LastScan
from contract.hub.errors import FolderNotFound
from contract.hub.scan import (
    CANCEL_SCAN,
    GET_SCAN,
    LIST_ROOTS,
    REMOVE_ROOT,
    START_SCAN,
    CancelScan,
    GetScan,
    ListRoots,
    RemoveRoot,
    Root,
    RootList,
    RootRemoved,
    ScanAnswer,
    ScanFigures,
    StartScan,
)

__all__ = ["HANDLERS", "scan_figures"]

HANDLERS = Handlers[Hub]()

_ROOTS = "SELECT id, path, added_at FROM roots ORDER BY path"

_TRACKS = """
    SELECT f.root_id, sum(t.missing_since IS NULL), sum(t.missing_since IS NOT NULL)
    FROM tracks t JOIN folders f ON f.key = t.folder_key GROUP BY f.root_id
"""


@HANDLERS.handles(START_SCAN)
async def start_scan(hub: Hub, request: StartScan) -> ScanAnswer:
    """Begin it, and say how it stands."""
    await hub.scans.start([os.fsencode(folder) for folder in request.folders])
    return await _answer(hub)


@HANDLERS.handles(CANCEL_SCAN)
async def cancel_scan(hub: Hub, _: CancelScan) -> ScanAnswer:
    """Ask it to end, and say how it stands."""
    await hub.scans.cancel()
    return await _answer(hub)


@HANDLERS.handles(GET_SCAN)
async def get_scan(hub: Hub, _: GetScan) -> ScanAnswer:
    """Say how it stands."""
    return await _answer(hub)


@HANDLERS.handles(LIST_ROOTS)
async def list_roots(hub: Hub, _: ListRoots) -> RootList:
    """Show all of them."""
    return RootList.model_construct(roots=[root for _, root in (await _roots(hub)).values()])


@HANDLERS.handles(REMOVE_ROOT)
async def remove_root(hub: Hub, request: RemoveRoot) -> RootRemoved:
    """Take it out, by its path as the file system or the list of roots has it."""
    roots = await _roots(hub)
    wanted = os.fsencode(request.folder)
    path = await asyncio.to_thread(os.path.realpath, wanted) if wanted.startswith(b"/") and b"\0" not in wanted else b""
    by_shown = {root["path"]: path for path, (_, root) in roots.items()}
    for known in (wanted, path, by_shown.get(request.folder)):
        if known is not None and known in roots:
            id_, root = roots[known]
            await hub.scans.remove_root(id_)
            return RootRemoved.model_construct(removed=root)
    raise FolderNotFound


def scan_figures(last: LastScan) -> ScanFigures:
    """How far the scan has come."""
    found: Mapping[str, Any] = last.found
    return {
        "state": last.state,
        "startedAt": timestamp(last.started_at),
        "finishedAt": None if last.finished_at is None else timestamp(last.finished_at),
        "filesSeen": found["filesSeen"],
        "filesToRead": found["filesToRead"],
        "filesRead": found["filesRead"],
        "counts": found["counts"],
    }


async def _answer(hub: Hub) -> ScanAnswer:
    last = await hub.scans.last()
    if last is None:
        return ScanAnswer.model_construct(scan=None)
    found: Mapping[str, Any] = last.found
    return ScanAnswer.model_construct(
        scan={**scan_figures(last), "unreadable": found["unreadable"], "notices": found["notices"]}
    )


async def _roots(hub: Hub) -> dict[bytes, tuple[int, Root]]:
    """Ids and roots by path, in its order."""
    from backends.local.hub.scanning.roots import look_at  # noqa: PLC0415  (for these operations alone)

    counts: Iterable[tuple[int, int, int]] = await hub.index.read(_TRACKS)  # pyright: ignore[reportAssignmentType]
    tracks = {root_id: (present, missing) for root_id, present, missing in counts}
    roots: dict[bytes, tuple[int, Root]] = {}
    for id_, path, added_at in await hub.user.read(_ROOTS):
        present, missing = tracks.get(id_, (0, 0))
        roots[path] = (
            id_,
            {
                "path": shown(path),
                "addedAt": timestamp(added_at),
                "state": await asyncio.to_thread(look_at, path),
                "trackCount": present,
                "missingCount": missing,
            },
        )
    return roots
