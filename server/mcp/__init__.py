"""MCP: the contract's tools and resources, on the SDK's low-level server."""
