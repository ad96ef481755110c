"""A real service elsewhere, over HTTP."""
