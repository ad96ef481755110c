"""Where the tracks that a filter names are found: by an index of that filter, with how many entries that looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backends.local.hub.context import Hub
from backends.local.hub.facets import DAY_MS, EVERY_GENRE
from backends.local.hub.listing import count_of
from backends.local.hub.named import Named, named_album, named_artist, named_genre
from backends.local.hub.selection import Bounds, Source
from contract.hub.library import ListLibraryTracks
from contract.hub.moments import milliseconds

__all__ = ["Filters", "facets"]

_OF_ARTIST = "EXISTS (SELECT 1 FROM track_artists c WHERE c.artist_key = :artist AND c.track_key = {})"
_OF_GENRE = "EXISTS (SELECT 1 FROM track_genres g WHERE g.genre_key = :genre AND g.track_key = {})"

# What follows each are further conditions, as far as they need no look at the table.
_OF_THE_ARTIST = "SELECT DISTINCT s.track_key AS key FROM track_artists s WHERE s.artist_key = :artist"
_OF_THE_GENRE = "SELECT DISTINCT s.track_key AS key FROM track_genres s WHERE s.genre_key = :genre"
_OF_THE_ALBUM = "SELECT t.key FROM tracks t INDEXED BY tracks_of_album WHERE t.album_key = :album"
_WITH_THE_ISRC = "SELECT t.key FROM tracks t INDEXED BY tracks_by_isrc WHERE t.isrc = :isrc"
_SAVED = "SELECT t.key FROM tracks t INDEXED BY tracks_saved WHERE t.saved_at IS NOT NULL"
_SINCE = "SELECT t.key FROM tracks t INDEXED BY tracks_by_added WHERE t.missing IN (0, 1)"
_OF_YEARS = "SELECT t.key FROM tracks t INDEXED BY tracks_by_year WHERE t.missing IN (0, 1)"
# No index has formats alone. Rare ones are of few years, though, and the index of years has the format as well.
_YEARS_OF_FORMAT = f"SELECT year FROM facets WHERE genre_key = {EVERY_GENRE} AND format = :format"
_OF_FORMATS_YEARS = f"{_OF_YEARS} AND t.year IN ({_YEARS_OF_FORMAT})"
_OF_NO_YEAR = f"{_OF_YEARS} AND t.year IS NULL"

_FEW = 10
"""Tracks that share an ISRC, roughly."""

_SUM = "SELECT sum(tracks) FROM facets WHERE genre_key = :genre"
_SUM_OF_FORMATS_YEARS = f"{_SUM} AND (year = 0 OR year IN ({_YEARS_OF_FORMAT}))"
_SUM_SINCE = "SELECT sum(tracks) FROM days WHERE day >= :day"


@dataclass(frozen=True)
class Filters:
    """The filters of a request.

    Attributes:
        parameters: Of all conditions.
        every: How many tracks the library has.
        left: How many of them are of the request's years, format and saved, as the indexes of sorts can tell.
        of_years: How many are of its years, whatever else.
        of_formats_years: How many are of any year of which one is in its format.
        saved: How many are saved.
        since: How many were added since the beginning of its day.
    """

    request: ListLibraryTracks
    artist: Named | None
    album: Named | None
    genre: Named | None
    parameters: dict[str, Any]
    every: int
    left: int
    of_years: int
    of_formats_years: int
    saved: int
    since: int

    @classmethod
    async def of(cls, hub: Hub, request: ListLibraryTracks) -> "Filters | None":
        """The filters, with what they name; None if they name a genre that no track has.

        Raises:
            ArtistNotFound: The artist is not known.
            AlbumNotFound: The album is not known.
        """
        artist = await named_artist(hub, request.artist) if request.artist is not None else None
        album = await named_album(hub, request.album) if request.album is not None else None
        genre = await named_genre(hub, request.genre) if request.genre is not None else None
        if request.genre is not None and genre is None:
            return None
        since = None if request.addedSince is None else milliseconds(request.addedSince)
        parameters = {
            "artist": artist and artist.key,
            "album": album and album.key,
            "genre": genre and genre.key,
            "isrc": request.isrc,
            "format": request.format,
            "yearFrom": request.yearFrom,
            "yearTo": request.yearTo,
            "since": since,
        }
        years = ListLibraryTracks(yearFrom=request.yearFrom, yearTo=request.yearTo)
        of_format = {"genre": EVERY_GENRE, "format": request.format}
        day = 0 if since is None else since // DAY_MS
        return cls(
            request=request,
            artist=artist,
            album=album,
            genre=genre,
            parameters={name: value for name, value in parameters.items() if value is not None},
            every=await facets(hub, EVERY_GENRE),
            left=await facets(hub, EVERY_GENRE, request),
            of_years=await facets(hub, EVERY_GENRE, years),
            of_formats_years=await count_of(hub, _SUM_OF_FORMATS_YEARS, of_format) if request.format else 0,
            saved=await facets(hub, EVERY_GENRE, ListLibraryTracks(saved=True)) if request.saved else 0,
            since=0 if since is None else await count_of(hub, _SUM_SINCE, {"day": day}),
        )

    @property
    def terms(self) -> list[str]:
        """All conditions but ranges."""
        return [*self._saved, *self._format, *self._named("t.key"), *self._album_and_isrc]

    @property
    def bounds(self) -> list[Bounds]:
        """The ranges."""
        low, high = ("yearFrom" if self.request.yearFrom else None), ("yearTo" if self.request.yearTo else None)
        years = [Bounds("year", low, high)] if low or high else []
        return [*years, *([Bounds("added_at", "since", None)] if self.request.addedSince else [])]

    @property
    def probed(self) -> float:
        """Of how much of the library an artist or a genre has to be looked for: 0 to 1."""
        return self.left / max(self.every, 1) if self.artist or self.genre else 0

    @property
    def source(self) -> Source | None:
        """Where the tracks are found at the least cost."""
        return min(self.sources, key=lambda source: source.cost, default=None)

    @property
    def sources(self) -> list[Source]:
        """Wherever the tracks are found."""
        return [*self._groups(), *self._ranges()]

    def _groups(self) -> Iterator[Source]:
        """Of an artist, a genre, an album, an ISRC, or what is saved."""
        shown = [*self._saved, *self._format]
        if self.artist is not None:
            more, named = self._named("s.track_key", artist=False), _share(self.genre, self.every)
            rest = [*shown, *self._album_and_isrc]
            yield _source(_OF_THE_ARTIST, more, self.artist.tracks, named=named, rest=rest)
        if self.genre is not None:
            more, named = self._named("s.track_key", genre=False), _share(self.artist, self.every)
            rest = [*shown, *self._album_and_isrc]
            yield _source(_OF_THE_GENRE, more, self.genre.tracks, named=named, rest=rest)
        if self.album is not None:
            yield _source(_OF_THE_ALBUM, [], self.album.tracks, rest=self.terms)
        if self.request.isrc is not None:
            yield _source(_WITH_THE_ISRC, [], _FEW, rest=self.terms)
        if self.request.saved:
            rest = [*self._format, *self._album_and_isrc]
            yield _source(
                _SAVED, self._named("t.key"), self.saved, named=self._share_of_named, rest=rest, scattered=True
            )

    def _ranges(self) -> Iterator[Source]:
        """Of a range in an index, which has the year, the format and whether a track is saved as well."""
        years = [bounds.term("t") for bounds in self.bounds if bounds.column == "year"]
        more = [*years, *self._saved, *self._format, *self._named("t.key")]
        named, rest = self._share_of_named, self._album_and_isrc
        if self.request.addedSince is not None:
            within = self.left / max(self.every, 1)
            yield _source(
                _SINCE,
                ["t.added_at >= :since", *more],
                self.since,
                within=within,
                named=named,
                rest=rest,
                scattered=True,
            )
        if years:
            within = self.left / max(self.of_years, 1)
            yield _source(_OF_YEARS, more, self.of_years, within=within, named=named, rest=rest, scattered=True)
        elif self.request.format is not None:
            within = self.left / max(self.of_formats_years, 1)
            sql = f"{_and(_OF_FORMATS_YEARS, more)} UNION ALL {_and(_OF_NO_YEAR, more)}"
            yield _source(sql, [], self.of_formats_years, within=within, named=named, rest=rest, scattered=True)

    @property
    def _saved(self) -> list[str]:
        return [] if self.request.saved is None else [f"t.saved = {int(self.request.saved)}"]

    @property
    def _format(self) -> list[str]:
        return ["t.format = :format"] if self.request.format else []

    @property
    def _album_and_isrc(self) -> list[str]:
        album = ["t.album_key = :album"] if self.album else []
        return [*album, *(["t.isrc = :isrc"] if self.request.isrc else [])]

    @property
    def _share_of_named(self) -> float:
        return _share(self.artist, self.every) * _share(self.genre, self.every)

    def _named(self, key: str, *, artist: bool = True, genre: bool = True) -> list[str]:
        """Conditions of the artist and the genre, by a column with the track's key."""
        terms = [_OF_ARTIST.format(key)] if self.artist and artist else []
        return [*terms, *([_OF_GENRE.format(key)] if self.genre and genre else [])]


async def facets(hub: Hub, genre: int, request: ListLibraryTracks | None = None) -> int:
    """How many tracks of the genre are there, of the request's years, format and saved."""
    terms, parameters = [_SUM], dict[str, Any](genre=genre)
    if request is not None:
        asked: list[tuple[str, str, Any]] = [
            ("format = :format", "format", request.format),
            ("saved = :saved", "saved", None if request.saved is None else int(request.saved)),
            ("year >= :yearFrom", "yearFrom", request.yearFrom),
            ("year BETWEEN 1 AND :yearTo", "yearTo", request.yearTo),
        ]
        for term, name, value in asked:
            if value is not None:
                terms.append(term)
                parameters[name] = value
    return await count_of(hub, " AND ".join(terms), parameters)


def _share(named: Named | None, every: int) -> float:
    """Of the library, at least if it has nothing to do with what else is asked for."""
    return 1 if named is None else named.tracks / max(every, 1)


def _source(
    sql: str,
    more: list[str],
    scanned: int,
    *,
    within: float = 1,
    named: float = 1,
    rest: list[str],
    scattered: bool = False,
) -> Source:
    """A source of so many entries, of which these shares are looked at further, and looked for in the table."""
    probed = scanned * within if named < 1 else 0
    return Source(_and(sql, more), scanned, scanned * within * named, probed, tuple(rest), scattered)


def _and(sql: str, more: list[str]) -> str:
    return " AND ".join([sql, *more])
