"""Titles of strangers come out inert: nothing drives a terminal, reads backwards or hides, and nothing is obeyed."""

import json
import unicodedata

import pytest

from server.mcp.inert import inert, is_inert
from server.mcp.server import instructions
from tests.label import LABEL
from tests.mcp.conftest import in_process

HOSTILE = LABEL[-1]

CALLS = (
    ("catalogue_list_tracks", {}),
    ("catalogue_list_tracks", {"detail": "full"}),
    ("catalogue_list_tracks", {"query": "ignore previous"}),
    ("catalogue_get_track", {"isrc": HOSTILE.isrc}),
    ("catalogue_get_track", {"isrc": HOSTILE.isrc, "detail": "full"}),
    ("catalogue_get_streams", {"isrc": HOSTILE.isrc, "detail": "full"}),
    ("catalogue_get_overview", {}),
    ("catalogue_what_moved", {"days": 1, "end": "2026-02-09", "limit": 50}),
)


def unseen(text):
    """Characters that no reader sees: control, format, halves of characters, line and paragraph separators."""
    return [
        character
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or 0xE0000 <= ord(character) < 0xE1000
    ]


def texts(value):
    """Every text in JSON data, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)


def test_the_label_holds_what_it_is_there_for():
    assert len(unseen(HOSTILE.title + HOSTILE.artist + (HOSTILE.album or "") + str(HOSTILE.metadata))) > 5


@pytest.mark.parametrize(("tool", "arguments"), CALLS)
async def test_no_result_holds_a_character_that_no_reader_sees(ask, tool, arguments):
    result = await ask(tool, **arguments)
    assert HOSTILE.isrc in result.content[0].text
    assert "<script>alert(1)</script>" in result.content[0].text, "what can be read is shown as it is"
    assert unseen(result.content[0].text) == []
    assert [text for text in texts(result.structured_content) if unseen(text)] == []
    assert json.loads(result.content[0].text) == result.structured_content


@in_process
async def test_no_resource_holds_a_character_that_no_reader_sees(label, connect):
    async with connect() as client:
        [contents] = (await client.read_resource(f"musicengine://tracks/{HOSTILE.isrc}")).contents
    assert [text for text in texts(json.loads(contents.text)) if unseen(text)] == []
    assert json.loads(contents.text)["metadata"] == {"note": "ab", "nested": [{"x": "y"}]}


@in_process
async def test_nothing_of_the_catalogue_stands_in_what_tells_an_agent_what_to_do(label, connect):
    async with connect() as client:
        await client.call_tool("catalogue_list_tracks", {})
        told = [client.instructions, (await client.list_tools()).model_dump_json()]
        told += [(await client.list_resources()).model_dump_json()]
        told += [(await client.list_resource_templates()).model_dump_json()]
        assert client.instructions == instructions()
    for track in LABEL:
        if track.isrc != "USXXX1234567":  # the documentation's own example
            assert not [text for text in told if track.isrc in text or track.artist in text]


def test_every_character_that_no_reader_sees_is_taken_out():
    hostile = [chr(code) for code in range(0x110000) if unseen(chr(code))]
    assert len(hostile) > 2000
    assert [character for character in hostile if inert(f"a{character}b") != "ab"] == []
    # ASCII ones are escapes in JSON, and halves of characters can't be written at all.
    written = [character for character in hostile if ord(character) > 127 and not "\ud800" <= character <= "\udfff"]
    assert [character for character in written if is_inert(f'"a{character}b"'.encode())] == []


def test_what_people_write_stays_as_it_is():
    written = {
        "Beyoncé": ["Motörhead", "林檎", "Молчат Дома", "فيروز", "T.N.T. (100%) \U0001f3b5 ❤️", 1, None, True, 2.5]
    }
    assert inert(written) == written
    assert is_inert(json.dumps(written, ensure_ascii=False).encode())


def test_text_that_json_must_escape_is_looked_at():
    assert not is_inert(json.dumps("a\x1bb").encode())
    assert not is_inert(json.dumps('say "x"').encode())
    assert inert({'say "x"': ['back\\slash "y"']}) == {'say "x"': ['back\\slash "y"']}
