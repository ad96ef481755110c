"""The two systems meet by ISRC: which of the catalogue's tracks the library on this machine has."""

from collections.abc import Iterable

from backends.backend import Backend
from backends.joined import library_began
from contract.errors import StorageError

__all__ = ["in_library"]


async def in_library(backend: Backend, isrcs: Iterable[str]) -> dict[str, str] | None:
    """Track ids by ISRC, of those that are there; None where there is no library."""
    wanted = list(dict.fromkeys(isrcs))
    if not library_began(backend):
        return None
    from contract.hub.overview import FIND_LIBRARY_ISRCS, MOST_ISRCS, FindLibraryIsrcs  # noqa: PLC0415

    found: dict[str, str] = {}
    try:
        for start in range(0, len(wanted), MOST_ISRCS):
            request = FindLibraryIsrcs(isrcs=",".join(wanted[start : start + MOST_ISRCS]))
            answer = await backend.call(FIND_LIBRARY_ISRCS, request)
            found |= {track["isrc"]: track["trackIds"][0] for track in answer.found}
    except StorageError:
        return None  # what is wrong with the library must not keep the label's figures back
    return found
