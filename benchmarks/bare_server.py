"""The floor of an MCP server: one tool on the same SDK, which answers with a ready-made result.

Run as `python benchmarks/bare_server.py [RESULT.json]`, where the file holds a `tools/call` result.
"""

import json
import sys
from pathlib import Path

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

_TOOL = types.Tool(name="bare", description="Answer.", input_schema={"type": "object", "properties": {}})


async def _list_tools(_context, _params):
    return types.ListToolsResult(tools=[_TOOL])


def _answer_with(path):
    result = json.loads(Path(path).read_text())
    text, structured = result["content"][0]["text"], result["structuredContent"]

    async def call_tool(_context, _params):
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=structured)

    return call_tool


async def _serve():
    call_tool = _answer_with(sys.argv[1]) if len(sys.argv) > 1 else None
    server = Server("bare", on_list_tools=_list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


anyio.run(_serve)
