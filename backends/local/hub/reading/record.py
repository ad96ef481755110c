"""What is read from one audio file, in one form for all formats."""

from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

__all__ = ["FORMATS", "AudioFile", "Format", "Tags", "Unreadable"]

Format = Literal["mp3", "flac", "vorbis", "opus", "aac", "alac", "wav", "aiff", "wavpack"]

FORMATS: tuple[Format, ...] = ("mp3", "flac", "vorbis", "opus", "aac", "alac", "wav", "aiff", "wavpack")


class Tags(TypedDict):
    """A file's tags: cleaned text (backends.text.clean), bounded in length; a member that the file lacks is left out.

    Dates are YYYY, YYYY-MM or YYYY-MM-DD. `artist` and `albumArtist` are the credit as it is to be shown, `artists` and
    `albumArtists` the single names in it, where the file gives them; nothing is ever split at a slash.
    """

    title: NotRequired[str]
    artist: NotRequired[str]
    artists: NotRequired[list[str]]
    album: NotRequired[str]
    albumArtist: NotRequired[str]
    albumArtists: NotRequired[list[str]]
    compilation: NotRequired[bool]
    genres: NotRequired[list[str]]
    disc: NotRequired[int]
    discTotal: NotRequired[int]
    track: NotRequired[int]
    trackTotal: NotRequired[int]
    releaseDate: NotRequired[str]
    originalDate: NotRequired[str]
    isrc: NotRequired[str]
    composers: NotRequired[list[str]]
    label: NotRequired[str]
    recordingId: NotRequired[str]  # MusicBrainz ids, as UUIDs
    releaseTrackId: NotRequired[str]
    releaseId: NotRequired[str]
    releaseGroupId: NotRequired[str]
    artistIds: NotRequired[list[str]]
    albumArtistIds: NotRequired[list[str]]
    trackGain: NotRequired[float]  # ReplayGain, dB and linear
    trackPeak: NotRequired[float]
    albumGain: NotRequired[float]
    albumPeak: NotRequired[float]


@dataclass(slots=True)
class AudioFile:
    """An audio file that could be read.

    Attributes:
        fingerprint: 16 bytes of the audio without its tags: the same after a move, a renaming and tagging anew.
        bitrate: Bits per second, or None if the format does not say.
        has_cover: Whether a picture is embedded.
        lyrics: Of the file's own tags, or of the .lrc file beside it; None if there are none.
        synced: Whether the lyrics have times.
    """

    format: Format
    fingerprint: bytes
    duration_ms: int
    bitrate: int | None
    sample_rate: int | None
    channels: int | None
    bit_depth: int | None
    has_cover: bool = False
    lyrics: str | None = None
    synced: bool = False
    tags: Tags = field(default_factory=Tags)


@dataclass(slots=True)
class Unreadable:
    """A file that looks like audio by its name and can't be read; the reason is a sentence for people."""

    reason: str
