"""What is shown of a track: its file's tags under the user's overrides, and something where both are silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backends.local.hub.indexing.file_names import disc_of_folder, named
from backends.local.hub.indexing.names import (
    VARIOUS_ARTISTS,
    credited,
    folded,
    joined,
    main_artist,
    sort_key,
)
from backends.local.hub.reading.record import Tags
from contract.hub.fields import LARGEST_NUMBER, MetadataField

__all__ = ["UNKNOWN_ARTIST", "Overrides", "Shown", "effective"]

UNKNOWN_ARTIST = "Unknown Artist"

Overrides = Mapping[str, Any]
"""Values by field (contract.hub.fields); None says that the field is to be empty, as if the file had no such tag."""

_Members = Mapping[str, Any]


@dataclass(slots=True)
class Shown:
    """A track as lists show it; the names are those of the columns of `tracks`.

    Attributes:
        artists: The single names in the credit, in its order and each once.
        album_artists: The same of the album's credit; empty without an album.
        album_identity: What makes two files one album, or None without an album.
        year: Of the original release where it is known, since that is the year people mean: a remaster of 2009
            belongs to 1969. Of this release otherwise.
    """

    title: str
    artist: str
    artists: tuple[str, ...]
    album: str | None
    album_artist: str | None
    album_artists: tuple[str, ...]
    album_identity: str | None
    genres: tuple[str, ...]
    genre: str | None
    year: int | None
    release_date: str | None
    original_date: str | None
    disc: int | None
    disc_total: int | None
    track: int | None
    track_total: int | None
    compilation: bool
    isrc: str | None
    sort_title: str
    sort_artist: str
    sort_album: str


def effective(tags: Tags, overrides: Overrides, file_name: bytes, folder: bytes) -> Shown:
    """What is shown of a file with these tags and overrides; the folder is the absolute path of the file's."""
    values = _under(tags, overrides)
    title, track, disc = _told_by_name(values, overrides, file_name, folder)
    artists = _artists(values)
    artist = values.get("artist") or joined(artists)
    album, compilation = values.get("album"), bool(values.get("compilation"))
    album_artist, album_artists = _album_artist(values, artists[0], compilation) if album else (None, ())
    genres = _each_once(values.get("genres") or ())
    original_date, release_date = values.get("originalDate"), values.get("releaseDate")
    return Shown(
        title=title,
        artist=artist,
        artists=artists,
        album=album,
        album_artist=album_artist,
        album_artists=album_artists,
        album_identity=_album_identity(values, album, album_artist, overrides),
        genres=genres,
        genre=", ".join(genres) or None,
        year=_year(original_date) or _year(release_date),
        release_date=release_date,
        original_date=original_date,
        disc=disc,
        disc_total=_number(values.get("discTotal")),
        track=track,
        track_total=_number(values.get("trackTotal")),
        compilation=compilation,
        isrc=values.get("isrc"),
        sort_title=sort_key(title),
        sort_artist=sort_key(artist),
        sort_album=sort_key(album) if album else "",
    )


def _under(tags: Tags, overrides: Overrides) -> _Members:
    """The tags with the overrides in their place. A credit and its names are one: who sets one of them sets both."""
    if not overrides:
        return tags
    values: dict[str, Any] = {**tags}
    if MetadataField.ARTIST in overrides or MetadataField.ARTISTS in overrides:
        values.pop("artist", None)
        values.pop("artists", None)
    if MetadataField.ALBUM_ARTIST in overrides:
        values.pop("albumArtists", None)
    for field, value in overrides.items():
        if value is None:
            values.pop(field, None)
        else:
            values[field] = value
    return values


def _told_by_name(
    values: _Members, overrides: Overrides, file_name: bytes, folder: bytes
) -> tuple[str, int | None, int | None]:
    """Title, track and disc, from the names of the file and its folder where the tags lack them.

    A number that the user has emptied stays empty.
    """
    title = values.get("title")
    track, disc = _number(values.get("track")), _number(values.get("disc"))
    disc_is_open = disc is None and MetadataField.DISC not in overrides
    if not title or track is None:
        named_title, named_track, named_disc = named(file_name)
        title = title or named_title
        if track is None and MetadataField.TRACK not in overrides:
            track = named_track
            disc = named_disc if disc_is_open else disc
    return title, track, disc_of_folder(folder) if disc_is_open and disc is None else disc


def _artists(values: _Members) -> tuple[str, ...]:
    names = values.get("artists")
    if names:
        return _each_once(names)
    credit = values.get("artist") or values.get("albumArtist")
    return _each_once(credited(credit)) if credit else (UNKNOWN_ARTIST,)


def _album_artist(values: _Members, first_artist: str, compilation: bool) -> tuple[str, tuple[str, ...]]:
    """The album's credit and the names in it: what the tag says, else what files without the tag agree upon."""
    credit, names = values.get("albumArtist"), values.get("albumArtists")
    if names:
        names = _each_once(names)
        return credit or joined(names), names
    credit = credit or (VARIOUS_ARTISTS if compilation else main_artist(first_artist))
    return credit, (credit,)


def _album_identity(values: _Members, album: str | None, album_artist: str | None, overrides: Overrides) -> str | None:
    """MusicBrainz's id of the release, unless the user has put the track elsewhere; else the names.

    So albums of one name by two artists are two, as are two editions with ids of their own; and one whose discs lie in
    folders apart is one. No name has a line break in it.
    """
    if album is None or album_artist is None:
        return None
    release_id = values.get("releaseId")
    if release_id and MetadataField.ALBUM not in overrides and MetadataField.ALBUM_ARTIST not in overrides:
        return f"release\n{release_id}"
    return f"names\n{folded(album_artist)}\n{folded(album)}"


def _each_once(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The names in their order, without those that are another's spelling."""
    if len(names) == 1:
        return (names[0],)
    return tuple(
        {folded(name): name for name in reversed(names)}[identity] for identity in dict.fromkeys(map(folded, names))
    )


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isdecimal() else None


def _number(value: int | None) -> int | None:
    """Of a disc or a track: what tags hold is not bounded."""
    return value if value is not None and 0 <= value <= LARGEST_NUMBER else None
