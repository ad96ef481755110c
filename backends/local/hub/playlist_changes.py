"""What changes of playlists have in common, each step in the one transaction that is the change."""

import json
from collections.abc import Sequence

import aiosqlite

from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.known_tracks import remember_tracks
from backends.local.hub.new_ids import random_id
from backends.local.hub.playlist_reading import no_playlist, read_playlist
from backends.local.hub.summaries import PLAYLIST_COLUMNS, playlist_summary
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.errors import Conflict, LibraryTrackNotFound, StaleRevision
from contract.hub.ids import Kind
from contract.hub.playlists import LARGEST_PLAYLIST, LONGEST_NAME
from contract.hub.summaries import PlaylistSummary

__all__ = [
    "create_with",
    "insert_tracks",
    "note_playlist",
    "open_for_change",
    "readable_name",
    "refuse_taken_name",
    "require_tracks",
    "summary_of",
]

_SUMMARY = f"SELECT {PLAYLIST_COLUMNS} FROM playlists p WHERE p.id = ?"

_UNKNOWN = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT track_id FROM known_tracks)"

_INSERT = "INSERT INTO playlist_entries (id, playlist_id, position, track_id, added_at) VALUES (?, ?, ?, ?, ?)"

_IN_THE_STATE = 100
"""Entries of the present state that a refused change brings along."""


async def open_for_change(
    hub: Hub, connection: aiosqlite.Connection, id_: str, revision: int | None
) -> PlaylistSummary:
    """The playlist as it is now, which nobody else changes before the transaction ends.

    Raises:
        PlaylistNotFound: There is none, or it was deleted.
        StaleRevision: It has another revision than the caller's.
    """
    rows = list(await connection.execute_fetchall("SELECT deleted_at, revision FROM playlists WHERE id = ?", (id_,)))
    deleted_at, present = rows[0] if rows else (None, None)
    if present is None or deleted_at is not None:
        raise no_playlist(deleted_at)
    if revision is not None and revision != present:
        state = await read_playlist(hub, id_, limit=_IN_THE_STATE)
        raise StaleRevision(state.model_dump(mode="json"))
    return await summary_of(connection, id_)


async def create_with(
    hub: Hub, connection: aiosqlite.Connection, name: str, description: str | None, track_ids: Sequence[str]
) -> str:
    """Make a playlist of these tracks, and return its id.

    Raises:
        Conflict: The name is taken.
        LibraryTrackNotFound: There is no such track.
    """
    await refuse_taken_name(connection, name)
    id_ = random_id(Kind.PLAYLIST)
    moment = hub.clock()
    await connection.execute(
        "INSERT INTO playlists (id, name, description, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
        (id_, name, description, moment, moment),
    )
    if track_ids:
        await require_tracks(hub, connection, track_ids)
        await insert_tracks(hub, connection, id_, track_ids, position=0, length=0)
    await note_change(connection, ChangeKind.PLAYLIST, id_)
    return id_


async def require_tracks(hub: Hub, connection: aiosqlite.Connection, track_ids: Sequence[str]) -> None:
    """See to it that what the transaction mentions is remembered with it.

    Raises:
        LibraryTrackNotFound: The library neither has such a track nor had it when something mentioned it.
    """
    await remember_tracks(hub, connection, track_ids)
    rows = await connection.execute_fetchall(_UNKNOWN, (json.dumps(track_ids),))
    unknown = {value for (value,) in rows}
    for index, track_id in enumerate(track_ids):
        if track_id in unknown:
            field = f"trackIds.{index}"
            raise LibraryTrackNotFound(
                f"{field} is the id of no track of the library. Nothing was changed.", field=field
            )


async def insert_tracks(
    hub: Hub, connection: aiosqlite.Connection, id_: str, track_ids: Sequence[str], *, position: int, length: int
) -> list[str]:
    """Put the tracks at the position of a playlist that is so long, and return the ids of their entries.

    Raises:
        Conflict: The playlist would be too long.
    """
    if length + len(track_ids) > LARGEST_PLAYLIST:
        raise Conflict(f"A playlist holds at most {LARGEST_PLAYLIST:,} entries. Nothing was changed.", field="trackIds")
    if position < length:
        await connection.execute(
            "UPDATE playlist_entries SET position = position + ? WHERE playlist_id = ? AND position >= ?",
            (len(track_ids), id_, position),
        )
    entry_ids = [random_id(Kind.PLAYLIST_ENTRY) for _ in track_ids]
    moment = hub.clock()
    await connection.executemany(
        _INSERT,
        [
            (entry_id, id_, position + index, track_id, moment)
            for index, (entry_id, track_id) in enumerate(zip(entry_ids, track_ids, strict=True))
        ],
    )
    return entry_ids


async def note_playlist(hub: Hub, connection: aiosqlite.Connection, id_: str) -> PlaylistSummary:
    """Give the playlist its next revision, tell of the change, and return it as it is now."""
    await connection.execute(
        "UPDATE playlists SET revision = revision + 1, updated_at = ? WHERE id = ?", (hub.clock(), id_)
    )
    await note_change(connection, ChangeKind.PLAYLIST, id_)
    return await summary_of(connection, id_)


async def summary_of(connection: aiosqlite.Connection, id_: str) -> PlaylistSummary:
    """The playlist as the transaction sees it."""
    (row,) = await connection.execute_fetchall(_SUMMARY, (id_,))
    return playlist_summary(tuple(row))


def readable_name(text: str) -> str:
    """The name without what can't be seen.

    Raises:
        InvalidRequest: Nothing is left of it, or too much.
    """
    name = clean(text)
    if 0 < len(name) <= LONGEST_NAME:
        return name
    raise InvalidRequest(f"name must have 1 to {LONGEST_NAME} readable characters.", field="name")


async def refuse_taken_name(connection: aiosqlite.Connection, name: str, *, but: str | None = None) -> None:
    """Names tell playlists apart, in whatever case they are typed.

    Raises:
        Conflict: Another playlist is called so.
    """
    folded = name.casefold()
    for id_, other in await connection.execute_fetchall("SELECT id, name FROM playlists WHERE deleted_at IS NULL"):
        if other.casefold() == folded and id_ != but:
            raise Conflict(
                f"There is a playlist of that name already: {id_}. Nothing was changed.",
                field="name",
                next_step="Choose another name, or change that playlist.",
            )
