"""The Music Hub: a library of audio files, its playlists, and one playback session."""

from typing import Any

from contract.hub.browse import OPERATIONS as BROWSE
from contract.hub.details import OPERATIONS as DETAILS
from contract.hub.enrichment import OPERATIONS as ENRICHMENT
from contract.hub.library import OPERATIONS as LIBRARY
from contract.hub.metadata import OPERATIONS as METADATA
from contract.hub.overview import OPERATIONS as OVERVIEW
from contract.hub.playback import OPERATIONS as PLAYBACK
from contract.hub.playlist_entries import OPERATIONS as PLAYLIST_ENTRIES
from contract.hub.playlists import OPERATIONS as PLAYLISTS
from contract.hub.saved import OPERATIONS as SAVED
from contract.hub.scan import OPERATIONS as SCAN
from contract.hub.search import OPERATIONS as SEARCH
from contract.operation import Operation

__all__ = ["BASE_URL", "DEV_URL", "OPERATIONS"]

BASE_URL = "http://localhost:38472"
"""Where the desktop hub answers."""

DEV_URL = "http://localhost:38473"
"""Where a hub under development answers."""

OPERATIONS: tuple[Operation[Any, Any], ...] = (
    *OVERVIEW,
    *LIBRARY,
    *DETAILS,
    *BROWSE,
    *SEARCH,
    *PLAYLISTS,
    *PLAYLIST_ENTRIES,
    *SAVED,
    *METADATA,
    *ENRICHMENT,
    *PLAYBACK,
    *SCAN,
)
"""By subject: what is there, how it is found, what people make of it, what is played, and how it got there."""
