"""Search: what people type, found in the index."""
