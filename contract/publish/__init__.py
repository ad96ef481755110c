"""Pure functions of the operations: the documents that `musicengine-mcp docs` prints, writes and compares."""
