"""What an agent pays to know the tools, and for their answers, in tokens (o200k_base)."""

import asyncio
import json
import warnings
from contextlib import aclosing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mcp_types as types

from backends.local.musicengine import LocalMusicEngine
from benchmarks.demo import answers
from benchmarks.label import Label
from benchmarks.lines import Line, at_most, noted
from server.mcp.handlers import HANDLERS
from server.mcp.server import instructions
from server.mcp.tool_list import listed_tools
from server.mcp.tools import call_tool

with warnings.catch_warnings():
    # It reads its own data in a way that Python 3.11 and 3.12 call deprecated, and 3.13 no longer does.
    warnings.simplefilter("ignore", DeprecationWarning)
    import bpe_openai

__all__ = [
    "AVERAGE_BUDGET",
    "MOST_TOOLS",
    "TOOLS_BUDGET",
    "TOOL_BUDGET",
    "TRACKS_BUDGET",
    "answer_tokens",
    "concise_tracks",
    "measure",
    "tool_texts",
    "tools_list",
]

MOST_TOOLS = 25
TOOLS_BUDGET = 4_000
AVERAGE_BUDGET = 160
TOOL_BUDGET = 300
TRACKS_BUDGET = 900


def measure(*, quick: bool) -> list[Line]:  # noqa: ARG001  (counting is quick)
    """Count the tools, a page of tracks, and what the whole list takes with the schemas of answers."""
    counts = {name: answer_tokens(text) for name, text in tool_texts().items()}
    tracks = asyncio.run(concise_tracks())
    return [
        at_most("tools", len(counts), MOST_TOOLS, "tools"),
        at_most("all tools", sum(counts.values()), TOOLS_BUDGET, "tokens"),
        at_most(f"average of {len(counts)} tools", sum(counts.values()) / len(counts), AVERAGE_BUDGET, "tokens"),
        *(at_most(name, count, TOOL_BUDGET, "tokens") for name, count in counts.items()),
        noted("tools/list with output schemas", answer_tokens(_compact(tools_list())), "tokens"),
        noted("instructions", answer_tokens(instructions()), "tokens"),
        at_most("20 tracks, concise", answer_tokens(tracks), TRACKS_BUDGET, "tokens"),
        *(
            noted(
                f"demo: {question}",
                sum(map(answer_tokens, texts)),
                "tokens, 1 call" if len(texts) == 1 else f"tokens, {len(texts)} calls",
            )
            for question, texts in asyncio.run(answers()).items()
        ),
    ]


def answer_tokens(text: str) -> int:
    """Tokens of a text: a tool's answer, say."""
    return len(_encoding().encode_ordinary(text))


def tools_list() -> list[dict[str, Any]]:
    """The tools as the server sends them."""
    tools = types.ListToolsResult(tools=listed_tools(with_library=True))
    return tools.model_dump(by_alias=True, mode="json", exclude_none=True)["tools"]


def tool_texts() -> dict[str, str]:
    """What a host puts before the model for each tool: name, description, and the schema of its input."""
    return {tool["name"]: tool["name"] + tool["description"] + _compact(tool["inputSchema"]) for tool in tools_list()}


async def concise_tracks() -> str:
    """The answer of the tool that lists tracks, 20 of them, in the concise form."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        Label(tracks=20, days=0).build(Path(name))
        async with aclosing(LocalMusicEngine(Path(name))) as engine:
            params = types.CallToolRequestParams(name="catalogue_list_tracks", arguments={"limit": 20})
            answer = await call_tool(HANDLERS, engine, params)
    return answer["content"][0]["text"]


@cache
def _encoding() -> bpe_openai.Encoding:
    return bpe_openai.get_encoding("o200k_base")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
