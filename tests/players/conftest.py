"""Real players. Without mpv on this machine, the tests that need one are not collected, and pytest says so."""

import asyncio
import shutil
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from tests.players.listening import Listener
from tests.players.tones import Tones

_NEED_MPV = ["test_device*.py", "test_play_command.py"]

collect_ignore_glob = [] if shutil.which("mpv") else _NEED_MPV


def pytest_report_collectionfinish() -> list[str]:
    """Say it where it is seen: a conftest of a subfolder is loaded too late for the header itself."""
    missing = "not found, so most of tests/players is left out: install it"
    return [f"mpv: {shutil.which('mpv') or missing}"]


@pytest.fixture(scope="session")
def scanned(tmp_path_factory):
    """A folder of tones, and the data folder of a hub that has scanned it. Mpv reads ahead of what is heard: 0.4 s."""
    folder = tmp_path_factory.mktemp("scanned")

    async def scan():
        async with aclosing(LocalHub(folder / "data")) as hub:
            tones = Tones(folder / "music", hub)
            lengths = {"A": 1, "B": 1, "C": 1, "Counted": 2.4, "Counted too": 2.4, "Long": 60, "Longer": 60}
            for title, seconds in lengths.items():
                tones.write(title, seconds)
            await tones.scan()

    asyncio.run(scan())
    return folder


@pytest.fixture
async def tones(scanned, data_dir, tmp_path):
    """A hub that knows those tones; a test puts its own into another folder."""
    shutil.copytree(scanned / "data", data_dir)
    async with aclosing(LocalHub(data_dir)) as hub:
        yield Tones(tmp_path / "more music", hub)


@pytest.fixture
def listener(tones):
    return Listener(tones)
