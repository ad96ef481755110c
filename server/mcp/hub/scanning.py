"""Scans, started, watched and cancelled."""

import anyio

from backends.backend import Backend
from backends.data_entry import BY_SCAN
from backends.local.storage import expanded
from contract.errors import InvalidRequest
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
    Scan,
    StartScan,
)
from contract.hub.tool_arguments import ScanArguments
from contract.hub.tool_results import ScanResult
from contract.hub.tools import SCAN_TOOL, TOOLS
from contract.validation import validate
from server.mcp.caller import refuse_paths_of_others
from server.mcp.hub.rows import compact
from server.mcp.progress import report_progress
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_LONGEST_WAIT = 50.0
"""Seconds: hosts give up on a call after a minute."""

_BETWEEN_LOOKS = 0.2

_MOST_FILES = 20
"""Files that can't be read, named in one answer."""


@HANDLERS.handles(SCAN_TOOL)
async def scan(backend: Backend, arguments: ScanArguments) -> ScanResult:
    """One action, and how things stand after it."""
    if arguments.folders:
        refuse_paths_of_others("folders", instead="The user can run: musicengine-mcp scan FOLDER")
    if arguments.action == "start":
        if not (arguments.folders or (await backend.call(LIST_ROOTS, ListRoots())).roots):
            raise InvalidRequest(
                "The library has no folder yet.",
                field="folders",
                next_step="Ask the user where their music is, then give that in folders, as an absolute path.",
            )
        await backend.call(START_SCAN, validate(StartScan, {"folders": _paths(arguments)}))
        await _end_of_scan(backend)
    elif arguments.action == "cancel":
        await backend.call(CANCEL_SCAN, CancelScan())
        await _end_of_scan(backend)
    elif arguments.action == "forget":
        if not arguments.folders:
            raise InvalidRequest("folders is required for action=forget.", field="folders")
        for folder in _paths(arguments):
            await backend.call(REMOVE_ROOT, validate(RemoveRoot, {"folder": folder}))
    return await _standing(backend)


def _paths(arguments: ScanArguments) -> list[str]:
    """The folders, with ~ for the user's home, as people write it."""
    return [str(expanded(folder)) for folder in arguments.folders or ()]


async def _end_of_scan(backend: Backend) -> None:
    """Tell the host how far the scan has come, until it ends or the host would give up."""
    told = -1
    with anyio.move_on_after(_LONGEST_WAIT):
        while (found := (await backend.call(GET_SCAN, GetScan())).scan) is not None and found["state"] == "running":
            # Each file is met twice, and progress must rise: so all of it counts, and is told only if it is more.
            done = found["filesSeen"] + found["filesRead"]
            if done > told:
                told = done
                await report_progress(done, _total(found), _in_words(found))
            await anyio.sleep(_BETWEEN_LOOKS)


def _total(found: Scan) -> int | None:
    return None if found["filesToRead"] is None else found["filesSeen"] + found["filesToRead"]


def _in_words(found: Scan) -> str:
    if found["filesToRead"] is None:
        return f"{found['filesSeen']:,} files found"
    return f"{found['filesRead']:,} of {found['filesToRead']:,} files read"


async def _standing(backend: Backend) -> ScanResult:
    found = (await backend.call(GET_SCAN, GetScan())).scan
    roots = (await backend.call(LIST_ROOTS, ListRoots())).roots
    return ScanResult(
        scan=None if found is None else {**compact(found), "unreadable": found["unreadable"][:_MOST_FILES]},
        folders=[dict(root) for root in roots],
        hint=_hint(found, has_folders=bool(roots)),
    )


def _hint(found: Scan | None, *, has_folders: bool) -> str | None:
    if not has_folders:
        return f"The library has no folder yet. {BY_SCAN}"
    if found is not None and found["state"] == "running":
        return "The scan goes on: ask for its status later."
    if found is not None and len(found["unreadable"]) > _MOST_FILES:
        return f"{found['counts']['unreadable']} files can't be read; the first {_MOST_FILES} are named."
    return None
