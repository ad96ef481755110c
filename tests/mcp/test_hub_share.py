"""Sharing as an agent does it: by the words that a person uses, and with plain words about what the link can do."""

import json
from contextlib import aclosing
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from backends.local.hub.hub import LocalHub
from backends.local.hub.sharing.addresses import LinkAddress, note_link_address
from contract.hub.playlists import CREATE_PLAYLIST, CreatePlaylist
from server.mcp.caller import Caller, calling
from server.mcp.handlers import HANDLERS
from server.mcp.tool_list import listed_tools
from server.mcp.tools import call_tool
from tests.hub.library import SONGS, put
from tests.mcp.conftest import both


@pytest.fixture
async def share(data_dir):
    """Call hub_share; the answer's data, or its error's text."""
    library = put(data_dir, SONGS)
    [schema] = [tool.output_schema for tool in listed_tools(with_library=True) if tool.name == "hub_share"]
    async with aclosing(both(data_dir)) as backend:
        summer = CreatePlaylist(name="Summer", trackIds=[library.track("Jóga")])
        await backend.call(CREATE_PLAYLIST, summer)

        async def call(**arguments):
            with calling(Caller(backend, is_on_this_machine=lambda: True)):
                result = await call_tool(HANDLERS, backend, SimpleNamespace(name="hub_share", arguments=arguments))
            if result["isError"]:
                return result["content"][0]["text"]
            Draft202012Validator(schema).validate(result["structuredContent"])
            return json.loads(result["content"][0]["text"])

        yield call


async def served_at(data_dir, url, reach):
    async with aclosing(LocalHub(data_dir)) as hub:
        await note_link_address(hub.hub, LinkAddress(url, reach))


async def test_a_playlist_is_shared_by_its_name_with_a_link_to_pass_on(share, data_dir):
    await served_at(data_dir, "https://hub.example", "anywhere")
    made = await share(what="summer", note="Anna", days=7)
    [row] = made["shares"]
    assert row["url"].startswith(f"https://hub.example/share/playlist/{row['itemId']}?key=mhub_link_")
    assert (row["name"], row["note"]) == ("Summer", "Anna")
    assert "Pass the link on now" in made["hint"]
    [listed] = (await share(action="list"))["shares"]
    assert listed == {name: value for name, value in row.items() if name != "url"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (None, "the hub is not served"),
        (("http://127.0.0.1:38472", "machine"), "Nobody else can open this link"),
        (("http://192.168.1.20:38472", "network"), "on the hub's own network, and elsewhere only if"),
    ],
    ids=["nowhere", "machine", "network"],
)
async def test_it_says_plainly_when_the_link_leads_nowhere_from_elsewhere(share, data_dir, address, words):
    if address is not None:
        await served_at(data_dir, *address)
    made = await share(what="Homogenic")
    assert words in made["hint"]
    assert "--tunnel-url" in made["hint"]
    [row] = made["shares"]
    assert ("url" in row) == (address is not None)
    assert ("path" in row) == (address is None)


async def test_words_that_fit_several_things_share_none_of_them(share):
    asked = await share(what="Hurt")
    assert (asked["done"], asked["shares"]) == (False, [])
    assert len(asked["candidates"]) == 2
    assert (await share(action="list"))["shares"] == []


async def test_it_is_unshared_by_its_name_or_by_the_id_of_one_of_its_links(share):
    await share(what="Summer")
    assert (await share(action="unshare", what="summer"))["done"]
    assert (await share(action="unshare", what="summer"))["hint"] == "That is not shared."
    for _ in range(2):
        await share(what="Summer")
    several = await share(action="unshare", what="summer")
    assert (several["done"], len(several["shares"])) == (False, 2)
    assert (await share(action="unshare", what=several["shares"][0]["id"]))["done"]
    assert len((await share(action="list"))["shares"]) == 1


async def test_what_is_missing_or_unknown_is_told_with_the_next_step(share):
    assert "what is required for action=share" in await share()
    assert "No share has that id" in await share(action="unshare", what="shr_0f3a9c2e5b7d1846")
    assert "Nothing in the library fits" in (await share(what="zzzzqqq"))["hint"]
    assert "days" in await share(what="Summer", days=1000)
