"""The floor of MCP over HTTP: the SDK's own application with one tool, which answers with a ready-made result.

Run as `python benchmarks/bare_http_server.py RESULT.json`; it prints its port. It is set up as ours is: without
sessions, and with answers in one JSON document.
"""

import json
import socket
import sys
from pathlib import Path

import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server

_TOOL = types.Tool(name="bare", description="Answer.", input_schema={"type": "object", "properties": {}})


async def _list_tools(_context, _params):
    return types.ListToolsResult(tools=[_TOOL])


def _answer_with(path):
    result = json.loads(Path(path).read_text())
    text, structured = result["content"][0]["text"], result["structuredContent"]

    async def call_tool(_context, _params):
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=structured)

    return call_tool


server = Server(
    "bare",
    on_list_tools=_list_tools,
    on_call_tool=_answer_with(sys.argv[1]),
    get_tool_input_schema=lambda _name: _TOOL.input_schema,
)
with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    app = server.streamable_http_app(json_response=True, stateless_http=True, host="127.0.0.1")
    config = uvicorn.Config(app, http="h11", ws="none", loop="asyncio", access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])
