"""`musicengine-mcp pair`: the library's tools work on a hub elsewhere, and go back to this machine's."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.storage import PAIRED_HUB_NAME
from contract.hub.pairing import ARM_PAIRING, ArmPairing
from contract.hub.search import SEARCH_LIBRARY, SearchLibrary
from server.backends import open_backend
from server.cli import run
from server.settings import Settings
from tests.hub.library import SONGS, put
from tests.serving import served


@pytest.fixture
def command(capfd):
    """Run a command in a thread, as it runs a loop of its own; return its exit code, output and errors."""

    def call(*arguments):
        with ThreadPoolExecutor(1) as pool:
            code = pool.submit(run, list(arguments)).result()
        return (code, *capfd.readouterr())

    return call


@pytest.fixture
def service(tmp_path):
    there = tmp_path / "there"
    put(there, SONGS)
    with served(there) as service:
        yield service


@pytest.fixture
async def code(service):
    async with aclosing(LocalHub(service.folder)) as hub:
        return (await hub.call(ARM_PAIRING, ArmPairing())).pairingCode


async def found(data_dir):
    """What the tools' backend finds of a song that is only there, with settings as the program takes them."""
    settings = Settings.of(type("Arguments", (), {"data_dir": str(data_dir)})())
    async with aclosing(open_backend(settings)) as backend:
        answer = await backend.call(SEARCH_LIBRARY, SearchLibrary(q="Bachelorette", remember=False))
    return [track["title"] for track in answer.tracks["items"]]


async def test_the_tools_work_on_the_hub_until_it_is_forgotten(command, data_dir, service, code):
    assert await found(data_dir) == []
    status, out, errors = command("pair", service.far_url, code, "--name", "Laptop")
    assert (status, errors) == (0, "")
    assert "Laptop" in out
    assert "mhub_" not in out
    assert await found(data_dir) == ["Bachelorette"]
    async with aclosing(LocalHub(service.folder)) as hub:
        assert [name for (name,) in await hub.hub.user.read("SELECT name FROM devices")] == ["Laptop"]
    assert "library again" in command("pair", "--forget")[1]
    assert not (data_dir / PAIRED_HUB_NAME).exists()
    assert await found(data_dir) == []


def test_a_wrong_code_says_how_to_get_another_and_keeps_nothing(command, data_dir, service, code):
    status, _, errors = command("pair", service.far_url, "BCDF-GHJK")
    assert status == 1
    assert "devices arm" in errors
    assert "BCDF" not in errors
    assert not (data_dir / PAIRED_HUB_NAME).exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://music.example:38472", "https://"),
        ("ftp://music.example", "must begin with https://"),
        ("https://user:CANARY@music.example", "must have no user name"),
    ],
)
def test_an_address_where_tokens_could_be_read_is_refused(command, url, says):
    status, _, errors = command("pair", url, "BCDF-GHJK")
    assert status == 1
    assert says in errors
    assert "CANARY" not in errors


def test_without_an_address_it_says_what_is_missing(command):
    status, _, errors = command("pair")
    assert status == 1
    assert "address is missing" in errors


def test_a_hub_that_an_environment_names_needs_a_token_or_a_pairing(monkeypatch, data_dir):
    monkeypatch.setenv("MUSIC_HUB_URL", "https://hub.example")
    settings = Settings.of(type("Arguments", (), {"data_dir": str(data_dir)})())
    assert settings.hub is not None
    assert "hub.example" not in repr(settings)
    assert settings.hub.token is None
