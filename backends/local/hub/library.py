"""The library: its lists, details of one of each kind, and the whole in numbers."""

from backends.handlers import Handlers
from backends.local.hub import album_list, artist_list, browse, details, overview, track_list
from backends.local.hub.context import Hub

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()
for _subject in (track_list, album_list, artist_list, details, overview, browse):
    HANDLERS.include(_subject.HANDLERS)
