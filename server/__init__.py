"""What puts a backend on the wire: MCP over stdio, and the command line."""
