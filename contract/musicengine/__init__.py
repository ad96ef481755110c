"""MusicEngine: a label's catalogue, its daily streams, and its browser profiles."""

from typing import Any

from contract.musicengine.analytics import GET_COVERAGE, GET_MOVERS, GET_STREAMS
from contract.musicengine.catalogue import FIND_TRACKS, GET_OVERVIEW, GET_TRACK, LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.operation import Operation

__all__ = ["BASE_URL", "OPERATIONS"]

BASE_URL = "https://musicengine.ai"
"""Where the hosted service answers."""

OPERATIONS: tuple[Operation[Any, Any], ...] = (
    LIST_TRACKS,
    GET_TRACK,
    GET_STREAMS,
    IMPORT_BROWSER_PROFILE,
    GET_OVERVIEW,
    FIND_TRACKS,
    GET_MOVERS,
    GET_COVERAGE,
)
"""In the order of the reference; the last three are ours, for agents, and have no published route."""
