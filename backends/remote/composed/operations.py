"""Every operation that is composed."""

from backends.remote.composed import coverage, movers, search
from backends.remote.composed.handlers import ComposedHandlers

__all__ = ["COMPOSED"]

COMPOSED = ComposedHandlers()
for _subject in (search, movers, coverage):
    COMPOSED.include(_subject.HANDLERS)
