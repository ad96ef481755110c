"""Browser profiles in SQLite."""

from backends.local.handlers import Handlers

__all__ = ["HANDLERS"]

HANDLERS = Handlers()
