"""What a handler of the hub may touch."""

from collections.abc import Callable
from dataclasses import dataclass, field

from backends.backend import Backend
from backends.local.database import Database
from backends.local.hub.condition import Condition
from backends.local.hub.enriching.musicbrainz import MusicBrainz
from backends.local.hub.media.work import MediaWork
from backends.local.hub.pairing.armed import Armed
from backends.local.hub.scanning.scans import Scans

__all__ = ["Hub"]


@dataclass(frozen=True)
class Hub:
    """One hub.

    Attributes:
        user: `hub.db`, what people made.
        index: `hub-index.db`, what lists and searches read.
        clock: The present moment, in milliseconds since 1970.
        catalogue: The label's catalogue, whose tracks may be in the library, or None.
        musicbrainz: Asked about tracks where it is switched on, or None.
        scans: Of its folders.
        condition: Of its databases.
        media: How much media work is done at once.
        armed: The pairing code that this process has armed.
    """

    user: Database
    index: Database
    clock: Callable[[], int]
    catalogue: Backend | None = None
    musicbrainz: MusicBrainz | None = None
    scans: Scans = field(init=False)
    condition: Condition = field(default_factory=Condition)
    media: MediaWork = field(default_factory=MediaWork)
    armed: Armed = field(default_factory=Armed)

    def __post_init__(self) -> None:
        """Scans work with the same databases."""
        object.__setattr__(self, "scans", Scans(self.user, self.index, self.clock))
