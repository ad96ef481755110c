"""The Music Hub over HTTP: whom it trusts, its operations as routes, its media, its live feeds and its pages."""
