"""Schemathesis, which nobody here wrote, against the running server: every check that it has, in every phase."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.schemathesis_hooks import DATA_DIR
from tests.programs import ROOT, environment_of, serving

HERE = Path(__file__).resolve().parent

PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")

MUSICENGINE = ("^/api/v1/", 25)
HUB = ("^/api/(?!v1/)", 3)
"""Paths, and how many examples of each operation and phase: the hub has ten times as many operations."""

ENDLESS = "/events$|/progress$"
"""Streams of events have no end to wait for: tests/wire/test_events.py."""


@pytest.mark.parametrize(
    ("system", "options"),
    [
        # What the schema allows is generated in Latin-1: among other scripts' characters are unreadable ones, which a
        # name may not have, and which no pattern can tell from the rest.
        pytest.param(MUSICENGINE, ("--mode", "all", "--generation-codec", "latin-1"), id="all-musicengine"),
        pytest.param(MUSICENGINE, ("--mode", "negative"), id="not-allowed-in-all-of-unicode"),
        pytest.param(HUB, ("--mode", "all", "--generation-codec", "latin-1"), id="all-hub"),
    ],
)
def test_no_check_fails(folders, system, options):
    served, examples = system
    with serving(folders.label) as (url, server):
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"),
            *(f"{url}/openapi.json", "--url", url, "--header", f"Authorization: Bearer {folders.caller.raw}"),
            *("--include-path-regex", served, "--exclude-path-regex", ENDLESS),
            *("--checks", "all", "--max-examples", str(examples), "--generation-deterministic", "--no-color"),
            *options,
        ]
        hooks = {"SCHEMATHESIS_HOOKS": "tests.conformance.schemathesis_hooks", DATA_DIR: str(folders.label)}
        environment = environment_of(**hooks, PYTHONPATH=str(ROOT), COLUMNS="120")
        done = subprocess.run(
            command, cwd=folders.label.parent, env=environment, capture_output=True, text=True, timeout=300
        )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout or (system is HUB and "Failures:" not in done.stdout)  # it has no library
    for phase in PHASES:
        assert re.search(rf"✅ +{phase} \(in", done.stdout), f"{phase} did not run"
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None
    assert int(cases[1]) > 5 * examples
    assert "Traceback" not in "\n".join(server.errors.read)
