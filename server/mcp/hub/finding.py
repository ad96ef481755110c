"""Search, lists, single things, and the library at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from backends.backend import Backend
from backends.data_entry import BY_SCAN
from contract.errors import ContractError, InvalidRequest, TrackNotFound
from contract.hub.browse import BROWSE_LIBRARY, BrowseLibrary
from contract.hub.details import GET_ALBUM, GET_ARTIST, GET_LIBRARY_TRACK, GetAlbum, GetArtist, GetLibraryTrack
from contract.hub.errors import LibraryTrackNotFound
from contract.hub.ids import Kind, kind_of
from contract.hub.library import (
    LIST_ALBUMS,
    LIST_ARTISTS,
    LIST_LIBRARY_TRACKS,
    ListAlbums,
    ListArtists,
    ListLibraryTracks,
)
from contract.hub.overview import (
    FIND_LIBRARY_ISRCS,
    GET_LIBRARY_FILTERS,
    GET_LIBRARY_STATS,
    FindLibraryIsrcs,
    GetLibraryFilters,
    GetLibraryStats,
)
from contract.hub.playback import LIST_PLAYS, ListPlays
from contract.hub.playlists import GET_PLAYLIST, LIST_PLAYLISTS, GetPlaylist, ListPlaylists
from contract.hub.saved import LIST_SAVED, ListSaved
from contract.hub.search import LIST_SEARCHES, SEARCH_LIBRARY, ListSearches, SearchLibrary
from contract.hub.tool_arguments import BrowseArguments, GetArguments, ListArguments, SearchArguments
from contract.hub.tool_results import BrowseResult, GetResult, ListResult, SearchResult
from contract.hub.tools import BROWSE_TOOL, GET_TOOL, LIST_TOOL, SEARCH_TOOL, TOOLS
from contract.identifiers import normalise_isrc
from contract.musicengine.catalogue import GET_TRACK, GetTrack
from contract.operation import Operation
from contract.validation import validate
from server.mcp.hub.rows import compact, row, rows
from server.mcp.hub.wording import IDS_BY_SEARCH
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS", "refuse_other_ids", "track_of_isrc"]

HANDLERS = ToolHandlers(TOOLS)

_MOST_GENRES = 30
"""In the library at a glance; the section has all."""


@HANDLERS.handles(SEARCH_TOOL)
async def search(backend: Backend, arguments: SearchArguments) -> SearchResult:
    """The best of each kind."""
    request = {"q": arguments.query, "limit": arguments.limit}
    if arguments.kind is not None:
        request["kind"] = f"{arguments.kind}s"
    found = await backend.call(SEARCH_LIBRARY, validate(SearchLibrary, request))
    hint = None
    if found.best is None:
        hint = await _nothing_found(backend)
    elif found.similar:
        hint = "Nothing has all of these words as typed; these are similar."
    return SearchResult(
        tracks=rows(found.tracks["items"]),
        albums=rows(found.albums["items"]),
        artists=rows(found.artists["items"]),
        playlists=rows(found.playlists["items"]),
        hint=hint,
    )


@dataclass(frozen=True)
class _List:
    """A list that an operation gives: its request, the member that holds it, and members to show of each item."""

    operation: Operation[Any, Any]
    request: type[BaseModel]
    member: str
    more: Sequence[str] = ()


_LISTS = {
    "tracks": _List(LIST_LIBRARY_TRACKS, ListLibraryTracks, "tracks", ("addedAt", "lastPlayedAt")),
    "albums": _List(LIST_ALBUMS, ListAlbums, "albums", ("addedAt",)),
    "artists": _List(LIST_ARTISTS, ListArtists, "artists"),
    "playlists": _List(LIST_PLAYLISTS, ListPlaylists, "playlists", ("description", "updatedAt")),
    "saved": _List(LIST_SAVED, ListSaved, "items"),
    "plays": _List(LIST_PLAYS, ListPlays, "plays"),
    "searches": _List(LIST_SEARCHES, ListSearches, "searches"),
}

_TIMES = {"added": "addedAt", "lastPlayed": "lastPlayedAt", "updated": "updatedAt"}


@HANDLERS.handles(LIST_TOOL)
async def list_items(backend: Backend, arguments: ListArguments) -> ListResult:
    """A page of one list; an argument that this list does not know is refused, not passed over."""
    wanted = _LISTS[arguments.kind]
    given = arguments.model_dump(exclude_unset=True, exclude={"kind"})
    taken = [name for name in ListArguments.model_fields if name in wanted.request.model_fields and name != "kind"]
    for name in given:
        if name not in taken:
            raise InvalidRequest(
                f"{name} does not go with kind={arguments.kind}.",
                field=name,
                next_step=f"What goes with it: {', '.join(taken)}.",
            )
    page = await backend.call(wanted.operation, validate(wanted.request, {"limit": arguments.limit, **given}))
    items = [_item(item, wanted, arguments.sort) for item in getattr(page, wanted.member)]
    empty = not items and arguments.cursor is None and arguments.kind in {"tracks", "albums", "artists"}
    return ListResult(
        items=items,
        total=getattr(page, "total", None),
        nextCursor=getattr(page, "nextCursor", None),
        hint=await _nothing_found(backend) if empty else None,
    )


def _item(item: Mapping[str, Any], wanted: _List, sort: str | None) -> dict[str, Any]:
    if "track" in item and wanted.member == "plays":
        return {"playedAt": item["playedAt"], "track": row(item["track"])}
    if wanted.member == "items":
        shown = next((item[kind] for kind in ("track", "album", "artist", "playlist") if kind in item), item)
        return {**row(shown), "savedAt": item["savedAt"], **({"missing": True} if item["missing"] else {})}
    if "id" not in item:
        return dict(item)
    time = _TIMES.get(sort or "")
    more = {name: item[name] for name in wanted.more if name in {time, "description"} and item.get(name)}
    return {**row(item), **more}


_MORE_ALBUMS = "Not all albums are shown: hub_list with kind=albums and this artist has them."


@HANDLERS.handles(GET_TOOL)
async def get(backend: Backend, arguments: GetArguments) -> GetResult:
    """One thing, of the kind that its id says."""
    id_ = arguments.id if kind_of(arguments.id) is not None else await _of_isrc(backend, arguments.id)
    refuse_other_ids(id_, "id")
    kind = kind_of(id_)
    if kind is Kind.ALBUM:
        album = (await backend.call(GET_ALBUM, GetAlbum(id=id_))).album
        discs = [{**disc, "tracks": _numbered(disc["tracks"])} for disc in album["discs"]]
        return GetResult(item=compact({**album, "discs": discs}))
    if kind is Kind.ARTIST:
        artist = (await backend.call(GET_ARTIST, GetArtist(id=id_))).artist
        lists = {name: rows(artist[name]) for name in ("albums", "appearsOn", "topTracks")}
        cut = len(artist["albums"]) < artist["albumCount"]
        return GetResult(item=compact({**artist, **lists}), hint=_MORE_ALBUMS if cut else None)
    if kind is Kind.PLAYLIST:
        return GetResult(item=await _playlist(backend, arguments))
    track = (await backend.call(GET_LIBRARY_TRACK, GetLibraryTrack(id=id_))).track
    return GetResult(item=compact(dict(track)), inCatalogue=await _in_catalogue(backend, track["isrc"]))


@HANDLERS.handles(BROWSE_TOOL)
async def browse(backend: Backend, arguments: BrowseArguments) -> BrowseResult:
    """All sections in brief with the counts, or a page of one."""
    request = validate(BrowseLibrary, arguments.model_dump(exclude_unset=True))
    browsed = compact((await backend.call(BROWSE_LIBRARY, request)).model_dump(mode="json"))
    if arguments.section is not None:
        return BrowseResult(sections=browsed["sections"])
    stats = await backend.call(GET_LIBRARY_STATS, GetLibraryStats())
    filters = await backend.call(GET_LIBRARY_FILTERS, GetLibraryFilters())
    shown = compact(filters.model_dump(mode="json", include={"genres", "formats", "years"}))
    shown["genres"] = shown["genres"][:_MOST_GENRES]
    hint = None if stats.tracks else f"The library is empty. {BY_SCAN}"
    if len(filters.genres) > _MOST_GENRES:
        hint = f"The first {_MOST_GENRES} of {len(filters.genres)} genres are shown; section=genres has all."
    return BrowseResult(
        stats=compact(stats.model_dump(mode="json")), filters=shown, sections=browsed["sections"], hint=hint
    )


async def track_of_isrc(backend: Backend, isrc: str) -> str | None:
    """The id of a track with that ISRC whose file is there, or None."""
    found = (await backend.call(FIND_LIBRARY_ISRCS, validate(FindLibraryIsrcs, {"isrcs": isrc}))).found
    return found[0]["trackIds"][0] if found else None


def refuse_other_ids(id_: str, field: str) -> None:
    """See that it is the id of something that can be shown and played.

    Raises:
        InvalidRequest: It is another thing's, or none.
    """
    kind = kind_of(id_)
    if kind in {Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST}:
        return
    form = f"{field} must be the id of a track, album, artist or playlist, such as {Kind.TRACK.example}, or an ISRC"
    found = "" if kind is None else f"; what was sent is the id of a {kind.value}"
    raise InvalidRequest(f"{form}{found}.", field=field, next_step=IDS_BY_SEARCH)


async def _of_isrc(backend: Backend, text: str) -> str:
    """The track that the ISRC names; anything else goes on as it is, to be refused."""
    try:
        isrc = normalise_isrc(text)
    except ValueError:
        return text
    track_id = await track_of_isrc(backend, isrc)
    if track_id is None:
        raise LibraryTrackNotFound("No track of the library has that ISRC.")
    return track_id


async def _in_catalogue(backend: Backend, isrc: str | None) -> bool | None:
    """Whether the label's catalogue has it; None where there is no telling."""
    if isrc is None:
        return None
    try:
        await backend.call(GET_TRACK, GetTrack(isrc=isrc))
    except TrackNotFound:
        return False
    except ContractError:
        return None
    return True


async def _playlist(backend: Backend, arguments: GetArguments) -> dict[str, Any]:
    request = validate(GetPlaylist, {"id": arguments.id, "limit": arguments.limit, "offset": arguments.offset})
    found = await backend.call(GET_PLAYLIST, request)
    return {
        **compact(dict(found.playlist)),
        "durationMs": found.durationMs,
        "entries": [
            {"position": entry["position"], **row(entry["track"], entryId=entry["id"])} for entry in found.entries
        ],
        "nextOffset": found.nextOffset,
    }


def _numbered(tracks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [compact({"track": track["track"], **row(track)}) for track in tracks]


async def _nothing_found(backend: Backend) -> str:
    stats = await backend.call(GET_LIBRARY_STATS, GetLibraryStats())
    return "Nothing fits; try fewer words or filters." if stats.tracks else f"The library is empty. {BY_SCAN}"
