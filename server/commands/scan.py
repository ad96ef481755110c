"""`musicengine-mcp scan`: bring the audio files of folders into the hub's library."""

import argparse
import asyncio
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from backends.local.hub.hub import LocalHub
    from backends.local.hub.scanning.report import Report
    from backends.local.hub.scanning.scans import Progress
    from contract.hub.scan import ScannedPath

__all__ = ["register", "scan_folders"]

_DETAILS = """\
Looks for MP3, FLAC, Ogg Vorbis, Opus, M4A (AAC and ALAC), WAV, AIFF and WavPack. The folders become part
of the library; without any, all folders that are part of it are scanned again, which reads only files
that are new or have changed. Files are never written to.

A track keeps its playlists and plays when its file is moved, renamed or tagged anew. One whose file is
gone is marked missing, and comes back with the file. A folder that is empty or not mounted changes nothing.

Hidden folders are left alone, and those with a file called .nomedia in them.
"""


def register(commands: Commands) -> None:
    """Add `scan`."""
    parser = add_command(
        commands,
        "scan",
        _run,
        summary="bring folders of music into the library",
        details=_DETAILS,
        uses=Uses.LIBRARY,
    )
    parser.add_argument("folders", metavar="DIR", nargs="*", help="a folder of music; by default all that are known")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="show the library's folders")
    what.add_argument("--forget", metavar="DIR", help="take a folder out of the library, marking its tracks missing")


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub

    if arguments.folders and (arguments.list or arguments.forget):
        arguments.parser.error("--list and --forget take no folders to scan")
    async with aclosing(LocalHub(settings.data_dir)) as hub:
        if arguments.list:
            return await _list(hub)
        if arguments.forget is not None:
            return await _forget(hub, arguments.forget)
        return await scan_folders(hub, arguments.folders)


async def _list(hub: "LocalHub") -> int:
    from contract.hub.scan import LIST_ROOTS, ListRoots

    for root in (await hub.call(LIST_ROOTS, ListRoots())).roots:
        missing = f", {root['missingCount']:,} missing" if root["missingCount"] else ""
        absent = "" if root["state"] == "present" else f" ({root['state']})"
        print(f"{root['path']}{absent}: {_tracks(root['trackCount'])}{missing}")
    return 0


async def _forget(hub: "LocalHub", folder: str) -> int:
    from contract.hub.scan import REMOVE_ROOT, RemoveRoot

    removed = (await hub.call(REMOVE_ROOT, RemoveRoot.model_construct(folder=_absolute(folder)))).removed
    print(f"{removed['path']}: no longer part of the library; {_tracks(removed['trackCount'])} marked missing.")
    print("  Playlists, plays and overrides are kept, for when the files come back.")
    return 0


async def scan_folders(hub: "LocalHub", folders: Sequence[str]) -> int:
    """Scan them, or all that are part of the library, with progress on a terminal; return the exit code."""
    from backends.local.hub.scanning.report import Report

    report = Report()
    try:
        with _bar() as progress:

            def told(present: "Report") -> None:
                nonlocal report
                report = present
                progress(present)

            ended = await hub.hub.scans.run([os.fsencode(_absolute(folder)) for folder in folders], told)
    except asyncio.CancelledError:
        _print(report)
        print(
            "scan: interrupted; what was found so far is kept, and the next scan goes on from there.", file=sys.stderr
        )
        raise
    _print(ended.report)
    if ended.state == "cancelled":
        print("scan: cancelled; what was found so far is kept.", file=sys.stderr)
    return 1 if ended.report.left_out or ended.state != "completed" else 0


def _print(report: "Report") -> None:
    print(
        f"  files {report.seen:,}  new {report.new:,}  changed {report.changed:,}  moved {report.moved:,}"
        f"  unchanged {report.unchanged:,}  missing {report.missing:,}  returned {report.returned:,}"
        f"  unreadable {report.unreadable:,}"
    )
    _print_paths(report.unreadable_files, report.unreadable, "can't be read:")
    _print_paths(report.notices, len(report.notices), "left as they were:")


def _print_paths(paths: "Sequence[ScannedPath]", number: int, heading: str) -> None:
    if not number:
        return
    print(f"  {heading}")
    for each in paths:
        print(f"    {each['path']}: {each['reason']}")
    if number > len(paths):
        print(f"    and {number - len(paths):,} more")


def _absolute(folder: str) -> str:
    return os.path.abspath(folder)  # noqa: PTH100  (links are followed later, and the name need not be text)


def _tracks(number: int) -> str:
    return f"{number:,} track{'' if number == 1 else 's'}"


@contextmanager
def _bar() -> "Generator[Progress, None, None]":
    """Files that were found, then files that are read, on a terminal only."""
    from tqdm import tqdm

    with tqdm(unit=" files", desc="looking", leave=False, file=sys.stderr, disable=None) as bar:

        def progress(report: "Report") -> None:
            if report.to_read is not None and bar.total is None:
                bar.set_description("reading", refresh=False)
                bar.reset(total=report.to_read)
            bar.update((report.seen if report.to_read is None else report.read) - bar.n)

        yield progress
