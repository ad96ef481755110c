"""What `tools/list` answers, read from the file that the contract has published it in."""

import json
from functools import cache
from typing import Any

import mcp_types as types

from contract.documents import DOCUMENTS

__all__ = ["listed_tools"]


@cache
def listed_tools(*, with_library: bool) -> list[types.Tool]:
    """The catalogue's tools, and the hub's where there is one."""
    published: dict[str, Any] = json.loads(DOCUMENTS["tools"].content)
    systems = ("catalogue", "hub") if with_library else ("catalogue",)
    return [types.Tool.model_validate(tool) for system in systems for tool in published[system]]
