"""The programs that these tests ask are started once; each test finds them as if nobody had asked before."""

import asyncio
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.conformance.cells import Cell, open_cells
from tests.conformance.data import Folders, forget_calls, prepare
from tests.conformance.hostile import CANARY, TRACKS
from tests.conformance.wire import Wire
from tests.programs import serving

COOKIE_FILE = "# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\texample\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Generator[Path, None, None]:
    """A home folder with a cookie file in it, as tools' examples have it; and none of the developer's settings."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "cookies.txt").write_text(COOKIE_FILE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MUSICENGINE_")]:
            patch.delenv(name)
        patch.setenv("HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def folders(home, tmp_path_factory) -> Folders:
    """The data folders, written once."""
    return asyncio.run(prepare(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def cells(folders) -> Generator[list[Cell], None, None]:
    """The eight cells of the matrix."""
    with open_cells(folders) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(folders) -> Generator[Wire, None, None]:
    """A server to send bytes to; at its end its log holds no traceback, and nothing of what it was sent."""
    with serving(folders.label) as (url, program):
        yield Wire(int(url.rpartition(":")[2]), folders.caller.raw)
    log = "\n".join(program.errors.read)
    assert "Traceback" not in log
    assert CANARY not in log


@pytest.fixture
def wire(server, folders) -> Generator[Wire, None, None]:
    """The same, which answers a good request after the test as it did before."""
    forget_calls(folders.label)
    yield server
    forget_calls(folders.label)
    assert server.get(f"{TRACKS}?limit=1").status == 200
