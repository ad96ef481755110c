"""Run the benchmarks and print one table; the exit code is 1 if a budget does not hold."""

import argparse
import importlib
import platform
import sqlite3
import sys
import time

from benchmarks.lines import Line, table

_NAMES = (
    "tokens",
    "startup",
    "list_tracks",
    "history",
    "importing",
    "rest",
    "mcp_http",
    "remote",
    "hub_scan",
    "hub_search",
    "hub_lists",
    "hub_health",
    "serve_start",
    "hub_rest",
    "events",
    "streaming",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, for a look within about a minute")
    parser.add_argument("--only", choices=_NAMES, action="append", help="one of them; may be repeated")
    arguments = parser.parse_args()
    lines: list[Line] = []
    for name in arguments.only or _NAMES:
        started = time.perf_counter()
        # Imported when its turn comes, so that the memory of one does not weigh on another.
        lines += importlib.import_module(f"benchmarks.{name}").measure(quick=arguments.quick)
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}\n")
    print(table(lines))
    missed = [line.what for line in lines if line.ok is False]
    if missed:
        print(f"\nOver budget: {'; '.join(missed)}")
    return 1 if missed else 0


sys.exit(main())
