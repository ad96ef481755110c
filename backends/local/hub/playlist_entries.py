"""The entries of playlists in `hub.db`: put in, taken out and moved, each call in one transaction."""

from collections.abc import Iterable, Sequence

import aiosqlite

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.playlist_changes import insert_tracks, note_playlist, open_for_change, require_tracks
from contract.errors import InvalidRequest
from contract.hub.errors import EntryNotFound
from contract.hub.playlist_entries import (
    ADD_PLAYLIST_TRACKS,
    MOVE_PLAYLIST_ENTRIES,
    REMOVE_PLAYLIST_ENTRIES,
    AddPlaylistTracks,
    Duplicates,
    MovePlaylistEntries,
    PlaylistEntriesRemoved,
    PlaylistTracksAdded,
    RemovePlaylistEntries,
)
from contract.hub.playlists import PlaylistAnswer

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_ORDER = "SELECT id FROM playlist_entries WHERE playlist_id = ? ORDER BY position"

_TRACKS = "SELECT DISTINCT track_id FROM playlist_entries WHERE playlist_id = ?"

_PLACE = "UPDATE playlist_entries SET position = ? WHERE id = ?"


@HANDLERS.handles(ADD_PLAYLIST_TRACKS)
async def add_playlist_tracks(hub: Hub, request: AddPlaylistTracks) -> PlaylistTracksAdded:
    """All of them, or none if one is unknown."""
    async with hub.user.transaction() as connection:
        summary = await open_for_change(hub, connection, request.id, request.revision)
        length = summary["trackCount"]
        position = length if request.position is None else request.position
        _check_position(position, length, "Leave it out to add at the end.")
        await require_tracks(hub, connection, request.trackIds)
        wanted = request.trackIds
        if request.duplicates is Duplicates.SKIP:
            there = {track_id for (track_id,) in await connection.execute_fetchall(_TRACKS, (request.id,))}
            wanted = [track_id for track_id in dict.fromkeys(wanted) if track_id not in there]
        entry_ids: list[str] = []
        if wanted:
            entry_ids = await insert_tracks(hub, connection, request.id, wanted, position=position, length=length)
            summary = await note_playlist(hub, connection, request.id)
    return PlaylistTracksAdded.model_construct(
        playlist=summary, added=len(entry_ids), alreadyThere=len(request.trackIds) - len(wanted), entryIds=entry_ids
    )


@HANDLERS.handles(REMOVE_PLAYLIST_ENTRIES)
async def remove_playlist_entries(hub: Hub, request: RemovePlaylistEntries) -> PlaylistEntriesRemoved:
    """The entries behind them move up."""
    async with hub.user.transaction() as connection:
        await open_for_change(hub, connection, request.id, request.revision)
        order = await _order(connection, request.id)
        _refuse_others(request.entryIds, order)
        gone = set(request.entryIds)
        await connection.executemany("DELETE FROM playlist_entries WHERE id = ?", [(id_,) for id_ in gone])
        await _rearrange(connection, order, [id_ for id_ in order if id_ not in gone])
        summary = await note_playlist(hub, connection, request.id)
    return PlaylistEntriesRemoved.model_construct(playlist=summary, removed=len(gone))


@HANDLERS.handles(MOVE_PLAYLIST_ENTRIES)
async def move_playlist_entries(hub: Hub, request: MovePlaylistEntries) -> PlaylistAnswer:
    """The position counts in the list as it is afterwards."""
    moved = list(dict.fromkeys(request.entryIds))
    async with hub.user.transaction() as connection:
        summary = await open_for_change(hub, connection, request.id, request.revision)
        order = await _order(connection, request.id)
        _refuse_others(moved, order)
        moving = set(moved)
        others = [id_ for id_ in order if id_ not in moving]
        _check_position(request.position, len(others), f"{len(others)} puts them at the end.")
        arranged = [*others[: request.position], *moved, *others[request.position :]]
        if arranged != order:
            await _rearrange(connection, order, arranged)
            summary = await note_playlist(hub, connection, request.id)
    return PlaylistAnswer.model_construct(playlist=summary)


async def _order(connection: aiosqlite.Connection, id_: str) -> list[str]:
    return [entry_id for (entry_id,) in await connection.execute_fetchall(_ORDER, (id_,))]


async def _rearrange(connection: aiosqlite.Connection, order: Sequence[str], arranged: Iterable[str]) -> None:
    """Write the positions that differ from before."""
    before = {entry_id: position for position, entry_id in enumerate(order)}
    changed = [(position, entry_id) for position, entry_id in enumerate(arranged) if before[entry_id] != position]
    await connection.executemany(_PLACE, changed)


def _check_position(position: int, last: int, otherwise: str) -> None:
    if not 0 <= position <= last:
        raise InvalidRequest(
            f"position must be a whole number from 0 to {last}. Nothing was changed.",
            field="position",
            next_step=otherwise,
        )


def _refuse_others(entry_ids: Sequence[str], order: Sequence[str]) -> None:
    there = set(order)
    for index, entry_id in enumerate(entry_ids):
        if entry_id not in there:
            field = f"entryIds.{index}"
            raise EntryNotFound(f"{field} is the id of no entry of this playlist. Nothing was changed.", field=field)
