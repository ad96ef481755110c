"""The variables that lead tools to a service: what they turn on, what is refused, and what stays on this machine."""

import argparse
import sys

import anyio
import pytest

from backends.data_entry import AT_THE_SERVICE, BY_IMPORT, how_data_enters
from contract.errors import InvalidRequest
from contract.musicengine import BASE_URL
from server.backends import open_backend
from server.cli import run
from server.settings import RemoteSettings, Settings
from tests.remote.conftest import KEY

NOTE = (
    "note: this works on this machine's data; the tools read from the service that MUSICENGINE_API_KEY and "
    "MUSICENGINE_BASE_URL name.\n"
)


@pytest.fixture
def say(monkeypatch):
    """Set variables of the environment, and return what the settings make of them."""
    monkeypatch.delenv("MUSICENGINE_ALLOW_HTTP", raising=False)

    def settings(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"MUSICENGINE_{name}", value)
        return Settings.of(argparse.Namespace())

    return settings


@pytest.mark.parametrize("empty", [{}, {"API_KEY": ""}, {"API_KEY": " ", "BASE_URL": "\n"}, {"ALLOW_HTTP": "1"}])
def test_without_either_variable_the_data_is_on_this_machine(say, empty):
    assert say(**empty).remote is None


def test_a_key_alone_leads_to_the_hosted_service(say):
    assert say(API_KEY=f"{KEY}\n").remote.checked() == RemoteSettings(f"{BASE_URL}/", KEY)


def test_an_address_leads_there(say):
    remote = say(API_KEY=KEY, BASE_URL=" http://localhost:38472/below ").remote.checked()
    assert remote.base_url == "http://localhost:38472/below/"


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("true", True), ("YES", True), ("0", False), ("", False)])
def test_http_to_other_machines_is_allowed_by_a_variable_of_its_own(say, value, allowed):
    settings = say(API_KEY=KEY, BASE_URL="http://10.0.0.1", ALLOW_HTTP=value)
    if allowed:
        assert open_backend(settings)
    else:
        with pytest.raises(InvalidRequest, match="https"):
            open_backend(settings)


def test_neither_the_key_nor_the_address_is_printed(say):
    assert "CANARY" not in repr(say(API_KEY=KEY, BASE_URL="https://CANARY@example.com"))


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"BASE_URL": "https://example.com"}, "MUSICENGINE_API_KEY"),
        ({"API_KEY": "CANARY\nkey", "BASE_URL": "https://example.com"}, "MUSICENGINE_API_KEY"),
        ({"API_KEY": KEY, "BASE_URL": "http://CANARY.example"}, "MUSICENGINE_BASE_URL"),
        ({"API_KEY": KEY, "BASE_URL": "https://CANARY@example.com"}, "MUSICENGINE_BASE_URL"),
    ],
)
def test_what_is_wrong_with_them_is_said_at_the_start_and_names_the_variable(say, capsys, variables, named):
    say(**variables)
    assert run([]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert named in err
    assert "CANARY" not in err
    assert err.count("\n") == 1


def test_a_service_needs_no_data_folder(say, data_dir):
    open_backend(say(API_KEY=KEY))
    assert not data_dir.exists()


@pytest.mark.parametrize("command", [["workspaces", "list"], ["keys", "list"], ["profiles", "list"]])
@pytest.mark.parametrize("variables", [{"API_KEY": KEY}, {"BASE_URL": "nonsense"}])
def test_a_command_says_that_it_works_on_this_machine_in_one_line(say, capsys, command, variables):
    say(**variables)
    assert run(command) == 0
    err = capsys.readouterr().err
    assert err.count(NOTE) == 1


@pytest.mark.parametrize("command", [["docs", "list_tracks"]])
def test_a_command_without_data_has_nothing_to_say(say, capsys, command):
    say(API_KEY=KEY)
    assert run(command) == 0
    assert capsys.readouterr().err == ""


def test_without_a_service_there_is_nothing_to_say(say, capsys):
    say()
    assert run(["workspaces", "list"]) == 0
    assert "note" not in capsys.readouterr().err


def test_the_help_names_both_variables(capsys):
    with pytest.raises(SystemExit):
        run(["--help"])
    text = capsys.readouterr().out
    assert "MUSICENGINE_API_KEY" in text
    assert "MUSICENGINE_BASE_URL" in text


async def test_the_http_client_is_not_loaded_before_it_is_needed():
    script = (
        "import os, sys; os.environ['MUSICENGINE_API_KEY'] = 'k'\n"
        "import argparse; from server.settings import Settings; from server.backends import open_backend\n"
        "open_backend(Settings.of(argparse.Namespace()))\n"
        "print([name for name in ('httpx', 'aiosqlite') if name in sys.modules])"
    )
    with anyio.fail_after(20):
        ended = await anyio.run_process([sys.executable, "-c", script])
    assert ended.stdout.strip() == b"[]"


def test_before_the_first_call_it_is_known_that_data_enters_at_the_service(data_dir):
    remote = RemoteSettings("http://127.0.0.1:1", "isrc_live_x")
    assert how_data_enters(open_backend(Settings(data_dir, "default", remote))) == AT_THE_SERVICE
    assert how_data_enters(open_backend(Settings(data_dir, "default"))) == BY_IMPORT
