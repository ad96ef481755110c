"""What lists, searches, playlists and the queue show of a track, an album, an artist and a playlist."""

from typing import Annotated

from pydantic import Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.ids import AlbumId, ArtistId, PlaylistId, TrackId
from contract.identifiers import Timestamp

__all__ = [
    "EXAMPLE_TRACK",
    "LARGEST_PAGE",
    "AlbumSummary",
    "ArtistSummary",
    "Cursor",
    "Limit",
    "PlaylistSummary",
    "TrackSummary",
]

LARGEST_PAGE = 200

Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Most entries to return.")]

Cursor = Annotated[
    str | None,
    Field(max_length=2000, description="`nextCursor` of the page before; left out for the first page."),
]


@with_config(ANSWER)
class TrackSummary(TypedDict):
    """A track of the library, as it is to be shown: the file's tags under the user's overrides."""

    id: TrackId
    title: str
    artist: Annotated[str, Field(description="The credit as it is to be shown.")]
    album: str | None
    albumId: AlbumId | None
    albumArtist: str | None
    disc: int | None
    track: int | None
    year: int | None
    genre: str | None
    durationMs: Annotated[int, Field(description="Milliseconds.")]
    format: Annotated[str, Field(description="mp3, flac, vorbis, opus, aac, alac, wav, aiff or wavpack.")]
    isrc: str | None
    hasCover: bool
    addedAt: Timestamp
    playCount: int
    lastPlayedAt: Timestamp | None
    saved: bool
    missing: Annotated[bool, Field(description="Whether its file was not there when it was last looked for.")]


@with_config(ANSWER)
class AlbumSummary(TypedDict):
    """An album; its counts are of the tracks whose files are there."""

    id: AlbumId
    title: str
    artist: Annotated[str, Field(description="The album artist as it is to be shown.")]
    artistId: ArtistId | None
    year: int | None
    compilation: bool
    trackCount: int
    durationMs: int
    hasCover: bool
    addedAt: Timestamp
    playCount: int
    saved: bool


@with_config(ANSWER)
class ArtistSummary(TypedDict):
    """An artist; the counts are of what is there."""

    id: ArtistId
    name: str
    trackCount: Annotated[int, Field(description="As artist or album artist.")]
    albumCount: Annotated[int, Field(description="As album artist.")]
    playCount: int
    saved: bool


@with_config(ANSWER)
class PlaylistSummary(TypedDict):
    """A playlist without its entries."""

    id: PlaylistId
    name: str
    description: str | None
    trackCount: int
    createdAt: Timestamp
    updatedAt: Timestamp
    revision: Annotated[int, Field(description="Rises with each change.")]
    saved: bool


EXAMPLE_TRACK: TrackSummary = {
    "id": "trk_0f3a9c2e5b7d1846",
    "title": "Song Name",
    "artist": "Artist Name",
    "album": "Release Name",
    "albumId": "alb_0f3a9c2e5b7d1846",
    "albumArtist": "Artist Name",
    "disc": 1,
    "track": 3,
    "year": 2024,
    "genre": "Indie Pop",
    "durationMs": 187000,
    "format": "flac",
    "isrc": "USXXX1234567",
    "hasCover": True,
    "addedAt": "2026-03-08T10:00:00.000Z",
    "playCount": 12,
    "lastPlayedAt": "2026-11-20T21:14:05.000Z",
    "saved": True,
    "missing": False,
}
"""Of the references."""
