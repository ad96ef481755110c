"""The smallest server that the SDK's documentation shows: one decorated function."""

from mcp.server.mcpserver import MCPServer

server = MCPServer("bare")


@server.tool()
def bare() -> str:
    """Answer."""
    return "answer"


server.run()
