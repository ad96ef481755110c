"""Find tracks by words, ISRC or Spotify link in a catalogue that can only be listed."""

from backends.backend import Backend
from backends.handlers import Handlers
from backends.remote.composed.reading import read_catalogue
from backends.search import Sought
from contract.errors import InvalidRequest
from contract.musicengine.catalogue import FIND_TRACKS, FindTracks, TrackPage

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Backend]()

_MOST = 50_000
"""Tracks that are looked through: a hundred pages, a third of what may be read in a minute."""


@HANDLERS.handles(FIND_TRACKS)
async def find_tracks(backend: Backend, request: FindTracks) -> TrackPage:
    """The whole catalogue, looked through by the rule of a local search."""
    catalogue = await read_catalogue(backend, _MOST)
    if not catalogue.is_whole:
        raise InvalidRequest(
            f"The catalogue has more than {_MOST:,} tracks, and the service publishes no search.",
            field="query",
            next_step="Ask for the track by its ISRC, or list the catalogue page by page.",
        )
    sought = Sought.of(request.query)
    found = [track for track in catalogue.tracks if sought.is_met_by(track)]
    behind = request.offset + request.limit
    return TrackPage(
        data=found[request.offset : behind],
        pagination={
            "total": len(found),
            "limit": request.limit,
            "offset": request.offset,
            "has_more": behind < len(found),
        },
    )
