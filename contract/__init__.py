"""What every operation is: the one source that routes, documents, tools and clients are derived from."""
