"""Tools over MCP: list them from the contract, check arguments, call, and answer in one compact form."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from backends.backend import Backend
from backends.joined import has_library
from backends.waiting import waits_told_to
from contract.errors import ContractError, InternalError
from contract.tool import Tool
from contract.validation import validate
from server.mcp.asking import QuestionAsked, asking
from server.mcp.inert import inert, is_inert
from server.mcp.progress import WaitProgress, reporting_to

__all__ = ["ToolHandlers", "call_tool"]

ArgumentsT = TypeVar("ArgumentsT", bound=BaseModel)
ResultT = TypeVar("ResultT", bound=BaseModel)

logger = logging.getLogger(__name__)


class ToolHandlers:
    """The tools of a server and what carries each out.

    A tool without a handler passes its arguments to its one operation, whose models are then its own.
    """

    def __init__(self, tools: Sequence[Tool[Any, Any]]) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self._by_name: dict[str, Callable[[Backend, Any], Awaitable[Any]]] = {}

    def handles(
        self, tool: Tool[ArgumentsT, ResultT]
    ) -> Callable[
        [Callable[[Backend, ArgumentsT], Awaitable[ResultT]]], Callable[[Backend, ArgumentsT], Awaitable[ResultT]]
    ]:
        """Register the decorated function as the tool's handler."""

        def register(
            handler: Callable[[Backend, ArgumentsT], Awaitable[ResultT]],
        ) -> Callable[[Backend, ArgumentsT], Awaitable[ResultT]]:
            self._by_name[tool.name] = handler
            return handler

        return register

    def include(self, other: "ToolHandlers") -> None:
        """Take over another system's tools."""
        self.tools.update(other.tools)
        self._by_name.update(other._by_name)  # noqa: SLF001  (another of our own kind)

    async def call(self, backend: Backend, tool: Tool[Any, Any], arguments: Mapping[str, Any]) -> BaseModel:
        """Check the arguments and return the tool's result.

        Raises:
            ContractError: The arguments are wrong, or an operation failed.
        """
        # Some hosts send null for each argument that the model left out.
        checked = validate(tool.arguments, {name: value for name, value in arguments.items() if value is not None})
        handler = self._by_name.get(tool.name)
        if handler is None:
            (operation,) = tool.operations
            return await backend.call(operation, checked)
        return await handler(backend, checked)


async def call_tool(
    handlers: ToolHandlers,
    backend: Backend,
    params: types.CallToolRequestParams,
    context: ServerRequestContext[Any, Any] | None = None,
) -> dict[str, Any] | types.InputRequiredResult:
    """Answer a `tools/call`: all data as one compact text block and the same as structured content.

    Waits of the backend reach the host as progress of the request, if its context is given and it asked for that.

    Raises:
        MCPError: There is no such tool. Everything else that goes wrong is an answer that the model can read.
    """
    tool = handlers.tools.get(params.name)
    if tool is None or (tool.needs_library and not has_library(backend)):
        there = [name for name, tool in handlers.tools.items() if has_library(backend) or not tool.needs_library]
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool. This server has: {', '.join(there)}.")
    try:
        with waits_told_to(WaitProgress(context)), reporting_to(context), asking(context, params):
            return _success(await handlers.call(backend, tool, params.arguments or {}))
    except QuestionAsked as asked:
        return asked.result
    except ContractError as error:
        return _failure(error)
    except Exception:
        logger.exception("%s failed", tool.name)
        return _failure(InternalError(next_step="The server's log (stderr) says more; try again or report it."))


def _success(result: BaseModel) -> dict[str, Any]:
    structured: dict[str, Any] = result.model_dump(mode="json")
    text = _inert_text(structured)
    if text is None:
        structured = inert(structured)
        text = _compact(structured).decode()
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": structured,
        "isError": False,
        "resultType": "complete",
    }


def _inert_text(structured: dict[str, Any]) -> str | None:
    """The data as JSON, or None if something must be taken out first."""
    try:
        text = _compact(structured)
    except PydanticSerializationError:  # half of a character, which no encoding can write
        return None
    return text.decode() if is_inert(text) else None


def _compact(structured: dict[str, Any]) -> bytes:
    # pydantic's writer is several times faster than json.dumps, and as compact.
    return to_json(structured)


def _failure(error: ContractError) -> dict[str, Any]:
    next_step = error.agent_next_step or error.next_step
    # A service's own message is text of strangers, too.
    text = inert(f"{error.code}: {error.message}" + (f" {next_step}" if next_step else ""))
    return {"content": [{"type": "text", "text": text}], "isError": True, "resultType": "complete"}
