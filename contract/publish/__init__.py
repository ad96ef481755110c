"""Pure functions of the operations: the OpenAPI document, the Markdown reference, and llms.txt."""
