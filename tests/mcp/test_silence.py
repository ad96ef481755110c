"""Nothing that a caller sends comes back in an error or a log: it may be a secret, or text made to be obeyed."""

import logging
import sys
from urllib.parse import quote

import anyio
import pytest
from mcp import Client, MCPError, stdio_client

from contract.musicengine.tools import TOOLS
from tests.canaries import Search
from tests.mcp.conftest import command

PLAIN = "CANARYplain0123456789"

ADDRESSES = (
    "{}",
    "musicengine://{}",
    "musicengine://operations/{}",
    "musicengine://tracks/{}",
    "musicengine://tracks/USXXX1234567{}",
    "musicengine://openapi.json/{}",
    "file:///{}",
)

each_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


@pytest.fixture
def search():
    found = Search()
    found.canaries.append(PLAIN + "xyz")  # what is searched for besides the whole value leaves the last three out
    return found


def disguises(canary):
    """A canary as an argument of every JSON type, and as what only begins like something acceptable."""
    yield canary
    yield canary * 50
    yield [canary]
    yield {canary: canary}
    yield f"USXXX1234567 {canary}"
    yield f"https://open.spotify.com/track/{PLAIN}xyz"
    yield f"https://open.spotify.com/track/abc?{canary}"
    yield f"2026-13-{canary}"
    yield f"{canary}\ud800"
    yield f"/tmp/{canary}/cookies.txt"
    yield f"~{canary}/cookies.txt"


async def test_no_argument_of_any_tool_is_repeated_by_an_error(label, connect, search, caplog, transport):
    caplog.set_level(logging.DEBUG)
    errors = 0
    async with connect() as client:
        for tool in TOOLS:
            for name in tool.arguments.model_fields:
                for disguise in disguises(search.plant()):
                    if transport == "stdio" and "\ud800" in str(disguise):
                        continue  # no client can write it
                    result = await client.call_tool(tool.name, {**tool.example, name: disguise})
                    if result.is_error:
                        errors += 1
                        search.add(f"{tool.name}({name})", result.model_dump(mode="json"))
    if transport == "in-process":
        for number, record in enumerate(caplog.records):
            if record.name.partition(".")[0] in {"server", "backends", "contract"}:
                search.add(f"log {number}", record)
    assert errors > 100
    assert search.leaks() == []


@each_tool
async def test_neither_an_unknown_arguments_name_nor_its_value_is_repeated(ask, search, tool):
    result = await ask(tool.name, **tool.example, **{search.plant(): search.plant()})
    assert result.is_error
    search.add("result", result.model_dump(mode="json"))
    assert search.leaks() == []


async def test_an_unknown_tool_is_a_protocol_error_that_names_the_known_ones(label, connect, search):
    async with connect() as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(search.plant(), {search.plant(): search.plant()})
    assert caught.value.error.code == -32602
    assert all(tool.name in caught.value.error.message for tool in TOOLS)
    search.add("error", caught.value.error.model_dump(mode="json"))
    assert search.leaks() == []


async def test_no_resource_address_is_repeated_by_an_error(label, connect, search):
    async with connect() as client:
        for template in ADDRESSES:
            for canary in (search.plant(), quote(search.plant(), safe=""), PLAIN + "xyz"):
                with pytest.raises(MCPError) as caught:
                    await client.read_resource(template.format(canary))
                assert caught.value.error.code == -32602
                search.add(template, caught.value.error.model_dump(mode="json"))
    assert search.leaks() == []


async def test_nothing_of_a_call_is_written_to_the_log_of_a_running_server(label, search, tmp_path):
    log = tmp_path / "stderr.txt"
    with log.open("w") as stderr, anyio.fail_after(20):
        async with Client(stdio_client(command(label), errlog=stderr)) as client:
            for tool in TOOLS:
                for name in tool.arguments.model_fields:
                    await client.call_tool(tool.name, {**tool.example, name: search.plant()})
            with pytest.raises(MCPError):
                await client.read_resource(f"musicengine://tracks/{search.plant()}")
            with pytest.raises(MCPError):
                await client.call_tool(search.plant())
    search.add("stderr", log.read_bytes())
    assert search.leaks() == []
    assert sys.executable not in log.read_text()
