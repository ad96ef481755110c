"""What a server loads before it answers for the first time."""

import subprocess
import sys
from pathlib import Path

import pytest

_LOAD = "import sys, server.http.app, server.http.serving; print(*sys.modules)"

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    run = subprocess.run([sys.executable, "-c", _LOAD], cwd=_ROOT, text=True, capture_output=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "PIL",
        "anyascii",
        "backends.local.analytics",
        "backends.local.hub.indexing.applying",
        "backends.local.hub.live.streams",
        "backends.local.hub.recovery.rebuilding",
        "backends.local.hub.search",
        "backends.local.hub.sharing.shares",
        "contract.publish.html",
        "mutagen",
        "rapidfuzz",
        "segno",
        "server.http.hub.media",
        "server.http.hub.share_page",
        "server.mcp.handlers",
    ],
)
def test_a_server_starts_without_what_later_requests_need(loaded, module):
    assert "server.http.app" in loaded
    assert module not in loaded
