"""What the tools cost an agent stays within its budget. Counted in tokens of o200k_base."""

import json

import pytest

from benchmarks.tokens import (
    AVERAGE_BUDGET,
    MOST_TOOLS,
    TOOL_BUDGET,
    TOOLS_BUDGET,
    TRACKS_BUDGET,
    answer_tokens,
    concise_tracks,
    tool_texts,
    tools_list,
)
from server.mcp.server import instructions

HOSTS_CUT_AT = 2048
"""Characters after which a host cuts descriptions and instructions."""

each_tool = pytest.mark.parametrize("tool", tools_list(), ids=lambda tool: tool["name"])


def test_name_description_and_input_schema_take_few_tokens_on_average() -> None:
    counts = {name: answer_tokens(text) for name, text in tool_texts().items()}
    assert sum(counts.values()) / len(counts) <= AVERAGE_BUDGET, counts
    assert sum(counts.values()) <= TOOLS_BUDGET, counts
    assert len(counts) <= MOST_TOOLS


@each_tool
def test_no_tool_takes_many_tokens(tool: dict) -> None:
    assert answer_tokens(tool_texts()[tool["name"]]) <= TOOL_BUDGET


@each_tool
def test_no_host_cuts_a_description(tool: dict) -> None:
    assert len(tool["description"]) <= HOSTS_CUT_AT


def test_no_host_cuts_the_instructions() -> None:
    assert len(instructions()) <= HOSTS_CUT_AT


async def test_twenty_concise_tracks_take_few_tokens() -> None:
    text = await concise_tracks()
    tracks = json.loads(text)["tracks"]
    assert len(tracks) == 20
    assert any(not track["title"].isascii() for track in tracks), "names of many languages are what they are about"
    assert answer_tokens(text) <= TRACKS_BUDGET


@pytest.mark.parametrize(
    ("text", "tokens"),
    # Counted with another tokenizer, gpt-tokenizer 4.0.0 of npm.
    [("Beyoncé, 林檎 “Ø”  \n\n 12345678 USXXX1234567 🎵 naïve's I'LL\t\t  x", 29), ("", 0)],
)
def test_the_count_is_that_of_another_tokenizer(text: str, tokens: int) -> None:
    assert answer_tokens(text) == tokens
