"""Playlists made and changed, and things saved."""

from collections.abc import Awaitable, Callable
from typing import Any

from backends.backend import Backend
from backends.text import fold
from contract.errors import InvalidRequest
from contract.hub.errors import PlaylistNotFound
from contract.hub.ids import kind_of
from contract.hub.playlist_entries import (
    ADD_PLAYLIST_TRACKS,
    MOVE_PLAYLIST_ENTRIES,
    REMOVE_PLAYLIST_ENTRIES,
    AddPlaylistTracks,
    MovePlaylistEntries,
    RemovePlaylistEntries,
)
from contract.hub.playlists import (
    CREATE_PLAYLIST,
    DELETE_PLAYLIST,
    LIST_PLAYLISTS,
    UPDATE_PLAYLIST,
    CreatePlaylist,
    DeletePlaylist,
    ListPlaylists,
    UpdatePlaylist,
)
from contract.hub.saved import SAVE_ITEMS, UNSAVE_ITEMS, SaveItems, UnsaveItems
from contract.hub.summaries import LARGEST_PAGE, PlaylistSummary
from contract.hub.tool_arguments import EditPlaylistArguments, SaveArguments
from contract.hub.tool_results import EditPlaylistResult, SaveResult
from contract.hub.tools import EDIT_PLAYLIST_TOOL, SAVE_TOOL, TOOLS
from contract.validation import validate
from server.mcp.hub.rows import compact
from server.mcp.hub.wording import IDS_BY_SEARCH, told_as
from server.mcp.tools import ToolHandlers

__all__ = ["HANDLERS"]

HANDLERS = ToolHandlers(TOOLS)

_ENTRIES = "hub_get of the playlist shows the entries' ids."


@HANDLERS.handles(EDIT_PLAYLIST_TOOL)
async def edit_playlist(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    """One action on one playlist."""
    for name in _NEEDS[arguments.action]:
        if getattr(arguments, name) is None:
            raise InvalidRequest(f"{name} is required for action={arguments.action}.", field=name)
    ids_from = IDS_BY_SEARCH if arguments.entries is None else _ENTRIES
    with told_as(ids_from=ids_from, id="playlist", trackIds="tracks", entryIds="entries"):
        return await _ACTIONS[arguments.action](backend, arguments)


@HANDLERS.handles(SAVE_TOOL)
async def save(backend: Backend, arguments: SaveArguments) -> SaveResult:
    """Saved, or not any more."""
    with told_as():
        if arguments.saved:
            saved = await backend.call(SAVE_ITEMS, validate(SaveItems, {"ids": arguments.ids}))
            return SaveResult(changed=saved.saved, unchanged=saved.alreadySaved)
        unsaved = await backend.call(UNSAVE_ITEMS, validate(UnsaveItems, {"ids": arguments.ids}))
        return SaveResult(changed=unsaved.removed, unchanged=unsaved.notSaved)


async def _create(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    request = _given(name=arguments.name, description=arguments.description, trackIds=arguments.tracks)
    created = await backend.call(CREATE_PLAYLIST, validate(CreatePlaylist, request))
    return _result(created.playlist, created=True)


async def _rename(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    if arguments.name is None and arguments.description is None:
        raise InvalidRequest("name or description is required for action=rename.", field="name")
    request = _given(id=await _id(backend, arguments), name=arguments.name, description=arguments.description)
    changed = await backend.call(UPDATE_PLAYLIST, validate(UpdatePlaylist, request))
    return _result(changed.playlist, renamed=True)


async def _delete(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    deleted = await backend.call(DELETE_PLAYLIST, validate(DeletePlaylist, {"id": await _id(backend, arguments)}))
    return _result(deleted.deleted, deleted=True)


async def _add(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    request = _given(id=await _id(backend, arguments), trackIds=arguments.tracks, position=arguments.position)
    added = await backend.call(ADD_PLAYLIST_TRACKS, validate(AddPlaylistTracks, request))
    return _result(added.playlist, added=added.added, alreadyThere=added.alreadyThere, entryIds=added.entryIds)


async def _remove(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    request = {"id": await _id(backend, arguments), "entryIds": arguments.entries}
    removed = await backend.call(REMOVE_PLAYLIST_ENTRIES, validate(RemovePlaylistEntries, request))
    return _result(removed.playlist, removed=removed.removed)


async def _move(backend: Backend, arguments: EditPlaylistArguments) -> EditPlaylistResult:
    request = {
        "id": await _id(backend, arguments),
        "entryIds": arguments.entries,
        "position": arguments.position,
    }
    moved = await backend.call(MOVE_PLAYLIST_ENTRIES, validate(MovePlaylistEntries, request))
    return _result(moved.playlist, moved=len(arguments.entries or ()))


_ACTIONS: dict[str, Callable[[Backend, EditPlaylistArguments], Awaitable[EditPlaylistResult]]] = {
    "create": _create,
    "rename": _rename,
    "delete": _delete,
    "add": _add,
    "remove": _remove,
    "move": _move,
}

_NEEDS: dict[str, tuple[str, ...]] = {
    "create": ("name",),
    "rename": ("playlist",),
    "delete": ("playlist",),
    "add": ("playlist", "tracks"),
    "remove": ("playlist", "entries"),
    "move": ("playlist", "entries", "position"),
}


async def _id(backend: Backend, arguments: EditPlaylistArguments) -> str:
    """The id that `playlist` is, or that the playlist of that name has; names are taken once, whatever their case."""
    sought = arguments.playlist or ""
    if kind_of(sought) is not None:
        return sought  # of whatever kind: the operation says if it is the wrong one
    cursor: str | None = None
    while True:
        page = await backend.call(LIST_PLAYLISTS, ListPlaylists(limit=LARGEST_PAGE, cursor=cursor))
        for playlist in page.playlists:
            if fold(playlist["name"]) == fold(sought):
                return playlist["id"]
        cursor = page.nextCursor
        if cursor is None:
            raise PlaylistNotFound("There is no playlist of that name.", field="playlist")


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _result(playlist: PlaylistSummary, **changes: Any) -> EditPlaylistResult:
    return EditPlaylistResult(playlist=compact(playlist), changes=changes)
