"""Every operation that is composed."""

from backends.backend import Backend
from backends.handlers import Handlers
from backends.remote.composed import coverage, movers, search

__all__ = ["COMPOSED"]

COMPOSED = Handlers[Backend]()
for _subject in (search, movers, coverage):
    COMPOSED.include(_subject.HANDLERS)
