"""`musicengine-mcp demo`: a small label and its music, the real server, and eight questions, leaving nothing behind."""

import argparse
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from mcp import Client

__all__ = ["import_samples", "register", "scan_samples"]

_DETAILS = """\
Imports the sample files of a fictional label into a temporary folder, scans a small library of its
music, starts this server as a host does, asks it what a manager would ask, and prints each question,
the tool calls, and the answer."""

_SAMPLES = Path(__file__).resolve().parent.parent / "demo" / "samples"


def register(commands: Commands) -> None:
    """Add `demo`."""
    add_command(
        commands, "demo", _run, summary="see it answer a manager's questions", details=_DETAILS, uses=Uses.NOTHING
    )


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (it has a folder of its own)
    import tempfile

    from server.demo.library_questions import LIBRARY_QUESTIONS
    from server.demo.questions import QUESTIONS

    with tempfile.TemporaryDirectory(prefix="musicengine-demo-") as folder:
        print("A small label's files, imported into a temporary folder:\n")
        await import_samples(Path(folder))
        await scan_samples(Path(folder))
        async with _server(Path(folder)) as client:

            async def ask(tool: str, call: Mapping[str, Any]) -> Mapping[str, Any]:
                print(f"   → {tool} {json.dumps(call, ensure_ascii=False)}")
                answer = await client.call_tool(tool, dict(call))
                return answer.structured_content or {}

            for question in (*QUESTIONS, *LIBRARY_QUESTIONS):
                print(f"\n{question.text}")
                for line in await question.answer(ask):
                    print(f"   {line}")
    print("\nYour own files next: musicengine-mcp import FILE…, musicengine-mcp scan FOLDER…")
    print("Then give it to your agent (see the README).")
    return 0


async def import_samples(folder: Path) -> None:
    """Import the sample files into a data folder, and print what each is."""
    from backends.local.importing.importer import import_file
    from backends.local.importing.options import Options
    from backends.local.storage import DEFAULT_WORKSPACE
    from server.commands.scope import open_scope

    async with open_scope(Settings(folder, DEFAULT_WORKSPACE)) as scope:
        for name, options in _FILES:
            file = _SAMPLES / name
            outcome = await import_file(scope.database, scope.workspace_id, file, Options.checked(**options))
            print(f"   {name:<20} {outcome.counts.read:>5,} rows   {outcome.format}")


async def scan_samples(folder: Path) -> None:
    """Make a library of the label's tracks, scan it into a data folder, and print what was found."""
    import os

    from backends.local.hub.hub import LocalHub
    from server.demo.library import make_library

    music = folder / "Music"
    make_library(music, _SAMPLES / "catalogue.csv")
    async with aclosing(LocalHub(folder)) as hub:
        report = (await hub.hub.scans.run([os.fsencode(music)])).report
    print(f"   {'Music/':<20} {report.new:>5,} files  scanned into the library")


_FILES: tuple[tuple[str, dict[str, str]], ...] = (
    ("catalogue.csv", {}),
    ("streams.csv", {}),
    ("song-timeline.csv", {"isrc": "QZMEM2600003"}),
    ("distrokid.csv", {}),
)


@asynccontextmanager
async def _server(folder: Path) -> "AsyncGenerator[Client, None]":
    """A client of the real server, started over stdio as a host starts it."""
    from mcp import Client, StdioServerParameters, stdio_client

    process = StdioServerParameters(
        command=sys.executable,
        args=["-P", "-m", "musicengine_mcp", "--data-dir", str(folder)],
    )
    async with Client(stdio_client(process)) as client:
        yield client
