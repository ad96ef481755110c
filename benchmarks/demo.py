"""What the tools answer to the demo's questions."""

import contextlib
import io
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mcp_types as types

from backends.local.musicengine import LocalMusicEngine
from server.commands.demo import import_samples
from server.demo.questions import QUESTIONS
from server.mcp.catalogue import HANDLERS
from server.mcp.tools import call_tool

__all__ = ["answers"]


async def answers() -> dict[str, list[str]]:
    """The texts that an agent reads for each of the demo's questions."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        with contextlib.redirect_stdout(io.StringIO()):
            await import_samples(Path(name))
        async with aclosing(LocalMusicEngine(Path(name))) as engine:
            return {question.text: await _texts(engine, question) for question in QUESTIONS}


async def _texts(engine: LocalMusicEngine, question: Any) -> list[str]:
    texts: list[str] = []

    async def ask(tool: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        params = types.CallToolRequestParams(name=tool, arguments=dict(arguments))
        answer = await call_tool(HANDLERS, engine, params)
        texts.append(answer["content"][0]["text"])
        return answer["structuredContent"]

    await question.answer(ask)
    return texts
