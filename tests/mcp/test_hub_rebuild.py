"""hub_rebuild: the person decides, in both eras; whoever can't be asked is told the command."""

from contextlib import aclosing

import mcp_types as types
import pytest
from mcp import Client

from contract.hub.playlists import CREATE_PLAYLIST, CreatePlaylist
from contract.hub.recovery import REBUILD_DATABASE
from server.mcp.server import build_server
from tests.hub.library import SONGS, put
from tests.hub.recovery.conftest import Folder
from tests.mcp.conftest import both

ERAS = ("legacy", "auto")


@pytest.fixture
async def folder(data_dir):
    """A library that is damaged, and was not looked at since."""
    put(data_dir, SONGS)
    async with aclosing(both(data_dir)) as backend:
        await backend.call(CREATE_PLAYLIST, CreatePlaylist(name="Monday"))
    folder = Folder(data_dir)
    folder.settle()
    folder.overwrite(0, size=4096)
    return folder


def person(answer, heard):
    """Somebody at the host who answers so."""

    async def asked(_context, params):
        heard.append(params.message)
        return answer

    return asked


def connected(data_dir, mode, answer=None, heard=None):
    options = {} if answer is None else {"elicitation_callback": person(answer, heard)}
    return Client(build_server(both(data_dir)), mode=mode, **options)


YES = types.ElicitResult(action="accept", content={"confirm": True})
NO = types.ElicitResult(action="accept", content={"confirm": False})
DECLINED = types.ElicitResult(action="decline")


@pytest.mark.parametrize("mode", ERAS)
async def test_a_tool_that_needs_the_database_says_what_to_call(folder, mode):
    async with connected(folder.path, mode) as client:
        answer = await client.call_tool("hub_list", {"kind": "playlists"})
    assert answer.is_error
    assert answer.content[0].text.startswith("database_unavailable: ")
    assert "hub_rebuild" in answer.content[0].text


@pytest.mark.parametrize("mode", ERAS)
async def test_once_the_person_agrees_it_is_rebuilt_and_everything_answers(folder, mode):
    heard = []
    async with connected(folder.path, mode, YES, heard) as client:
        answer = (await client.call_tool("hub_rebuild", {})).structured_content
        assert answer["done"]
        assert any("hub.db made anew" in sentence for sentence in answer["report"])
        lists = (await client.call_tool("hub_list", {"kind": "playlists"})).structured_content
        assert [playlist["name"] for playlist in lists["items"]] == ["Monday"]
        again = (await client.call_tool("hub_rebuild", {})).structured_content
        assert again["report"] == ["Nothing is wrong with the databases. Nothing was changed."]
    [question] = heard
    assert "nothing is deleted" in question


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize("answer", [NO, DECLINED], ids=["no", "declined"])
async def test_if_the_person_does_not_agree_nothing_is_changed(folder, mode, answer):
    heard, before = [], folder.files()
    async with connected(folder.path, mode, answer, heard) as client:
        said = (await client.call_tool("hub_rebuild", {})).structured_content
    assert (said["done"], len(heard)) == (False, 1)
    assert "did not agree" in said["hint"]
    assert folder.files() == before


@pytest.mark.parametrize("mode", ERAS)
async def test_a_host_that_cannot_ask_gets_the_command(folder, mode):
    before = folder.files()
    async with connected(folder.path, mode) as client:
        said = (await client.call_tool("hub_rebuild", {})).structured_content
    assert not said["done"]
    assert "musicengine-mcp rebuild" in said["hint"]
    assert folder.files() == before


async def test_an_answer_to_a_question_that_was_never_asked_does_nothing(folder):
    """A model that writes its own consent into the call has not been given any."""
    before = folder.files()
    async with connected(folder.path, "auto", YES, []) as client:
        params = types.CallToolRequestParams(
            name="hub_rebuild", arguments={}, input_responses={"confirm": YES}, request_state="made up"
        )
        answer = await client.session.send_request(types.CallToolRequest(params=params), types.InputRequiredResult)
    assert answer.result_type == "input_required"
    assert folder.files() == before


def test_the_tool_may_change_things_and_says_so():
    assert REBUILD_DATABASE.effect.value == "update"
