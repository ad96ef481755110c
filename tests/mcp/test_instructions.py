"""What an agent is told at the start, in both eras of the protocol."""

import re

from contract.hub.tools import TOOLS as HUB_TOOLS
from contract.musicengine.tools import TOOLS as CATALOGUE_TOOLS
from musicengine_mcp import __version__
from server.mcp.server import instructions
from tests.mcp.conftest import in_process


async def test_both_eras_tell_the_same_and_no_host_cuts_it(connect):
    async with connect() as client:
        assert client.instructions == instructions()
        assert 200 < len(client.instructions) < 2048


@in_process
async def test_the_server_says_its_name_and_version(connect):
    async with connect() as client:
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("musicengine-mcp", __version__)


@in_process
async def test_tools_and_resources_are_what_it_offers(connect):
    async with connect() as client:
        capabilities = client.server_capabilities.model_dump(exclude_none=True)
    assert {"tools", "resources"} <= set(capabilities)
    assert "prompts" not in capabilities


def test_every_tool_that_the_instructions_name_is_there():
    named = {name.rstrip("_") for name in re.findall(r"(?:catalogue|hub)_\w+", instructions())}
    assert named
    assert named <= {tool.name for tool in (*CATALOGUE_TOOLS, *HUB_TOOLS)}


def test_where_there_is_no_library_nothing_is_said_of_one():
    assert "hub_" not in instructions(with_library=False)
