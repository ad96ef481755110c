"""The official MCP conformance suite against /mcp: as it is, and with the suite's fixtures in front of it.

python .ci/mcp_conformance.py      (run by .ci/run; needs npm, and takes about half a minute)
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
NODE = "node@22"  # the suite needs it; npm's package of that name is the program itself

REQUIRED = {"2025-11-25": 30, "2026-07-28": 37}
"""Scenarios that the suite requires of a server of each revision."""

NEEDS_FIXTURES = ROOT / "tests/mcp_conformance/needs_fixtures.toml"

_RESULT = re.compile(r"^([✓✗]) ([\w-]+): \d+ passed, \d+ failed$", re.MULTILINE)
_NOT_SCORED = re.compile(r"^  [✓✗] ([\w-]+) \([\w-]+\)$", re.MULTILINE)


def main() -> None:
    """Run each revision against both servers; exit with 1 if anything differs from what is written down."""
    expected = tomllib.loads(NEEDS_FIXTURES.read_text(encoding="utf-8"))
    deviations: list[str] = []
    with tempfile.TemporaryDirectory(prefix="mcp-conformance-") as name:
        folder = Path(name)
        install(folder)
        for kind in ("plain", "overlay"):
            with served(kind) as url:
                for revision in REQUIRED:
                    failing = set(expected[revision]) if kind == "plain" else set()
                    deviations += check(folder, kind, url, revision, failing)
    if deviations:
        sys.exit("\n".join(deviations))


def check(folder: Path, kind: str, url: str, revision: str, expected: set[str]) -> list[str]:
    """Run what the revision requires; print how many passed, and return what is not as expected."""
    output = conformance(folder, url, revision)
    not_scored = set(_NOT_SCORED.findall(output))
    results = {name: mark == "✓" for mark, name in _RESULT.findall(output) if name not in not_scored}
    failed = {name for name, passed in results.items() if not passed}
    said = f"{len(results) - len(failed)} of {len(results)} scenarios passed"
    beside = f"; the other {len(failed)} need the suite's own fixtures" if expected and failed == expected else ""
    print(f"{kind}, {revision}: {said}{beside}", flush=True)
    wrong = [f"{kind}, {revision}: {name} failed" for name in sorted(failed - expected)]
    wrong += [f"{kind}, {revision}: {name} passes now; take it off the list" for name in sorted(expected - failed)]
    if len(results) != REQUIRED[revision]:
        wrong.append(f"{kind}, {revision}: {len(results)} scenarios ran, and not {REQUIRED[revision]}")
    return wrong + ([output] if wrong else [])


def install(folder: Path) -> None:
    """The suite and its Node, into the folder."""
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error", SUITE, NODE]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300, check=True)


def conformance(folder: Path, url: str, revision: str) -> str:
    """What the suite says."""
    programs = folder / "node_modules/.bin"
    done = subprocess.run(
        [programs / "conformance", "server", "--url", url, "--requirements", revision, "-o", folder / "results"],
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,  # scenarios that fail are told apart above
    )
    return done.stdout


@contextmanager
def served(kind: str) -> Iterator[str]:
    """The address of such a server, for as long as the block lasts."""
    command = [sys.executable, "-m", "tests.mcp_conformance.server", kind]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            raise RuntimeError("pipes were asked for")
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()  # it ends by itself
            server.wait(timeout=20)


if __name__ == "__main__":
    main()
