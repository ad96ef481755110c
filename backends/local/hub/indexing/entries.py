"""A file as a scan hands it to the index."""

from dataclasses import dataclass, field

from backends.local.hub.indexing.effective import Overrides
from backends.local.hub.reading.record import AudioFile

__all__ = ["NO_FACTS", "FileEntry", "TrackFacts"]


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What people made of a track, as `hub.db` says (backends.local.hub.indexing.user_facts)."""

    overrides: Overrides = field(default_factory=dict[str, object])
    play_count: int = 0
    last_played_at: int | None = None
    saved_at: int | None = None


NO_FACTS = TrackFacts()
"""Of most tracks."""


@dataclass(slots=True)
class FileEntry:
    """A file that was read, and which track it is.

    Attributes:
        folder_key: Of the row of `folders`.
        name: Of the file in its folder.
        sidecar_stamp: Of the .lrc beside it, or None.
        key: Of the track's row if it has one already, which then is changed; None for a new track.
        added_at: When the track came into the library; a row that exists keeps its own.
        folder_has_image: Whether the folder holds a picture that may stand for the cover.
        facts: As of the transaction in which the entry is put: read there, or they may be old already.
    """

    folder_key: int
    name: bytes
    size: int
    mtime_ns: int
    inode: int
    sidecar_stamp: str | None
    audio: AudioFile
    track_id: str
    added_at: int
    key: int | None = None
    folder_has_image: bool = False
    facts: TrackFacts = NO_FACTS
