"""The operations of the Music Hub, by subject."""

from typing import Any

from contract.hub.browse import OPERATIONS as BROWSE
from contract.hub.details import OPERATIONS as DETAILS
from contract.hub.enrichment import OPERATIONS as ENRICHMENT
from contract.hub.events import OPERATIONS as EVENTS
from contract.hub.library import OPERATIONS as LIBRARY
from contract.hub.media import OPERATIONS as MEDIA
from contract.hub.metadata import OPERATIONS as METADATA
from contract.hub.overview import OPERATIONS as OVERVIEW
from contract.hub.pairing import OPERATIONS as PAIRING
from contract.hub.playback import OPERATIONS as PLAYBACK
from contract.hub.playlist_entries import OPERATIONS as PLAYLIST_ENTRIES
from contract.hub.playlists import OPERATIONS as PLAYLISTS
from contract.hub.recovery import OPERATIONS as RECOVERY
from contract.hub.saved import OPERATIONS as SAVED
from contract.hub.scan import OPERATIONS as SCAN
from contract.hub.search import OPERATIONS as SEARCH
from contract.hub.service import OPERATIONS as SERVICE
from contract.hub.shares import OPERATIONS as SHARES
from contract.operation import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation[Any, Any], ...] = (
    *SERVICE,
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
    *MEDIA,
    *SHARES,
    *SCAN,
    *PAIRING,
    *RECOVERY,
    *EVENTS,
)
"""What is there, how it is found, what people make of it, what is played, and how it got there."""
