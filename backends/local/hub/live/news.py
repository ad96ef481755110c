"""What is told to listeners."""

from dataclasses import dataclass
from typing import Final

from contract.hub.events import LibraryEvent, ScanEvent

__all__ = ["DEVICES", "PROGRESS", "RESYNC", "News", "resync"]

RESYNC: Final = "resync"
PROGRESS: Final = "progress"
DEVICES: Final = "devices"
"""A device was paired or revoked: the business of whoever keeps streams open, and of no listener beyond."""


@dataclass(frozen=True, eq=False)
class News:
    """One thing to tell; all listeners are given the same object.

    Attributes:
        kind: What it is about.
        id: Which one, or None.
        mark: What whoever has been told can go on from, or None.
        data: What is said; None of what nobody beyond is told.
    """

    kind: str
    id: str | None = None
    mark: str | None = None
    data: LibraryEvent | ScanEvent | None = None


def resync(mark: str | None) -> News:
    """Anything may have changed."""
    return News(RESYNC, None, mark, LibraryEvent.model_construct(kind=RESYNC, id=None, session=None))
