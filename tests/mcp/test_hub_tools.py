"""The hub's tools over a library of real files, beside the label: found, played, changed, and met by ISRC."""

import json
from contextlib import aclosing
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from contract.hub.tools import TOOLS
from server.mcp.caller import Caller, calling
from server.mcp.handlers import HANDLERS
from server.mcp.tool_list import listed_tools
from server.mcp.tools import call_tool
from tests.hub.audio_files import write_file
from tests.label import LABEL
from tests.mcp.conftest import both

HIT = LABEL[1]
"""It rises, and the library has it."""

SONGS = (
    (HIT.title, HIT.artist, HIT.album, HIT.isrc, "Jazz"),
    ("First Song", "Main Artist", "Debut", None, "Pop"),
    ("Second Song", "Main Artist", "Debut", None, "Pop"),
    ("Thunder", "Northern Lights", "Storms", None, "Rock"),
    ("Thunder", "Other People", "Weather", None, "Rock"),
    ("Áfram", "Sigurðardóttir", "Heim", None, "Folk"),
)


@pytest.fixture
def music(tmp_path):
    """A folder with a file of each song."""
    folder = tmp_path / "music"
    for number, (title, artist, album, isrc, genre) in enumerate(SONGS, start=1):
        known = {"isrc": isrc} if isrc else {}
        (folder / artist).mkdir(parents=True, exist_ok=True)
        write_file(
            folder / artist / f"{number}.flac",
            "flac",
            distinct=number,
            title=title,
            artist=artist,
            album=album,
            albumArtist=artist,
            genres=[genre],
            track=number,
            **known,
        )
    return folder


@pytest.fixture
async def tools(label, music, data_dir):
    """Call a tool over a scanned library; the answer's data, checked against the tool's schema, or its error's text."""
    schemas = {tool.name: tool.output_schema for tool in listed_tools(with_library=True)}
    async with aclosing(both(data_dir)) as backend:

        async def call(tool, **arguments):
            with calling(Caller(backend, is_on_this_machine=lambda: True)):
                result = await call_tool(HANDLERS, backend, SimpleNamespace(name=tool, arguments=arguments))
            if result["isError"]:
                return result["content"][0]["text"]
            Draft202012Validator(schemas[tool], format_checker=FormatChecker()).validate(result["structuredContent"])
            assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
            return result["structuredContent"]

        await call("hub_scan", folders=[str(music)])
        yield call


async def track(tools, title, artist=None):
    found = (await tools("hub_search", query=f"{title} {artist or ''}", kind="track"))["tracks"]
    return next(row for row in found if row["title"] == title and artist in {None, row["artist"]})


async def test_a_scan_answers_with_what_it_found_and_tells_of_its_progress(label, music, connect):
    told = []

    async def listen(progress, total, message):
        told.append((progress, total, message))

    async with connect() as client:
        result = await client.call_tool("hub_scan", {"folders": [str(music)]}, progress_callback=listen)
        again = await client.call_tool("hub_scan", {})
    scan = result.structured_content["scan"]
    assert (scan["state"], scan["counts"]["new"]) == ("completed", len(SONGS))
    assert result.structured_content["folders"][0]["path"] == str(music)
    assert again.structured_content["scan"]["counts"]["unchanged"] == len(SONGS)
    assert [progress for progress, _, _ in told] == sorted({progress for progress, _, _ in told})


async def test_the_example_of_every_tool_answers_as_its_schema_says(label, music, open_client):
    async with open_client() as client:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        await client.call_tool("hub_scan", {"folders": [str(music)]})
        found = await client.call_tool("hub_search", {"query": HIT.title, "kind": "track"})
        there = found.structured_content["tracks"][0]["id"]
        for tool in TOOLS:
            example = json.dumps(dict(tool.example)).replace("trk_0f3a9c2e5b7d1846", there)
            example = json.loads(example.replace("USXXX1234567", HIT.isrc))
            result = await client.call_tool(tool.name, example)
            assert result.is_error is False, (tool.name, result.content)
            Draft202012Validator(schemas[tool.name]).validate(result.structured_content)


async def test_an_empty_library_says_how_to_fill_it(open_client):
    async with open_client() as client:
        for tool, arguments in (
            ("hub_search", {"query": "x"}),
            ("hub_browse", {}),
            ("hub_list", {"kind": "tracks"}),
            ("hub_scan", {"action": "status"}),
        ):
            result = await client.call_tool(tool, arguments)
            assert "musicengine-mcp scan FOLDER" in result.structured_content["hint"]


async def test_what_rose_most_is_played_in_two_calls(tools):
    moved = await tools("catalogue_what_moved", days=7, min_streams=0)
    riser = next(row for row in moved["rising"] if row["isrc"] in moved["in_library"])
    played = await tools("hub_play", what=riser["isrc"])
    assert played["done"] is True
    assert played["session"]["track"]["isrc"] == riser["isrc"]
    assert played["session"]["state"] == "playing"


async def test_the_two_systems_say_of_each_other_what_they_have(tools):
    here = await track(tools, HIT.title)
    assert (await tools("catalogue_get_track", isrc=HIT.isrc))["in_library"] == {HIT.isrc: here["id"]}
    assert (await tools("catalogue_list_tracks"))["in_library"] == {HIT.isrc: here["id"]}
    assert (await tools("hub_get", id=here["id"]))["inCatalogue"] is True
    assert "inCatalogue" not in await tools("hub_get", id=(await track(tools, "Second Song"))["id"])


async def test_a_track_is_found_by_its_isrc_in_any_form(tools):
    here = await track(tools, HIT.title)
    spelt = f"{HIT.isrc[:2]}-{HIT.isrc[2:5]}-{HIT.isrc[5:7]}-{HIT.isrc[7:]}".lower()
    assert (await tools("hub_get", id=spelt))["item"]["id"] == here["id"]
    assert (await tools("hub_play", what=spelt))["what"]["id"] == here["id"]


async def test_an_isrc_that_the_files_lack_is_found_by_what_the_catalogue_says(tools):
    here = await track(tools, HIT.title)
    await tools("hub_fix_metadata", track=here["id"], set={"isrc": None})
    assert (await tools("hub_play", what=HIT.isrc))["what"]["id"] == here["id"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("second song", "Second Song"),
        ("Second Song by Main Artist", "Second Song"),
        ("main artist - second song", "Second Song"),
        ("afram", "Áfram"),
        ("secnd song", "Second Song"),
        ("thunder northern lights", "Thunder"),
    ],
)
async def test_words_that_name_one_thing_play_it(tools, words, title):
    played = await tools("hub_play", what=words)
    assert played["session"]["track"]["title"] == title


async def test_words_that_fit_several_things_answer_candidates_and_change_nothing(tools):
    await tools("hub_play", what="second song")
    before = (await tools("hub_now_playing"))["session"]["revision"]
    asked = await tools("hub_play", what="thunder")
    assert asked["done"] is False
    assert {row["artist"] for row in asked["candidates"]} == {"Northern Lights", "Other People"}
    assert (await tools("hub_now_playing"))["session"]["revision"] == before
    chosen = asked["candidates"][1]
    assert (await tools("hub_play", what=chosen["id"]))["what"]["id"] == chosen["id"]


async def test_words_that_fit_nothing_say_so(tools):
    assert (await tools("hub_play", what="zzzz qqqq")) == {
        "done": False,
        "added": 0,
        "skipped": 0,
        "candidates": [],
        "hint": "Nothing in the library fits. Try other words with hub_search, or hub_browse to see what there is.",
    }


async def test_an_artist_an_album_and_a_playlist_play_as_a_whole(tools):
    artist = await tools("hub_play", what="main artist", kind="artist")
    assert artist["added"] == 2
    album = await tools("hub_play", what="Storms", when="last")
    assert (album["added"], album["session"]["queueTotal"]) == (1, 3)
    ids = [(await track(tools, title))["id"] for title in ("Áfram", HIT.title)]
    made = await tools("hub_edit_playlist", action="create", name="Evening", tracks=ids)
    played = await tools("hub_play", what="evening")
    assert played["what"]["id"] == made["playlist"]["id"]
    assert [played["session"]["track"]["title"], played["session"]["next"][0]["title"]] == ["Áfram", HIT.title]


async def test_every_verb_of_the_control_does_what_it_says(tools):
    await tools("hub_play", what="main artist", kind="artist")
    first = (await tools("hub_now_playing"))["session"]["track"]["title"]

    async def control(**arguments):
        return (await tools("hub_control", **arguments))["session"]

    assert (await control(action="pause"))["state"] == "paused"
    assert (await control(action="play"))["state"] == "playing"
    assert (await control(action="next"))["track"]["title"] != first
    assert (await control(action="back"))["track"]["title"] == first
    assert (await control(action="seek", seconds=0.5))["positionMs"] >= 500
    assert (await control(action="volume", volume=30))["volume"] == 30
    assert (await control(action="repeat", repeat="all"))["repeat"] == "all"
    assert (await control(action="shuffle", shuffle=True))["shuffle"] is True
    upcoming = (await tools("hub_now_playing"))["session"]["next"]
    assert (await control(action="remove", entries=[upcoming[0]["entryId"]]))["next"] == []
    assert (await control(action="stop"))["state"] == "stopped"
    assert (await control(action="clear"))["queueTotal"] == 0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"action": "seek"}, "seconds"),
        ({"action": "volume"}, "volume"),
        ({"action": "remove"}, "entries"),
        ({"action": "dance"}, "action"),
        ({"action": "volume", "volume": 101}, "volume"),
    ],
)
async def test_a_verb_without_what_it_needs_names_it(tools, arguments, field):
    told = await tools("hub_control", **arguments)
    assert told.startswith(f"invalid_request: {field} ")


async def test_a_playlist_is_changed_by_its_name_or_its_id(tools):
    ids = [(await track(tools, title))["id"] for title in ("Áfram", HIT.title, "Second Song")]
    made = await tools("hub_edit_playlist", action="create", name="Réveil", tracks=ids[:1])
    added = await tools("hub_edit_playlist", action="add", playlist="reveil", tracks=ids)
    assert (added["changes"]["added"], added["changes"]["alreadyThere"]) == (2, 1)
    entries = (await tools("hub_get", id=made["playlist"]["id"]))["item"]["entries"]
    await tools("hub_edit_playlist", action="move", playlist="Réveil", entries=[entries[2]["entryId"]], position=0)
    await tools("hub_edit_playlist", action="remove", playlist="Réveil", entries=[entries[0]["entryId"]])
    item = (await tools("hub_get", id=made["playlist"]["id"]))["item"]
    assert [entry["title"] for entry in item["entries"]] == ["Second Song", HIT.title]
    renamed = await tools("hub_edit_playlist", action="rename", playlist="Réveil", name="Morning")
    assert renamed["playlist"]["name"] == "Morning"
    deleted = await tools("hub_edit_playlist", action="delete", playlist="Morning")
    assert deleted["changes"] == {"deleted": True}
    assert (await tools("hub_list", kind="playlists"))["items"] == []
    told = await tools("hub_edit_playlist", action="add", playlist=made["playlist"]["id"], tracks=ids)
    assert told.startswith("playlist_not_found: ")
    assert "deleted" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"action": "create"}, "name is required"),
        ({"action": "add", "playlist": "None Such", "tracks": ["trk_0f3a9c2e5b7d1846"]}, "no playlist of that name"),
        ({"action": "add", "playlist": "None Such", "position": -1}, "position must be"),
        ({"action": "delete", "playlist": "trk_0f3a9c2e5b7d1846"}, "the id of a track"),
    ],
)
async def test_a_playlist_that_cant_be_changed_says_why(tools, arguments, told):
    assert told in await tools("hub_edit_playlist", **arguments)


async def test_lists_are_filtered_and_paged(tools):
    rock = await tools("hub_list", kind="tracks", genre="rock", limit=1)
    assert (rock["total"], len(rock["items"])) == (2, 1)
    rest = await tools("hub_list", kind="tracks", genre="rock", limit=1, cursor=rock["nextCursor"])
    assert rest["nextCursor"] is None
    assert rest["items"][0]["id"] != rock["items"][0]["id"]
    assert {row["title"] for row in (await tools("hub_list", kind="albums"))["items"]} == {
        HIT.album,
        "Debut",
        "Storms",
        "Weather",
        "Heim",
    }
    told = await tools("hub_list", kind="artists", sort="duration")
    assert told.startswith("invalid_request: sort must be")
    told = await tools("hub_list", kind="playlists", genre="rock")
    assert told == "invalid_request: genre does not go with kind=playlists. What goes with it: sort, limit, cursor."


async def test_what_is_saved_played_and_searched_for_is_listed(tools):
    here = await track(tools, "Áfram")
    assert await tools("hub_save", ids=[here["id"]]) == {"changed": 1, "unchanged": 0}
    assert await tools("hub_save", ids=[here["id"]]) == {"changed": 0, "unchanged": 1}
    [saved] = (await tools("hub_list", kind="saved"))["items"]
    assert (saved["id"], saved["saved"]) == (here["id"], True)
    assert await tools("hub_save", ids=[here["id"]], saved=False) == {"changed": 1, "unchanged": 0}
    assert (await tools("hub_list", kind="plays"))["items"] == []
    searches = (await tools("hub_list", kind="searches"))["items"]
    assert searches[0]["query"].strip() == "Áfram"
    assert (await tools("hub_clear_searches"))["cleared"] == len(searches)


async def test_metadata_are_fixed_shown_found_and_undone(tools):
    here = await track(tools, "Áfram")
    fixed = await tools("hub_fix_metadata", track=here["id"], set={"title": "Onwards"})
    assert fixed["metadata"]["changed"] == ["title"]
    assert (await track(tools, "Onwards"))["id"] == here["id"]
    told = (await tools("hub_get_metadata", track=here["id"]))["metadata"]["fields"]
    title = next(field for field in told if field["field"] == "title")
    assert (title["file"], title["shown"], title["source"]) == ("Áfram", "Onwards", "user")
    await tools("hub_fix_metadata", track=here["id"], undo=True)
    assert (await track(tools, "Áfram"))["id"] == here["id"]


async def test_the_catalogue_proposes_what_a_file_gets_wrong(tools):
    here = await track(tools, HIT.title)
    await tools("hub_fix_metadata", track=here["id"], set={"artist": "Kathe Olson"})
    proposals = (await tools("hub_get_metadata", track=here["id"]))["proposals"]
    right = next(each for each in proposals if each["field"] == "artist" and each["source"] == "catalogue")
    await tools("hub_fix_metadata", track=here["id"], apply=[right["id"]])
    assert (await tools("hub_get", id=here["id"]))["item"]["artist"] == HIT.artist


async def test_one_change_of_metadata_at_a_time(tools):
    here = await track(tools, HIT.title)
    assert "Exactly one of" in await tools("hub_fix_metadata", track=here["id"], undo=True, reset=["title"])
    assert "Exactly one of" in await tools("hub_fix_metadata", track=here["id"])
    assert "the id of an album" in await tools("hub_fix_metadata", track="alb_0f3a9c2e5b7d1846", undo=True)


async def test_browse_shows_the_library_at_a_glance_and_each_section(tools):
    glance = await tools("hub_browse")
    assert glance["stats"]["tracks"] == len(SONGS)
    assert {genre["name"] for genre in glance["filters"]["genres"]} == {"Pop", "Rock", "Folk", "Jazz"}
    for section in [section["section"] for section in glance["sections"]]:
        page = await tools("hub_browse", section=section)
        assert [each["section"] for each in page["sections"]] == [section]


async def test_a_folder_may_be_named_from_the_home_folder(tools, music, monkeypatch):
    monkeypatch.setenv("HOME", str(music.parent))
    scanned = await tools("hub_scan", folders=[f"~/{music.name}"])
    assert [folder["path"] for folder in scanned["folders"]] == [str(music)]


async def test_a_folder_is_forgotten_and_comes_back(tools, music):
    gone = await tools("hub_scan", action="forget", folders=[str(music)])
    assert gone["folders"] == []
    assert (await tools("hub_list", kind="tracks"))["items"] == []
    await tools("hub_scan", folders=[str(music)])
    assert (await tools("hub_list", kind="tracks"))["total"] == len(SONGS)


async def test_a_call_of_a_tool_that_is_not_there_names_those_that_are(label, data_dir):
    async with aclosing(both(data_dir)) as backend:
        with pytest.raises(Exception, match="hub_search"):
            await call_tool(HANDLERS, backend, SimpleNamespace(name="no_such_tool", arguments={}))
        with pytest.raises(Exception, match="catalogue_get_track") as raised:
            await call_tool(HANDLERS, backend.catalogue, SimpleNamespace(name="hub_search", arguments={"query": "x"}))
    assert "hub_" not in str(raised.value)
