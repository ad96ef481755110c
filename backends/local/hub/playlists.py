"""Playlists in `hub.db`: listed, read, created, renamed and deleted."""

import json
from typing import Any

from backends.handlers import Handlers
from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.cursors import LONGEST_TEXT, cursor_of, position_in
from backends.local.hub.playlist_changes import (
    create_with,
    note_playlist,
    open_for_change,
    readable_name,
    refuse_taken_name,
    summary_of,
)
from backends.local.hub.playlist_reading import read_playlist
from backends.local.hub.summaries import PLAYLIST_COLUMNS, playlist_summary
from backends.text import clean, fold
from contract.errors import InvalidRequest
from contract.hub.playlists import (
    CREATE_PLAYLIST,
    DELETE_PLAYLIST,
    GET_PLAYLIST,
    LIST_PLAYLISTS,
    UPDATE_PLAYLIST,
    CreatePlaylist,
    DeletePlaylist,
    GetPlaylist,
    ListPlaylists,
    Playlist,
    PlaylistAnswer,
    PlaylistDeleted,
    PlaylistPage,
    PlaylistSort,
    UpdatePlaylist,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_ALL = "SELECT id, name, updated_at FROM playlists WHERE deleted_at IS NULL"

_SOME = f"""
    SELECT {PLAYLIST_COLUMNS} FROM playlists p
    WHERE p.id IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL
"""


@HANDLERS.handles(LIST_PLAYLISTS)
async def list_playlists(hub: Hub, request: ListPlaylists) -> PlaylistPage:
    """Playlists are few, so that they are sorted here, as people sort names."""
    keys = sorted((_key(request.sort, row), row[0]) for row in await hub.user.look_up(_ALL))
    total = len(keys)
    about = {"list": "playlists", "sort": request.sort}
    if request.cursor is not None:
        types = (str if request.sort is PlaylistSort.NAME else int, str)
        begin = position_in(request.cursor, about, types, nullable=False)
        keys = [key for key in keys if key > begin]
    page = keys[: request.limit]
    more = len(keys) > len(page)
    ids = [id_ for _, id_ in page]
    found = {row[0]: playlist_summary(row) for row in await hub.user.look_up(_SOME, (json.dumps(ids),))}
    return PlaylistPage.model_construct(
        playlists=[found[id_] for id_ in ids if id_ in found],
        total=total,
        nextCursor=cursor_of(about, page[-1]) if more else None,
    )


@HANDLERS.handles(GET_PLAYLIST)
async def get_playlist(hub: Hub, request: GetPlaylist) -> Playlist:
    """The playlist and a page of its entries."""
    return await read_playlist(hub, request.id, limit=request.limit, offset=request.offset)


@HANDLERS.handles(CREATE_PLAYLIST)
async def create_playlist(hub: Hub, request: CreatePlaylist) -> PlaylistAnswer:
    """With its first tracks, or not at all."""
    name, description = readable_name(request.name), _description(request.description)
    async with hub.user.transaction() as connection:
        id_ = await create_with(hub, connection, name, description, request.trackIds)
        summary = await summary_of(connection, id_)
    return PlaylistAnswer.model_construct(playlist=summary)


@HANDLERS.handles(UPDATE_PLAYLIST)
async def update_playlist(hub: Hub, request: UpdatePlaylist) -> PlaylistAnswer:
    """What is named already as it is asked for stays at its revision."""
    if request.name is None and request.description is None:
        raise InvalidRequest("name or description is required.", field="name")
    async with hub.user.transaction() as connection:
        before = await open_for_change(hub, connection, request.id, request.revision)
        name = before["name"] if request.name is None else readable_name(request.name)
        kept = request.description is None
        description = before["description"] if kept else _description(request.description)
        if (name, description) == (before["name"], before["description"]):
            return PlaylistAnswer.model_construct(playlist=before)
        await refuse_taken_name(connection, name, but=request.id)
        await connection.execute(
            "UPDATE playlists SET name = ?, description = ? WHERE id = ?", (name, description, request.id)
        )
        summary = await note_playlist(hub, connection, request.id)
    return PlaylistAnswer.model_construct(playlist=summary)


@HANDLERS.handles(DELETE_PLAYLIST)
async def delete_playlist(hub: Hub, request: DeletePlaylist) -> PlaylistDeleted:
    """Its row stays, so that who asks for it learns what became of it."""
    async with hub.user.transaction() as connection:
        before = await open_for_change(hub, connection, request.id, request.revision)
        await connection.execute("DELETE FROM playlist_entries WHERE playlist_id = ?", (request.id,))
        await connection.execute("UPDATE playlists SET deleted_at = ? WHERE id = ?", (hub.clock(), request.id))
        if before["saved"]:
            await connection.execute("DELETE FROM saved WHERE id = ?", (request.id,))
            await note_change(connection, ChangeKind.SAVED, request.id)
        await note_playlist(hub, connection, request.id)
    return PlaylistDeleted.model_construct(deleted=before)


def _key(sort: PlaylistSort, row: tuple[Any, ...]) -> str | int:
    _, name, updated_at = row
    return fold(name)[:LONGEST_TEXT] if sort is PlaylistSort.NAME else -updated_at


def _description(text: str | None) -> str | None:
    return clean(text or "") or None
