"""Results: as their published schemas say, the same in both forms, compact, and with what an agent needs next."""

import datetime as dt
import json
from contextlib import aclosing

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from backends.days import day_number
from backends.local.musicengine import LocalMusicEngine
from backends.local.rotation import initialise_encryption
from contract.musicengine.tools import TOOLS
from tests.label import LABEL, LATEST

COOKIES = "# Netscape HTTP Cookie File\n.spotify.com\tTRUE\t/\tTRUE\t0\tsp_dc\texample\n"

CALLS = (
    ("catalogue_list_tracks", {}),
    ("catalogue_list_tracks", {"limit": 3, "offset": 2}),
    ("catalogue_list_tracks", {"detail": "full"}),
    ("catalogue_list_tracks", {"query": "gaps", "detail": "full"}),
    ("catalogue_list_tracks", {"query": "nothing at all"}),
    ("catalogue_get_overview", {}),
    ("catalogue_get_overview", {"date": "2026-03-01"}),
    ("catalogue_get_overview", {"date": "1999-01-01"}),
    ("catalogue_what_moved", {}),
    ("catalogue_what_moved", {"days": 28, "min_streams": 0, "limit": 50}),
    ("catalogue_what_moved", {"days": 3, "end": "2020-01-01"}),
)
CALLS_OF_A_TRACK = tuple(
    (tool, {"isrc": isrc, "detail": detail})
    for tool in ("catalogue_get_track", "catalogue_get_streams")
    for isrc in (track.isrc for track in LABEL)
    for detail in ("concise", "full")
)


def test_no_tool_is_forgotten_here():
    called = {tool for tool, _ in (*CALLS, *CALLS_OF_A_TRACK)} | {"catalogue_import_browser_profile"}
    assert called == {tool.name for tool in TOOLS}


async def check(client, tool, arguments, schemas):
    result = await client.call_tool(tool, arguments)
    assert result.is_error is False, (tool, arguments, result.content)
    Draft202012Validator(schemas[tool], format_checker=FormatChecker()).validate(result.structured_content)
    [block] = result.content
    assert block.type == "text"
    assert block.text == json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))
    return result.structured_content


async def schemas_of(client):
    return {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}


async def test_every_result_is_as_its_schema_says_and_its_text_is_the_same_json(label, connect):
    async with connect() as client:
        schemas = await schemas_of(client)
        for tool, arguments in (*CALLS, *CALLS_OF_A_TRACK):
            await check(client, tool, arguments, schemas)


async def test_an_empty_workspace_answers_as_the_schemas_say(open_client):
    async with open_client() as client:
        schemas = await schemas_of(client)
        for tool, arguments in CALLS:
            answer = await check(client, tool, arguments, schemas)
            assert not [value for value in answer.values() if isinstance(value, list) and value]


@pytest.mark.parametrize("tool", ["catalogue_list_tracks", "catalogue_get_overview"])
async def test_an_empty_workspace_says_how_to_fill_it(open_client, tool):
    async with open_client() as client:
        answer = (await client.call_tool(tool, {})).structured_content
    assert "musicengine-mcp import FILE" in answer["hint"]


async def test_the_example_of_every_tool_works(label, connect, tmp_path, data_dir):
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await initialise_encryption(backend.database)
    async with connect() as client:
        schemas = await schemas_of(client)
        for tool in TOOLS:
            example = dict(tool.example)
            if "cookie_file" in example:
                example["cookie_file"] = str(tmp_path / "cookies.txt")
            assert await check(client, tool.name, example, schemas)


async def test_an_import_without_an_encryption_key_says_how_to_make_one(ask, tmp_path):
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    result = await ask("catalogue_import_browser_profile", name="session", cookie_file=str(tmp_path / "cookies.txt"))
    assert result.is_error is True
    assert "musicengine-mcp secrets init" in result.content[0].text


async def test_the_home_folder_of_a_cookie_file_may_be_a_tilde(ask, data_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await initialise_encryption(backend.database)
    result = await ask("catalogue_import_browser_profile", name="session", cookie_file="~/cookies.txt")
    assert result.structured_content["cookies"] == 1


@pytest.mark.parametrize("path", ["~no-such-user/cookies.txt", "/no/such/file", "nul\0", "~nul\0/x", "x" * 4096, "/"])
async def test_a_cookie_file_that_is_not_there_is_a_wrong_argument(ask, path):
    result = await ask("catalogue_import_browser_profile", name="session", cookie_file=path)
    assert result.content[0].text.startswith("invalid_request: ")


async def test_a_concise_row_names_the_track_and_a_full_one_adds_the_rest(figures):
    [concise] = (await figures("catalogue_list_tracks", query="aufwärts"))["tracks"]
    [full] = (await figures("catalogue_list_tracks", query="aufwärts", detail="full"))["tracks"]
    assert set(concise) == {"isrc", "title", "artist", "release_date"}
    assert concise.items() <= full.items()
    assert full["spotify_track_url"] == "https://open.spotify.com/track/0riser00000000000000Ab"


async def test_a_concise_record_leaves_out_what_is_not_known(figures):
    concise = (await figures("catalogue_get_track", isrc="DEABC2500001"))["track"]
    full = (await figures("catalogue_get_track", isrc="DEABC2500001", detail="full"))["track"]
    assert concise == {
        "isrc": "DEABC2500001",
        "title": "Aufwärts",
        "artist": "Käthe Ølsen",
        "album": "Höhen",
        "release_date": "2025-11-07",
    }
    assert concise.items() <= full.items()
    assert {"track_id", "metadata", "created_at"} <= set(full)


async def test_paging_says_what_is_left_and_how_to_go_on(figures):
    seen, offset = [], 0
    while offset is not None:
        page = await figures("catalogue_list_tracks", limit=3, offset=offset)
        seen += [track["isrc"] for track in page["tracks"]]
        assert page["total"] == len(LABEL)
        assert page["remaining"] == len(LABEL) - len(seen)
        offset = page["next_offset"]
        assert offset == (len(seen) if page["remaining"] else None)
    assert sorted(seen) == sorted(track.isrc for track in LABEL)


async def test_a_page_behind_the_end_has_nothing_left(figures):
    page = await figures("catalogue_list_tracks", offset=1000)
    assert (page["tracks"], page["total"], page["remaining"], page["next_offset"]) == ([], len(LABEL), 0, None)
    assert page["hint"] == f"The offset is past the end: there are {len(LABEL)} tracks."


async def test_words_that_no_track_has_bring_a_hint_how_to_go_on(figures):
    page = await figures("catalogue_list_tracks", query="sonng nmae")
    assert (page["total"], page["hint"].split(":")[0]) == (0, "No track has all of these words")
    assert "hint" not in await figures("catalogue_list_tracks", query="song")


async def test_an_overview_of_a_day_that_few_tracks_reach_says_so_and_names_a_better_one(label, open_client):
    later = (LATEST + dt.timedelta(days=1)).isoformat()
    async with aclosing(LocalMusicEngine(label)) as backend, backend.database.transaction() as connection:
        await connection.execute("INSERT INTO workspace_days VALUES (1, ?, 5, 0, 1, 0)", (day_number(later),))
    async with open_client() as client:
        latest = (await client.call_tool("catalogue_get_overview", {})).structured_content
    assert (latest["date"], latest["tracks_with_data"]) == (later, 1)
    assert "Only 1 track(s)" in latest["hint"]
    assert f"{LATEST.isoformat()} has data of 7" in latest["hint"]


async def test_a_period_too_long_to_compare_says_which_is_not(figures):
    assert "182" in (await figures("catalogue_get_streams", isrc="USXXX1234567", days=183))["hint"]
    assert "hint" not in await figures("catalogue_get_streams", isrc="USXXX1234567", days=182)


async def test_a_query_of_spaces_lists_everything(figures):
    assert (await figures("catalogue_list_tracks", query="  "))["total"] == len(LABEL)


async def test_an_overview_names_its_day_and_how_far_each_service_reaches(figures):
    latest = await figures("catalogue_get_overview")
    assert (latest["date"], latest["spotify_latest_day"], latest["apple_latest_day"]) == (
        "2026-03-08",
        "2026-03-08",
        "2026-03-05",
    )
    assert "hint" not in latest


async def test_an_overview_of_a_day_without_data_says_that_it_is_missing_and_not_zero(figures):
    empty = await figures("catalogue_get_overview", date="2026-01-01")
    assert (empty["date"], empty["has_stream_data"], empty["best_tracks"]) == ("2026-01-01", False, [])
    assert "missing, not zero" in empty["hint"]


async def test_a_track_without_streams_says_so(figures):
    answer = await figures("catalogue_get_streams", isrc="FRABC2300005")
    assert answer["totals"] == {"spotify": None, "apple": None, "all": 0}
    assert (answer["start"], answer["daily_average"], answer["comparison"]) == (None, None, None)
    assert "No streams are stored" in answer["hint"]
