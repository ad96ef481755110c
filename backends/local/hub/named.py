"""What filters name: an artist, an album or a genre, found in the index."""

from dataclasses import dataclass

from backends.local.hub.context import Hub
from backends.local.hub.indexing.names import folded
from backends.text import clean
from contract.hub.errors import AlbumNotFound, ArtistNotFound

__all__ = ["Named", "named_album", "named_artist", "named_genre"]

_ARTIST = "SELECT key, tracks, albums FROM artists WHERE id = ?"
_ALBUM = "SELECT key, tracks, 0 FROM albums WHERE id = ?"
_GENRE = "SELECT key, tracks, 0 FROM genres WHERE identity = ?"


@dataclass(frozen=True)
class Named:
    """An artist, an album or a genre.

    Attributes:
        tracks: How many are there.
        albums: The same, of an artist.
    """

    key: int
    tracks: int
    albums: int


async def named_artist(hub: Hub, id_: str, *, field: str = "artist") -> Named:
    """The artist with this id.

    Raises:
        ArtistNotFound: There is none; it names the field.
    """
    for row in await hub.index.look_up(_ARTIST, (id_,)):
        return Named(*row)
    raise ArtistNotFound(field=field)


async def named_album(hub: Hub, id_: str, *, field: str = "album") -> Named:
    """The album with this id.

    Raises:
        AlbumNotFound: There is none; it names the field.
    """
    for row in await hub.index.look_up(_ALBUM, (id_,)):
        return Named(*row)
    raise AlbumNotFound(field=field)


async def named_genre(hub: Hub, name: str) -> Named | None:
    """The genre that is spelt so, whatever its case and accents, or None if no track has it."""
    for row in await hub.index.look_up(_GENRE, (folded(clean(name)),)):
        return Named(*row)
    return None
