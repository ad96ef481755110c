"""Ids of the hub: opaque, and each says of what kind it is, so that a mix-up can be told from a mistake.

An id is three letters and sixteen hexadecimal digits, such as trk_0f3a9c2e5b7d1846. It names its thing for good: a
track keeps its id when its file is moved, renamed or tagged anew, and when the index is built again.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

__all__ = [
    "AlbumId",
    "AnyId",
    "ArtistId",
    "Kind",
    "PlaylistEntryId",
    "PlaylistId",
    "ProposalId",
    "QueueEntryId",
    "ShareId",
    "TrackId",
    "kind_of",
]


class Kind(StrEnum):
    """What an id names; the value is how people call it."""

    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"
    PLAYLIST = "playlist"
    PLAYLIST_ENTRY = "playlist entry"
    QUEUE_ENTRY = "queue entry"
    PROPOSAL = "proposal"
    SHARE = "share"

    @property
    def prefix(self) -> str:
        """The letters before the underscore."""
        return _PREFIXES[self]

    @property
    def example(self) -> str:
        """An id of this kind."""
        return f"{self.prefix}_0f3a9c2e5b7d1846"


_PREFIXES = {
    Kind.TRACK: "trk",
    Kind.ALBUM: "alb",
    Kind.ARTIST: "art",
    Kind.PLAYLIST: "pls",
    Kind.PLAYLIST_ENTRY: "ple",
    Kind.QUEUE_ENTRY: "que",
    Kind.PROPOSAL: "prp",
    Kind.SHARE: "shr",
}

_ID = re.compile(r"([a-z]{3})_[0-9a-f]{16}")

_KINDS = {prefix: kind for kind, prefix in _PREFIXES.items()}


def kind_of(value: str) -> Kind | None:
    """What the text is the id of, or None if it is no id."""
    match = _ID.fullmatch(value)
    return _KINDS.get(match[1]) if match else None


def _must_be(kind: Kind, value: str) -> str:
    found = kind_of(value)
    if found is kind:
        return value
    form = f"must be the id of {_article(kind)}, such as {kind.example}"
    raise ValueError(form if found is None else f"{form}; what was sent is the id of {_article(found)}")


def _article(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _schema(*kinds: Kind) -> WithJsonSchema:
    prefixes = "|".join(kind.prefix for kind in kinds)
    return WithJsonSchema({"type": "string", "pattern": f"^({prefixes})_[0-9a-f]{{16}}$"})


def _any(value: str) -> str:
    if kind_of(value) in {Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST}:
        return value
    raise ValueError(f"must be the id of a track, album, artist or playlist, such as {Kind.TRACK.example}")


TrackId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.TRACK, value)), _schema(Kind.TRACK)]
AlbumId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.ALBUM, value)), _schema(Kind.ALBUM)]
ArtistId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.ARTIST, value)), _schema(Kind.ARTIST)]
PlaylistId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.PLAYLIST, value)), _schema(Kind.PLAYLIST)]
PlaylistEntryId = Annotated[
    str, AfterValidator(lambda value: _must_be(Kind.PLAYLIST_ENTRY, value)), _schema(Kind.PLAYLIST_ENTRY)
]
QueueEntryId = Annotated[
    str, AfterValidator(lambda value: _must_be(Kind.QUEUE_ENTRY, value)), _schema(Kind.QUEUE_ENTRY)
]
ProposalId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.PROPOSAL, value)), _schema(Kind.PROPOSAL)]
ShareId = Annotated[str, AfterValidator(lambda value: _must_be(Kind.SHARE, value)), _schema(Kind.SHARE)]
AnyId = Annotated[str, AfterValidator(_any), _schema(Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST)]
"""Of whatever can be found, saved and played."""
