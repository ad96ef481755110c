"""Shares in `hub.db`: made, listed and ended. docs/decisions/0024-shares.md."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiosqlite

from backends.handlers import Handlers
from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.known_tracks import remember_tracks
from backends.local.hub.media.sessions import close_media_sessions
from backends.local.hub.moments import timestamp
from backends.local.hub.new_ids import random_id
from backends.local.hub.sharing.addresses import LinkAddress, link_address, share_path
from backends.local.hub.sharing.contents import shared_names
from backends.local.hub.sharing.tokens import LINK_KEY, digest, new_token
from backends.text import clean
from contract.errors import ContractError
from contract.hub.errors import (
    AlbumNotFound,
    ArtistNotFound,
    Conflict,
    LibraryTrackNotFound,
    PlaylistNotFound,
    ShareNotFound,
)
from contract.hub.ids import Kind, kind_of
from contract.hub.share_sessions import ShareKind
from contract.hub.shares import (
    CREATE_SHARE,
    DELETE_SHARE,
    LIST_SHARES,
    MOST_SHARES,
    CreateShare,
    DeleteShare,
    ListShares,
    Share,
    ShareAnswer,
    ShareDeleted,
    ShareList,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_DAY_MS = 86_400_000

_KINDS: Mapping[Kind | None, ShareKind] = {
    Kind.PLAYLIST: "playlist",
    Kind.ARTIST: "artist",
    Kind.ALBUM: "album",
    Kind.TRACK: "track",
}

_NOT_FOUND: Mapping[ShareKind, type[ContractError]] = {
    "playlist": PlaylistNotFound,
    "artist": ArtistNotFound,
    "album": AlbumNotFound,
    "track": LibraryTrackNotFound,
}

_INSERT = """
    INSERT INTO shares (id, kind, item_id, name, note, key_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

_SHARES = """
    SELECT s.id, s.kind, s.item_id, s.name, s.note, s.key_hash IS NOT NULL, s.created_at, s.expires_at,
        (SELECT count(*) FROM share_sessions o WHERE o.share_id = s.id AND o.expires_at > :now)
    FROM shares s WHERE (s.expires_at IS NULL OR s.expires_at > :now)
"""
_ALL = f"{_SHARES} ORDER BY s.created_at DESC, s.id"
_OF_ITEM = f"{_SHARES} AND s.item_id = :item ORDER BY s.created_at DESC, s.id"
_ONE = f"{_SHARES} AND s.id = :id"

_ENDED = "SELECT id FROM shares WHERE expires_at <= ?"


@HANDLERS.handles(CREATE_SHARE)
async def create_share(hub: Hub, request: CreateShare) -> ShareAnswer:
    """Its key is made here, and told once."""
    kind = _KINDS[kind_of(request.id)]
    key = new_token(LINK_KEY) if request.keyed else None
    now = hub.clock()
    id_ = random_id(Kind.SHARE)
    expires_at = None if request.days is None else now + request.days * _DAY_MS
    names = await shared_names(hub, {kind: [request.id]})
    if request.id not in names:
        raise _NOT_FOUND[kind]
    name, _ = names[request.id]
    note = clean(request.note or "") or None
    async with hub.user.transaction() as connection:
        await _forget_ended(connection, now)
        await _refuse_too_many(connection)
        if kind == "track":
            await remember_tracks(hub, connection, [request.id])
        row = (id_, kind, request.id, name, note, key and digest(key), now, expires_at)
        await connection.execute(_INSERT, row)
        await note_change(connection, ChangeKind.SHARES, id_)
        [made] = await connection.execute_fetchall(_ONE, {"now": now, "id": id_})
    [share] = await _shares(hub, [tuple(made)], key=key)
    return ShareAnswer.model_construct(share=share)


@HANDLERS.handles(LIST_SHARES)
async def list_shares(hub: Hub, request: ListShares) -> ShareList:
    """The last first."""
    sql = _ALL if request.itemId is None else _OF_ITEM
    rows = await hub.user.read(sql, {"now": hub.clock(), "item": request.itemId})
    return ShareList.model_construct(shares=await _shares(hub, list(rows)))


@HANDLERS.handles(DELETE_SHARE)
async def delete_share(hub: Hub, request: DeleteShare) -> ShareDeleted:
    """With its sessions; what is being sent for it ends when its process learns of the change."""
    now = hub.clock()
    async with hub.user.transaction() as connection:
        rows = [tuple(row) for row in await connection.execute_fetchall(_ONE, {"now": now, "id": request.id})]
        if not rows:
            raise ShareNotFound("No share has that id.", next_step="List the shares to see which there are.")
        await _forget(connection, request.id)
    [share] = await _shares(hub, rows)
    return ShareDeleted.model_construct(deleted=share)


async def _refuse_too_many(connection: aiosqlite.Connection) -> None:
    [(count,)] = await connection.execute_fetchall("SELECT count(*) FROM shares")
    if count >= MOST_SHARES:
        raise Conflict(
            f"At most {MOST_SHARES} things are shared at a time. Nothing was changed.", next_step="Unshare some first."
        )


async def _forget_ended(connection: aiosqlite.Connection, now: int) -> None:
    for (id_,) in await connection.execute_fetchall(_ENDED, (now,)):
        await _forget(connection, id_)


async def _forget(connection: aiosqlite.Connection, id_: str) -> None:
    await close_media_sessions(connection, share_id=id_)
    await connection.execute("DELETE FROM share_sessions WHERE share_id = ?", (id_,))
    await connection.execute("DELETE FROM shares WHERE id = ?", (id_,))
    await note_change(connection, ChangeKind.SHARES, id_)


async def _shares(hub: Hub, rows: Sequence[tuple[Any, ...]], *, key: str | None = None) -> list[Share]:
    """Rows of _SHARES, with what the things are called now."""
    ids: dict[ShareKind, list[str]] = {}
    for _, kind, item_id, *_ in rows:
        ids.setdefault(kind, []).append(item_id)
    names = await shared_names(hub, ids)
    address = await link_address(hub)
    return [_share(row, names.get(row[2]), address, key) for row in rows]


def _share(
    row: tuple[Any, ...], name: tuple[str, str | None] | None, address: LinkAddress | None, key: str | None
) -> Share:
    id_, kind, item_id, name_then, note, keyed, created_at, expires_at, listeners = row
    path = None if keyed and key is None else share_path(kind, item_id, key)
    return {
        "id": id_,
        "kind": kind,
        "itemId": item_id,
        "name": name_then if name is None else name[0],
        "missing": name is None,
        "note": note,
        "keyed": bool(keyed),
        "createdAt": timestamp(created_at),
        "expiresAt": None if expires_at is None else timestamp(expires_at),
        "listeners": listeners,
        "path": path,
        "url": None if path is None or address is None else f"{address.url}{path}",
        "reach": None if address is None else address.reach,
    }
