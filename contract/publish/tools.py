"""What `tools/list` shows, as a file: a server that reads it starts without building a single model."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from contract.schema import compact_schema
from contract.tool import Tool

__all__ = ["describe_tool", "tools_text"]

Tools = Sequence[Tool[Any, Any]]


def describe_tool(tool: Tool[Any, Any]) -> dict[str, Any]:
    """The tool as MCP shows it, all four hints said outright."""
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": compact_schema(tool.arguments, mode="validation"),
        "outputSchema": compact_schema(tool.result, mode="serialization"),
        "annotations": {
            "readOnlyHint": tool.read_only,
            "destructiveHint": tool.destructive,
            "idempotentHint": tool.idempotent,
            "openWorldHint": False,
        },
    }


def tools_text(systems: Mapping[str, Tools]) -> str:
    """The tools of each system as a file, with its generator in the first line, where JSON allows no comment."""
    described = {system: [describe_tool(tool) for tool in tools] for system, tools in systems.items()}
    document = {"x-generated-by": "musicengine-mcp docs --write", **described}
    return json.dumps(document, indent=1, ensure_ascii=False).replace("{\n ", "{ ", 1) + "\n"
