"""What agents send nearly right is taken as it is meant; what is wrong is told in the words of the tool."""

from contextlib import aclosing
from types import SimpleNamespace

import pytest

from backends.local.musicengine import LocalMusicEngine
from contract.hub.tool_arguments import ListArguments
from contract.hub.tools import LIST_TOOL
from server.mcp.caller import Caller, calling
from server.mcp.handlers import HANDLERS
from server.mcp.tools import call_tool
from tests.hub.audio_files import write_file
from tests.label import store
from tests.mcp.conftest import both, in_process
from tests.mcp.hub_clients import connected

SONGS = (
    ("Chapter 11", "The Readers", "Book"),
    ("Symphony No. 40", "Some Orchestra", "Late Works"),
    ("Thunder", "Northern Lights", "Storms"),
)


@pytest.fixture
async def call(data_dir, tmp_path):
    """Call a tool over a small library; the answer's data, or its error's text."""
    for number, (title, artist, album) in enumerate(SONGS):
        path = tmp_path / "music" / f"{number}.flac"
        write_file(path, "flac", distinct=number, title=title, artist=artist, album=album, genres=[f"Genre {number}"])
    async with aclosing(both(data_dir)) as backend:

        async def answer(tool, **arguments):
            with calling(Caller(backend, is_on_this_machine=lambda: True)):
                result = await call_tool(HANDLERS, backend, SimpleNamespace(name=tool, arguments=arguments))
            return result["content"][0]["text"] if result["isError"] else result["structuredContent"]

        await answer("hub_scan", folders=[str(tmp_path / "music")])
        yield answer


async def ids(call):
    return [row["id"] for row in (await call("hub_list", kind="tracks"))["items"]]


async def test_ids_are_taken_in_any_case_and_with_spaces_around_them(call):
    first, *_ = await ids(call)
    sent = f" {first.upper()} "
    assert (await call("hub_play", what=sent))["what"]["id"] == first
    assert (await call("hub_get", id=sent))["item"]["id"] == first
    assert (await call("hub_get_metadata", track=sent))["metadata"]["id"] == first
    assert (await call("hub_save", ids=[sent]))["changed"] == 1
    made = await call("hub_edit_playlist", action="create", name="Mine", tracks=[sent])
    assert made["playlist"]["trackCount"] == 1


async def test_lists_and_objects_are_taken_as_text_too(call):
    first, second, _ = await ids(call)
    assert (await call("hub_save", ids=first))["changed"] == 1
    assert (await call("hub_save", ids=f'["{first}", "{second}"]')) == {"changed": 1, "unchanged": 1}
    fixed = await call("hub_fix_metadata", track=first, set='{"title": "New"}')
    assert fixed["metadata"]["fields"][0]["shown"] == "New"
    assert (await call("hub_fix_metadata", track=first, reset="title"))["metadata"]["fields"][0]["source"] == "file"
    assert (await call("hub_save", ids="[" * 5000)).startswith("invalid_request: ids")


async def test_another_number_is_another_thing_however_near_the_words(call):
    for wrong in ("Chapter 1", "Symphony No. 4", "Symphony 4"):
        answer = await call("hub_play", what=wrong)
        assert not answer["done"], wrong
        assert len(answer["candidates"]) == 1, wrong
        assert "ask whether it is meant" in answer["hint"]
    for right in ("Chapter 11", "symphony 40", "Simphony no 40"):
        assert (await call("hub_play", what=right))["done"], right


@pytest.mark.parametrize("what", ["trk_zz", "que_0000000000000001", "ent_0000000000000000"])
async def test_what_is_like_an_id_but_names_nothing_to_play_is_no_words(call, what):
    told = await call("hub_play", what=what)
    assert told.startswith("invalid_request: what must be the id of a track, album, artist or playlist")
    assert told.endswith("Call hub_search to get ids.")


async def test_what_can_be_got_is_told(call):
    for wrong in ("Thunder", "", "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp"):
        told = await call("hub_get", id=wrong)
        assert "the id of a track, album, artist or playlist, such as trk_0f3a9c2e5b7d1846, or an ISRC" in told
    told = await call("hub_get", id="ple_0000000000000001")
    assert "what was sent is the id of a playlist entry. Call hub_search to get ids." in told


@pytest.mark.parametrize(
    ("tool", "arguments", "begin", "end"),
    [
        ("hub_edit_playlist", {"action": "create", "name": "A", "tracks": ["alb_0f3a9c2e5b7d1846"]}, "tracks.0", None),
        ("hub_edit_playlist", {"action": "create", "name": "A", "tracks": ["trk_0000000000000000"]}, "tracks.0", None),
        ("hub_edit_playlist", {"action": "delete", "playlist": "trk_0f3a9c2e5b7d1846"}, "playlist must be", None),
        (
            "hub_edit_playlist",
            {"action": "remove", "playlist": "pls_0f3a9c2e5b7d1846", "entries": ["trk_0f3a9c2e5b7d1846"]},
            "entries.0",
            "hub_get of the playlist shows the entries' ids.",
        ),
        ("hub_control", {"action": "remove", "entries": ["x"]}, "entries.0", "hub_now_playing shows the entries' ids."),
        ("hub_control", {"action": "play", "entries": ["x"]}, "entries must be", None),
        (
            "hub_control",
            {"action": "remove", "entries": ["que_0f3a9c2e5b7d1846"]},
            "The queue has no entry",
            "those of the queue from hub_now_playing.",
        ),
        ("hub_control", {"action": "seek", "seconds": 1e308}, "seconds must be", None),
        ("hub_control", {"action": "seek", "seconds": "Infinity"}, "seconds must be", None),
        ("hub_save", {"ids": ["x"]}, "ids.0", "Call hub_search to get ids."),
        ("hub_browse", {"section": "folders", "folder": "Music"}, "folder must be the folder of an item", None),
    ],
)
async def test_errors_name_the_tools_own_arguments_and_the_next_tool(call, tool, arguments, begin, end):
    told = await call(tool, **arguments)
    assert told.partition(": ")[2].startswith(begin), told
    assert end is None or told.endswith(end), told


async def test_errors_of_metadata_name_the_tools_own_arguments(call):
    first, *_ = await ids(call)
    told = await call("hub_fix_metadata", track=first, set={"titel": "x"})
    assert told.startswith("invalid_request: A field in set is not known. Fields: title, artist,")
    assert "set.title must" in await call("hub_fix_metadata", track=first, set={"title": 5})
    assert "reset.0 must" in await call("hub_fix_metadata", track=first, reset=["nope"])
    assert "apply.0 must" in await call("hub_fix_metadata", track=first, apply=["nope"])


@pytest.mark.parametrize("kind", ["tracks", "albums", "artists", "playlists"])
async def test_each_sort_that_an_error_names_is_one_that_the_tool_takes(call, kind):
    sorts = LIST_TOOL.arguments.model_json_schema()["properties"]["sort"]["anyOf"][0]["enum"]
    answers = {sort: await call("hub_list", kind=kind, sort=sort) for sort in sorts}
    taken = {sort for sort, answer in answers.items() if not isinstance(answer, str)}
    told = next(answer for answer in answers.values() if isinstance(answer, str))
    assert set(told.split("'")[1::2]) == taken


@pytest.mark.parametrize("kind", ["saved", "plays", "searches", "artists"])
async def test_an_argument_that_a_list_does_not_take_is_named(call, kind):
    told = await call("hub_list", kind=kind, album="alb_0f3a9c2e5b7d1846")
    assert told.startswith(f"invalid_request: album does not go with kind={kind}. What goes with it: ")
    offered = told.rpartition(": ")[2].rstrip(".").split(", ")
    assert set(offered) <= set(ListArguments.model_fields) - {"kind"}


async def test_what_is_queued_while_nothing_plays_is_not_told_to_be_playing(call):
    first, *_ = await ids(call)
    queued = await call("hub_play", what=first, when="last")
    assert queued["session"]["state"] == "stopped"
    assert queued["hint"] == "It is in the queue, but nothing is playing: hub_control with action=play starts it."
    assert (await call("hub_control", action="play"))["session"]["track"]["id"] == first


async def test_an_entry_is_moved_to_play_next_by_what_the_session_says(call):
    tracks = await ids(call)
    await call("hub_play", what=tracks[0])
    for each in tracks:
        await call("hub_play", what=each, when="last")
    session = (await call("hub_control", action="next"))["session"]
    last = session["next"][-1]["entryId"]
    told = await call("hub_control", action="move", entries=[last])
    assert told == "invalid_request: position is required for action=move."
    moved = await call("hub_control", action="move", entries=[last], position=session["queuePosition"] + 1)
    assert moved["session"]["next"][0]["entryId"] == last
    assert moved["session"]["queuePosition"] == 1


async def test_a_scan_without_any_folder_asks_for_one(data_dir):
    async with connected(data_dir, "in-process", "legacy") as client:
        told = (await client.call_tool("hub_scan", {})).content[0].text
    assert told.startswith("invalid_request: The library has no folder yet. Ask the user")


async def test_the_library_at_a_glance_stays_short_with_many_genres(data_dir, tmp_path):
    for number in range(40):
        path = tmp_path / "music" / f"{number}.mp3"
        write_file(path, "mp3", distinct=number, title=f"{number}", artist="One", genres=[f"Genre {number}"])
    async with connected(data_dir, "in-process", "legacy") as client:
        await client.call_tool("hub_scan", {"folders": [str(tmp_path / "music")]})
        seen = (await client.call_tool("hub_browse", {})).structured_content
    assert len(seen["filters"]["genres"]) == 30
    assert seen["hint"] == "The first 30 of 40 genres are shown; section=genres has all."


@in_process
async def test_listing_resources_begins_no_hub_and_what_comes_later_is_told(data_dir, transport, era):
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await store(backend.database)
    told = []

    async def message(each):
        told.append(type(each).__name__)

    async with connected(data_dir, transport, era, message_handler=message) as client:
        before = await client.list_resources()
        assert {str(resource.uri) for resource in before.resources} >= {"hub://library/stats"}
        assert not list(data_dir.glob("hub*"))
        await client.call_tool("hub_edit_playlist", {"action": "create", "name": "First"})
        after = await client.list_resources(cache_mode="bypass")
        assert len(after.resources) == len(before.resources) + 1
        if era == "legacy":
            assert "ResourceListChangedNotification" in told
