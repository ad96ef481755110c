"""Servers in processes of their own, for the length of a block, and the keys that ours takes."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

from backends.local.database import Database
from backends.local.keys import create_key
from benchmarks.stdio_client import ROOT, our_command

__all__ = ["bare_server", "new_keys", "our_server", "our_server_and_pid"]

_PORT = re.compile(r"(?:^|127\.0\.0\.1:)(\d+)\b")


@contextmanager
def our_server(folder: Path) -> Iterator[int]:
    """`serve` over the data folder; yields its port."""
    with our_server_and_pid(folder) as (port, _):
        yield port


@contextmanager
def our_server_and_pid(folder: Path) -> Iterator[tuple[int, int]]:
    """The same; yields its port and the number of its process."""
    with _process((*our_command(folder), "serve", "--port", "0"), "stderr") as found:
        yield found


@contextmanager
def bare_server(script: str, ready: Path) -> Iterator[int]:
    """A script of this folder, which answers with what the file holds; yields its port."""
    with _process((sys.executable, f"benchmarks/{script}", str(ready)), "stdout") as (port, _):
        yield port


def new_keys(folder: Path, count: int) -> list[str]:
    """API keys of the folder's first workspace: several, since each may make only so many calls a minute."""
    return asyncio.run(_new_keys(folder, count))


async def _new_keys(folder: Path, count: int) -> list[str]:
    async with aclosing(Database(folder)) as database:
        return [(await create_key(database, 1, f"Benchmark {number}"))[1] for number in range(count)]


@contextmanager
def _process(command: tuple[str, ...], says_on: str) -> Iterator[tuple[int, int]]:
    """A server's process; yields the port that it says, and its number."""
    with subprocess.Popen(command, cwd=ROOT, text=True, **{says_on: subprocess.PIPE}) as process:
        try:
            said = (_PORT.search(line) for line in getattr(process, says_on))
            port = next((int(found[1]) for found in said if found), None)
            if port is None:
                raise RuntimeError("it ended before it served")
            yield port, process.pid
        finally:
            process.kill()  # how long a server takes to end is not measured
