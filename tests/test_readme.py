"""The README tells the truth: its commands run, its configurations start the server, its transcript is the demo's."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from contract.hub.tools import TOOLS as HUB_TOOLS
from contract.musicengine.about import LOCAL_URL
from contract.musicengine.tools import TOOLS as CATALOGUE_TOOLS
from server.demo.library import make_library
from tests.programs import ROOT, address_of, started

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOOLS = (*CATALOGUE_TOOLS, *HUB_TOOLS)
SAMPLES = ROOT / "server" / "demo" / "samples"

COMMANDS = [line for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
SERVE = "musicengine-mcp serve"
OURS = [command for command in COMMANDS if command.startswith("musicengine-mcp ") and command != SERVE]
OF_THE_HUB = "\n".join(re.findall(r"```shell\n(.*?)\n```", README, re.DOTALL)).splitlines()
OVER_HTTP = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
CONFIGURATIONS = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
HOSTS = [text for text in CONFIGURATIONS if '"command"' in text]
OVER_HTTP_HOSTS = [text for text in CONFIGURATIONS if '"url"' in text]
TRANSCRIPT = re.findall(r"```text\n(.*?)```", README, re.DOTALL)[0]

COOKIES = "# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\texample\n"


def test_the_two_commands_stand_in_the_readme_and_ci_runs_them_as_they_stand():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert COMMANDS[:2] == ["pip install . && musicengine-mcp demo", "pip install '.[test]' && pytest"]
    assert COMMANDS[1] in ci
    assert "musicengine-mcp demo" in ci


def test_every_command_of_ours_succeeds_in_the_order_of_the_readme(tmp_path: Path):
    for sample in SAMPLES.iterdir():
        shutil.copy(sample, tmp_path)
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    make_library(tmp_path / "Music", SAMPLES / "catalogue.csv")
    (tmp_path / "party.m3u8").write_text("Music/Lune Marélie/Glass Orchard/Glass Orchard.flac\n", encoding="utf-8")

    for command in OURS:
        done = ours(shlex.split(command)[1:], cwd=tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"

    assert len(OURS) >= 10
    assert list(tmp_path.glob("*.rejects.csv")) == []


def test_the_catalogue_that_it_shows_is_one_and_a_statement_does_without(tmp_path: Path):
    [catalogue] = re.findall(r"```csv\n(.*?)```", README, re.DOTALL)
    (tmp_path / "catalogue.csv").write_text(catalogue, encoding="utf-8")
    shutil.copy(SAMPLES / "distrokid.csv", tmp_path)

    for name in ("catalogue", "distrokid"):
        assert ours(["import", f"{name}.csv", "--data-dir", name], cwd=tmp_path).returncode == 0
        listed = ours(["workspaces", "list", "--data-dir", name], cwd=tmp_path).stdout.split("\t")[1]
        assert (listed == "2 tracks") if name == "catalogue" else (listed != "0 tracks"), name

    assert list(tmp_path.glob("*.rejects.csv")) == []


def test_every_command_is_one_that_a_test_runs():
    others = [command for command in COMMANDS[2:] if command not in OURS]

    assert others == ["claude mcp add musicengine -- musicengine-mcp", SERVE]
    assert [shlex.split(command)[:3] for command in OVER_HTTP] == [
        ["curl", "--header", "Authorization: Bearer $KEY"],
        ["claude", "mcp", "add"],
    ]


@pytest.mark.parametrize("configuration", HOSTS)
async def test_each_host_configuration_starts_the_server(configuration: str, data_dir: Path):
    [servers] = json.loads(configuration).values()
    host = servers["musicengine"]

    assert await tools_of(host["command"], host["args"], data_dir, host.get("env")) == [tool.name for tool in TOOLS]


async def test_what_is_said_of_http_works(data_dir: Path):
    key = ours(["keys", "create", "--name", "README"], cwd=data_dir.parent).stdout.strip()
    with serving(shlex.split(SERVE)[1:]) as address:
        curl, claude = (shlex.split(at(address, command).replace("$KEY", key)) for command in OVER_HTTP)
        [cursor] = (next(iter(json.loads(at(address, text)).values()))["musicengine"] for text in OVER_HTTP_HOSTS)
        header, value = curl[2].split(": ")
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(curl[3], headers={header: value})
        assert answer.json()["pagination"]["limit"] == 2
        for url, headers in (
            (claude[claude.index("musicengine") + 1], dict([claude[-1].split(": ")])),
            (cursor["url"], {name: text.replace("${env:KEY}", key) for name, text in cursor["headers"].items()}),
        ):
            async with (
                httpx2.AsyncClient(headers=headers) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                assert [tool.name for tool in (await client.list_tools()).tools] == [
                    tool.name for tool in CATALOGUE_TOOLS
                ]


async def test_what_is_said_of_the_hubs_api_works(data_dir: Path, tmp_path: Path):
    make_library(tmp_path / "Music", SAMPLES / "catalogue.csv")
    assert ours(["scan", "Music"], cwd=tmp_path).returncode == 0
    with serving(shlex.split(SERVE)[1:]) as address:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            info, search, events = (at(address, shlex.split(command)[-1]) for command in OF_THE_HUB)
            assert (await http.get(info)).json()["caller"] == "local"
            assert [track["title"] for track in (await http.get(search)).json()["tracks"]["items"]] == ["Snöglob"]
            async with http.stream("GET", events) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
            assert "<audio" in (await http.get(address)).text or "player" in (await http.get(address)).text


async def test_what_claude_code_is_given_starts_the_server(data_dir: Path):
    [command] = [command for command in COMMANDS if command.startswith("claude mcp add")]
    program, *arguments = shlex.split(command.split(" -- ")[1])

    assert await tools_of(program, arguments, data_dir) == [tool.name for tool in TOOLS]


def test_every_tool_stands_in_the_readme():
    assert set(re.findall(r"^\| `((?:catalogue|hub)_\w+)`", README, re.MULTILINE)) == {tool.name for tool in TOOLS}


def test_the_transcript_is_what_the_demo_prints_and_nothing_is_left_behind(tmp_path: Path):
    done = ours(["demo"], cwd=tmp_path, env={"TMPDIR": str(tmp_path)})

    assert done.stdout == TRANSCRIPT
    assert (done.stderr, done.returncode) == ("", 0)
    assert list(tmp_path.iterdir()) == []


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def ours(arguments: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, from another folder."""
    return subprocess.run(
        [program("musicengine-mcp"), *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def at(address: str, text: str) -> str:
    """The text with the address in place of the README's, which it must name."""
    assert LOCAL_URL in text
    return text.replace(LOCAL_URL, address)


@contextmanager
def serving(arguments: list[str]) -> Generator[str]:
    """Serve as the README says until the block ends, but on a free port; yields the address."""
    command = [program("musicengine-mcp"), *arguments, "--port", "0"]
    with started(command, os.environ) as server:
        yield address_of(server)


async def tools_of(command: str, arguments: list[str], data_dir: Path, env: dict[str, str] | None = None) -> list[str]:
    """The names of the tools that a host would see."""
    process = StdioServerParameters(
        command=program(command), args=arguments, env={"MUSICENGINE_DATA_DIR": str(data_dir), **(env or {})}
    )
    with anyio.fail_after(60):
        async with Client(stdio_client(process)) as client:
            return [tool.name for tool in (await client.list_tools()).tools]


def program(command: str) -> str:
    """The installed command of the environment that runs the tests."""
    assert command == "musicengine-mcp"
    return str(Path(sysconfig.get_path("scripts")) / command) if sys.platform != "win32" else command
