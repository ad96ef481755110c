"""Every tool of both systems and what carries it out; imported when the first tool is called, not before."""

from server.mcp import catalogue
from server.mcp.hub import finding, metadata, play, playing, playlists, rebuilding, scanning, sharing
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(())
for _subject in (catalogue, finding, play, playing, playlists, metadata, scanning, rebuilding, sharing):
    HANDLERS.include(_subject.HANDLERS)
