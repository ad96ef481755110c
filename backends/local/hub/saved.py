"""What people saved, in `hub.db`: listed with what the index and `hub.db` show of it, put in, and taken out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import aiosqlite

from backends.handlers import Handlers
from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.cursors import cursor_of, position_in
from backends.local.hub.known_tracks import remember_tracks
from backends.local.hub.moments import timestamp
from backends.local.hub.playlist_reading import no_playlist
from backends.local.hub.summaries import (
    ALBUM_COLUMNS,
    ARTIST_COLUMNS,
    PLAYLIST_COLUMNS,
    album_summary,
    artist_summary,
    playlist_summary,
    tracks_by_id,
)
from contract.errors import ContractError
from contract.hub.errors import AlbumNotFound, ArtistNotFound, LibraryTrackNotFound, PlaylistNotFound
from contract.hub.ids import Kind, kind_of
from contract.hub.saved import (
    LIST_SAVED,
    SAVE_ITEMS,
    UNSAVE_ITEMS,
    ItemsSaved,
    ItemsUnsaved,
    ListSaved,
    SavedItem,
    SavedKind,
    SavedPage,
    SaveItems,
    UnsaveItems,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_KINDS: tuple[SavedKind, ...] = get_args(SavedKind)

_OF_THESE = "IN (SELECT value FROM json_each(?))"

_NAMES = {
    Kind.TRACK: f"SELECT track_id, title FROM known_tracks WHERE track_id {_OF_THESE}",
    Kind.ALBUM: f"SELECT id, title FROM albums WHERE id {_OF_THESE}",
    Kind.ARTIST: f"SELECT id, name FROM artists WHERE id {_OF_THESE}",
    Kind.PLAYLIST: f"SELECT id, name FROM playlists WHERE deleted_at IS NULL AND id {_OF_THESE}",
}
"""What each is called now. Tracks of the index are remembered before, and stand there beside those it has lost."""

_NOT_FOUND: Mapping[Kind, type[ContractError]] = {
    Kind.TRACK: LibraryTrackNotFound,
    Kind.ALBUM: AlbumNotFound,
    Kind.ARTIST: ArtistNotFound,
    Kind.PLAYLIST: PlaylistNotFound,
}

_SAVE = "INSERT INTO saved (id, kind, name, saved_at) VALUES (?, ?, ?, ?)"

# Each kind comes out of its index in order, and stops after a page.
_OF_KIND = """
    SELECT * FROM (
        SELECT id, kind, name, saved_at FROM saved
        WHERE kind = '{kind}' AND (saved_at < :saved_at OR (saved_at = :saved_at AND id < :id))
        ORDER BY saved_at DESC, id DESC LIMIT :limit
    )
"""

_PAGE: Mapping[SavedKind | None, str] = {
    None: " UNION ALL ".join(_OF_KIND.format(kind=kind) for kind in _KINDS)
    + " ORDER BY saved_at DESC, id DESC LIMIT :limit",
    **{kind: _OF_KIND.format(kind=kind) for kind in _KINDS},
}

_COUNT: Mapping[SavedKind | None, str] = {
    None: "SELECT count(*) FROM saved",
    **{kind: f"SELECT count(*) FROM saved WHERE kind = '{kind}'" for kind in _KINDS},
}

_LAST_OF_ALL = (2**63 - 1, "z")

_ALBUMS = f"SELECT {ALBUM_COLUMNS} FROM albums a WHERE a.id {_OF_THESE}"

_ARTISTS = f"SELECT {ARTIST_COLUMNS} FROM artists r WHERE r.id {_OF_THESE}"

_PLAYLISTS = f"SELECT {PLAYLIST_COLUMNS} FROM playlists p WHERE p.deleted_at IS NULL AND p.id {_OF_THESE}"


@HANDLERS.handles(LIST_SAVED)
async def list_saved(hub: Hub, request: ListSaved) -> SavedPage:
    """The last saved first."""
    about = {"list": "saved", "kind": request.kind}
    saved_at, id_ = _LAST_OF_ALL
    if request.cursor is not None:
        saved_at, id_ = position_in(request.cursor, about, (int, str), nullable=False)
    parameters = {"saved_at": saved_at, "id": id_, "limit": request.limit + 1}
    rows = list(await hub.user.look_up(_PAGE[request.kind], parameters))
    page = rows[: request.limit]
    [(total,)] = await hub.user.look_up(_COUNT[request.kind])
    return SavedPage.model_construct(
        items=await _items(hub, page),
        total=total,
        nextCursor=cursor_of(about, (page[-1][3], page[-1][0])) if len(rows) > len(page) else None,
    )


@HANDLERS.handles(SAVE_ITEMS)
async def save_items(hub: Hub, request: SaveItems) -> ItemsSaved:
    """All of them, or none if one is unknown; what is saved keeps its moment."""
    wanted = list(dict.fromkeys(request.ids))
    async with hub.user.transaction() as connection:
        saved = await _saved(connection, wanted)
        new = [id_ for id_ in wanted if id_ not in saved]
        await remember_tracks(hub, connection, [id_ for id_ in new if kind_of(id_) is Kind.TRACK])
        names = await _names(hub, connection, new)
        for index, id_ in enumerate(request.ids):
            if id_ not in saved and id_ not in names:
                raise await _unknown(connection, id_, f"ids.{index}")
        moment = hub.clock()
        rows = [(id_, kind_of(id_), names[id_], moment) for id_ in new]
        await connection.executemany(_SAVE, rows)
        for id_ in new:
            await note_change(connection, ChangeKind.SAVED, id_)
    return ItemsSaved.model_construct(saved=len(new), alreadySaved=len(wanted) - len(new))


@HANDLERS.handles(UNSAVE_ITEMS)
async def unsave_items(hub: Hub, request: UnsaveItems) -> ItemsUnsaved:
    """What is gone from the library can be taken out as well."""
    wanted = list(dict.fromkeys(request.ids))
    async with hub.user.transaction() as connection:
        saved = await _saved(connection, wanted)
        await connection.executemany("DELETE FROM saved WHERE id = ?", [(id_,) for id_ in saved])
        for id_ in wanted:
            if id_ in saved:
                await note_change(connection, ChangeKind.SAVED, id_)
    return ItemsUnsaved.model_construct(removed=len(saved), notSaved=len(wanted) - len(saved))


async def _saved(connection: aiosqlite.Connection, ids: Sequence[str]) -> set[str]:
    rows = await connection.execute_fetchall(f"SELECT id FROM saved WHERE id {_OF_THESE}", (json.dumps(ids),))
    return {id_ for (id_,) in rows}


async def _names(hub: Hub, connection: aiosqlite.Connection, ids: Iterable[str]) -> dict[str, str]:
    """What those that there are are called."""
    of_kind: dict[Kind, list[str]] = {}
    for id_ in ids:
        if kind := kind_of(id_):
            of_kind.setdefault(kind, []).append(id_)
    names: dict[str, str] = {}
    for kind, those in of_kind.items():
        parameters = (json.dumps(those),)
        if kind in {Kind.ALBUM, Kind.ARTIST}:
            rows = await hub.index.read(_NAMES[kind], parameters)
        else:
            rows = [tuple(row) for row in await connection.execute_fetchall(_NAMES[kind], parameters)]
        names.update((id_, name) for id_, name in rows)
    return names


async def _unknown(connection: aiosqlite.Connection, id_: str, field: str) -> ContractError:
    kind = kind_of(id_) or Kind.TRACK
    if kind is Kind.PLAYLIST:
        for (deleted_at,) in await connection.execute_fetchall("SELECT deleted_at FROM playlists WHERE id = ?", (id_,)):
            error = no_playlist(deleted_at)
            return PlaylistNotFound(f"{field}: {error.message} Nothing was changed.", field=field)
    return _NOT_FOUND[kind](f"{field} is the id of no {kind} that there is. Nothing was changed.", field=field)


async def _items(hub: Hub, rows: Sequence[tuple[Any, ...]]) -> list[SavedItem]:
    """The rows with their summaries, which are read kind by kind."""
    ids: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for id_, kind, *_ in rows:
        ids[kind].append(id_)
    found: dict[str, Any] = {}
    if ids["track"]:
        found |= await tracks_by_id(hub, ids["track"])
    for kind, database, sql, summary in (
        ("album", hub.index, _ALBUMS, album_summary),
        ("artist", hub.index, _ARTISTS, artist_summary),
        ("playlist", hub.user, _PLAYLISTS, playlist_summary),
    ):
        if ids[kind]:
            found |= {row[0]: summary(row) for row in await database.look_up(sql, (json.dumps(ids[kind]),))}
    return [_item(row, found.get(row[0])) for row in rows]


def _item(row: tuple[Any, ...], summary: dict[str, Any] | None) -> SavedItem:
    id_, kind, name, saved_at = row
    item: SavedItem = {"id": id_, "kind": kind, "name": name, "savedAt": timestamp(saved_at), "missing": True}
    if summary is None:
        return item
    # A mark of saving goes from hub.db into the index a moment later; here it is known.
    shown: Any = {**summary, "saved": True}
    shown_name = shown.get("title") or shown.get("name") or name
    missing = bool(shown.get("missing")) or (kind in {"album", "artist"} and not shown["trackCount"])
    known: Any = {**item, "name": shown_name, "missing": missing, kind: shown}
    return known
