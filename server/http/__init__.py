"""HTTP: the contract's routes as REST, its documents, and MCP, in one ASGI application."""
