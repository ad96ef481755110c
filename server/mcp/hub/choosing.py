"""What a person means by "play this": an id, an ISRC, a link, or words; several things are told, never guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.fuzz import ratio

from backends.backend import Backend
from backends.local.hub.searching.folding import folded
from contract.errors import ContractError
from contract.hub.details import GET_ALBUM, GET_ARTIST, GET_LIBRARY_TRACK, GetAlbum, GetArtist, GetLibraryTrack
from contract.hub.errors import LibraryTrackNotFound
from contract.hub.ids import Kind, kind_of
from contract.hub.playlists import GET_PLAYLIST, GetPlaylist
from contract.hub.search import SEARCH_LIBRARY, Found, SearchLibrary
from contract.hub.tool_results import Row
from contract.identifiers import normalise_isrc, spotify_track_id
from contract.musicengine.catalogue import FIND_TRACKS, GET_TRACK, FindTracks, GetTrack
from contract.validation import validate
from server.mcp.hub.finding import refuse_other_ids, track_of_isrc
from server.mcp.hub.rows import row, rows

__all__ = ["Choice", "choose"]

_MOST_CANDIDATES = 8

_MOST_FOUND = 20

_NEARLY = 82.0
"""Percent of letters that names share which differ by a typing error."""

_NUMBER = re.compile("[0-9]+")

_LIKE_AN_ID = re.compile("[a-z]{3}_[0-9a-z]+")


@dataclass(frozen=True)
class Choice:
    """What was meant.

    Attributes:
        chosen: The one thing, or None.
        candidates: What it may be, if it is not clear.
    """

    chosen: Row | None
    candidates: Sequence[Row] = ()


async def choose(backend: Backend, what: str, kind: str | None) -> Choice:
    """Find what the text means.

    Raises:
        ContractError: An id, an ISRC or a link leads to nothing.
    """
    if kind_of(what) is not None or _LIKE_AN_ID.fullmatch(what):
        refuse_other_ids(what, "what")
        return Choice(await _of_id(backend, what))
    isrc = await _isrc(backend, what)
    if isrc is not None:
        return await _of_isrc(backend, isrc)
    return await _of_words(backend, what, kind)


async def _of_id(backend: Backend, id_: str) -> Row:
    match kind_of(id_):
        case Kind.ALBUM:
            return row((await backend.call(GET_ALBUM, GetAlbum(id=id_))).album)
        case Kind.ARTIST:
            return row((await backend.call(GET_ARTIST, GetArtist(id=id_))).artist)
        case Kind.PLAYLIST:
            return row((await backend.call(GET_PLAYLIST, GetPlaylist(id=id_, limit=1))).playlist)
        case _:
            track = await backend.call(GET_LIBRARY_TRACK, validate(GetLibraryTrack, {"id": id_}))
            return row(track.track)


async def _isrc(backend: Backend, what: str) -> str | None:
    """The ISRC that the text is, or that the catalogue knows a Spotify link by."""
    if spotify_track_id(what) is not None:
        found = await backend.call(FIND_TRACKS, FindTracks(query=what, limit=1))
        if not found.data:
            raise LibraryTrackNotFound(
                "The label's catalogue has no track with that link, so it can't be looked up.", field="what"
            )
        return found.data[0]["isrc"]
    try:
        return normalise_isrc(what)
    except ValueError:
        return None


async def _of_isrc(backend: Backend, isrc: str) -> Choice:
    """The track with that ISRC; or, since many files have none, one of the title and artist that the catalogue says."""
    track_id = await track_of_isrc(backend, isrc)
    if track_id is not None:
        return Choice(await _of_id(backend, track_id))
    try:
        wanted = (await backend.call(GET_TRACK, GetTrack(isrc=isrc))).data
    except ContractError:
        raise LibraryTrackNotFound("No track of the library has that ISRC.", field="what") from None
    words = f"{wanted['title']} {wanted['artist']}"
    found = await _search(backend, words[:300], "track")
    name = folded(words).name
    same = _distinct([track for track in found if name in _names(track)])
    if len(same) == 1:
        return Choice(same[0])
    if same:
        return Choice(None, same)
    raise LibraryTrackNotFound(
        "The label's catalogue has that ISRC, but the library has no file of the recording.", field="what"
    )


async def _of_words(backend: Backend, what: str, kind: str | None) -> Choice:
    found = await _search(backend, what, kind)
    wanted = folded(what).name
    exact = [thing for thing in found if wanted in _names(thing)]
    near = exact or [thing for thing in found if any(_is_near(wanted, name) for name in _names(thing))]
    meant = _distinct(near or found)
    if len(meant) == 1 and _has_numbers(meant[0], wanted):
        return Choice(meant[0])
    return Choice(None, meant[:_MOST_CANDIDATES])


def _is_near(wanted: str, name: str) -> bool:
    """Whether a typing error may lie between them; another number is another thing."""
    return ratio(wanted, name) >= _NEARLY and _NUMBER.findall(wanted) == _NUMBER.findall(name)


def _has_numbers(thing: Row, wanted: str) -> bool:
    """Whether the thing has each number that is wanted: Symphony No. 40 is not No. 4, even if nothing else is there."""
    said = " ".join(folded(str(thing.get(name, ""))).name for name in ("title", "name", "artist", "album"))
    return set(_NUMBER.findall(wanted)) <= set(_NUMBER.findall(said))


async def _search(backend: Backend, words: str, kind: str | None) -> list[Row]:
    request = {"q": words, "limit": _MOST_FOUND, "remember": False}
    if kind is not None:
        request["kind"] = f"{kind}s"
    found = await backend.call(SEARCH_LIBRARY, validate(SearchLibrary, request))
    return list(_best_first(found))


def _best_first(found: Found) -> Iterator[Row]:
    """All that was found, beginning with the group of the best."""
    groups: dict[str, Sequence[Mapping[str, Any]]] = {
        "tracks": found.tracks["items"],
        "albums": found.albums["items"],
        "artists": found.artists["items"],
        "playlists": found.playlists["items"],
    }
    first = None if found.best is None else str(found.best["kind"])
    for name in sorted(groups, key=lambda name: name != first):
        yield from rows(groups[name])


def _names(thing: Row) -> set[str]:
    """What people call it."""
    title, artist = thing.get("title"), thing.get("artist")
    if title is None:
        return {folded(thing.get("name", "")).name}
    called = [title]
    if artist is not None:
        called += [f"{title} {artist}", f"{artist} {title}", f"{title} by {artist}"]
    return {folded(name).name for name in called}


def _distinct(things: Sequence[Row]) -> list[Row]:
    """One of each: the same song on several releases is one, the best of them."""
    found: dict[tuple[str, str, str], Row] = {}
    for thing in things:
        name = folded(thing.get("title") or thing.get("name", "")).name
        found.setdefault((thing["id"][:3], name, folded(thing.get("artist", "")).name), thing)
    return list(found.values())
