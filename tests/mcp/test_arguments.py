"""Arguments: near misses are taken, everything else is refused with what is accepted."""

import json
from contextlib import aclosing

import pytest

from backends.local.musicengine import LocalMusicEngine
from contract.musicengine.tools import TOOLS
from tests.label import SeededTrack, store

NEAR_MISSES = (
    "USXXX1234567",
    "usxxx1234567",
    "US-XXX-12-34567",
    "us xxx 12 34567",
    "  USXXX1234567\n",
    "ISRC US-XXX-12-34567",
    "isrc: USXXX1234567",
    "US\u2013XXX\u201312\u201334567",
    "US\u2011XXX\u221212\u00ad34567",
    "US.XXX.12.34567",
    "spotify:track:3n3Ppam7vgaVa1iaRUc9Lp",
    "https://open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp",
    "https://open.spotify.com/track/3n3Ppam7vgaVa1iaRUc9Lp?si=0123456789abcdef&nd=1",
    "https://open.spotify.com/intl-de/track/3n3Ppam7vgaVa1iaRUc9Lp",
)


def refused(result, *, code="invalid_request"):
    """The text of an error, which must say what to do."""
    assert result.is_error is True
    assert result.structured_content is None
    [block] = result.content
    assert block.text.startswith(f"{code}: ")
    return block.text


@pytest.mark.parametrize("isrc", NEAR_MISSES, ids=ascii)
async def test_a_track_is_found_however_its_isrc_or_its_link_is_written(figures, isrc):
    assert (await figures("catalogue_get_track", isrc=isrc))["track"]["isrc"] == "USXXX1234567"
    assert (await figures("catalogue_get_streams", isrc=isrc))["isrc"] == "USXXX1234567"


@pytest.mark.parametrize("query", [miss for miss in NEAR_MISSES if "ISRC " not in miss and ":" not in miss], ids=ascii)
async def test_a_search_takes_an_isrc_however_it_is_written(figures, query):
    assert [track["isrc"] for track in (await figures("catalogue_list_tracks", query=query))["tracks"]] == [
        "USXXX1234567"
    ]


@pytest.mark.parametrize("tool", ["catalogue_get_track", "catalogue_get_streams"])
@pytest.mark.parametrize(
    "isrc", ["Song Name", "USXXX123456", "USXXX12345678", "U5XXX1234567", "", "spotify:album:3n3Ppam7vgaVa1iaRUc9Lp"]
)
async def test_what_is_no_isrc_is_refused_with_the_accepted_form_and_the_next_tool(ask, tool, isrc):
    text = refused(await ask(tool, isrc=isrc))
    assert "USXXX1234567" in text
    assert "Spotify track link" in text
    assert "catalogue_list_tracks" in text


@pytest.mark.parametrize("tool", ["catalogue_get_track", "catalogue_get_streams"])
@pytest.mark.parametrize("isrc", ["QZZZZ9999999", "spotify:track:0000000000000000000000"])
async def test_a_track_that_is_not_there_leads_to_the_search(ask, tool, isrc):
    assert "Call catalogue_list_tracks with query" in refused(await ask(tool, isrc=isrc), code="track_not_found")


@pytest.mark.parametrize(
    ("tool", "arguments", "accepted"),
    [
        ("catalogue_list_tracks", {"limit": 0}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": 101}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": 10**30}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": -1}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": 2.5}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": "many"}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": "9" * 5000}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"limit": [1]}, "limit must be a whole number from 1 to 100."),
        ("catalogue_list_tracks", {"offset": -1}, "offset must be a whole number from 0 to 10000000."),
        ("catalogue_list_tracks", {"query": ["a"]}, "query must be text."),
        ("catalogue_list_tracks", {"query": 7}, "query must be text."),
        ("catalogue_list_tracks", {"query": "x" * 201}, "query must have at most 200 characters."),
        ("catalogue_list_tracks", {"detail": "everything"}, "detail must be 'concise' or 'full'."),
        ("catalogue_get_track", {}, "isrc is required."),
        ("catalogue_get_track", {"isrc": None}, "isrc is required."),
        ("catalogue_get_track", {"isrc": {"isrc": "USXXX1234567"}}, "isrc must be text."),
        ("catalogue_get_track", {"isrc": "U" * 301}, "isrc must have at most 300 characters."),
        ("catalogue_get_streams", {"isrc": "USXXX1234567", "days": 0}, "days must be a whole number from 1 to 365."),
        ("catalogue_get_streams", {"isrc": "USXXX1234567", "days": 366}, "days must be a whole number from 1 to 365."),
        ("catalogue_get_overview", {"date": "2026-13-01"}, "date must be a day of the calendar as YYYY-MM-DD"),
        ("catalogue_get_overview", {"date": "yesterday"}, "date must be a date as YYYY-MM-DD"),
        ("catalogue_get_overview", {"date": 20260308}, "date must be text."),
        ("catalogue_what_moved", {"days": 183}, "days must be a whole number from 1 to 182."),
        ("catalogue_what_moved", {"end": "2026-02-30"}, "end must be a day of the calendar as YYYY-MM-DD"),
        ("catalogue_what_moved", {"end": "0001-01-01"}, "end must be a day since 1900 as YYYY-MM-DD"),
        ("catalogue_what_moved", {"limit": 51}, "limit must be a whole number from 1 to 50."),
        ("catalogue_import_browser_profile", {"cookie_file": "x"}, "name is required."),
        (
            "catalogue_import_browser_profile",
            {"name": "", "cookie_file": "x"},
            "name must have at least 1 character(s).",
        ),
    ],
)
async def test_a_wrong_argument_is_named_with_what_is_accepted(ask, tool, arguments, accepted):
    assert accepted in refused(await ask(tool, **arguments))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_an_unknown_argument_is_answered_with_the_known_ones(ask, tool):
    text = refused(await ask(tool.name, **tool.example, surprise=1))
    assert text.endswith(f"Accepted arguments: {', '.join(tool.arguments.model_fields)}.")


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool.read_only], ids=lambda tool: tool.name)
async def test_null_for_an_argument_is_the_same_as_leaving_it_out(ask, tool):
    fields = tool.arguments.model_fields
    required = {name: tool.example[name] for name, field in fields.items() if field.is_required()}
    nulls = {name: None for name, field in fields.items() if not field.is_required()}
    assert nulls
    assert (await ask(tool.name, **required, **nulls)).structured_content == (
        await ask(tool.name, **required)
    ).structured_content


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("catalogue_list_tracks", {"limit": 3, "offset": 1}),
        ("catalogue_get_streams", {"days": 7}),
        ("catalogue_what_moved", {"days": 7, "limit": 2, "min_streams": 10}),
    ],
)
async def test_a_number_may_come_as_text(ask, tool, arguments):
    isrc = {"isrc": "USXXX1234567"} if tool == "catalogue_get_streams" else {}
    as_text = {name: str(value) for name, value in arguments.items()}
    assert (await ask(tool, **isrc, **as_text)).structured_content == (
        await ask(tool, **isrc, **arguments)
    ).structured_content


async def test_two_tracks_with_one_spotify_link_ask_for_the_isrc(data_dir, open_client):
    twins = [SeededTrack(isrc=f"DEAAA260000{number}", title="T", artist="A", spotify_id="shared") for number in (1, 2)]
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        await store(backend.database, twins)
    async with open_client() as client:
        result = await client.call_tool("catalogue_get_track", {"isrc": "spotify:track:shared"})
    assert "give the ISRC" in refused(result)


async def test_arguments_may_be_missing_altogether(label, connect):
    async with connect() as client:
        answers = [await client.call_tool("catalogue_list_tracks", arguments) for arguments in (None, {})]
    assert json.loads(answers[0].content[0].text) == json.loads(answers[1].content[0].text)
