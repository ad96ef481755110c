"""What the tools answer to the demo's questions."""

import contextlib
import io
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mcp_types as types

from backends.backend import Backend
from backends.joined import JoinedBackend
from backends.local.hub.hub import LocalHub
from backends.local.musicengine import LocalMusicEngine
from server.commands.demo import import_samples, scan_samples
from server.demo.library_questions import LIBRARY_QUESTIONS
from server.demo.questions import QUESTIONS
from server.mcp.handlers import HANDLERS
from server.mcp.tools import call_tool

__all__ = ["answers"]


async def answers() -> dict[str, list[str]]:
    """The texts that an agent reads for each of the demo's questions."""
    with TemporaryDirectory(prefix="musicengine-benchmark-") as name:
        with contextlib.redirect_stdout(io.StringIO()):
            await import_samples(Path(name))
            await scan_samples(Path(name))
        catalogue = LocalMusicEngine(Path(name))
        hub = LocalHub(Path(name), catalogue=catalogue)
        async with aclosing(JoinedBackend(catalogue, hub, hub.has_begun)) as backend:
            return {question.text: await _texts(backend, question) for question in (*QUESTIONS, *LIBRARY_QUESTIONS)}


async def _texts(backend: Backend, question: Any) -> list[str]:
    texts: list[str] = []

    async def ask(tool: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        params = types.CallToolRequestParams(name=tool, arguments=dict(arguments))
        answer = await call_tool(HANDLERS, backend, params)
        texts.append(answer["content"][0]["text"])
        return answer["structuredContent"]

    await question.answer(ask)
    return texts
