"""Share pages that are open, in `hub.db`: each has an id to be kept by, and a media token for that share alone.

Anybody who has a link can begin as many as they like. So each costs one short transaction, there are never more than
so many, and those that were never kept go first: a person who listens stays in when a stranger calls again and again.
"""

import hmac
from typing import Any

import aiosqlite

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.media.sessions import insert_media_session
from backends.local.hub.moments import timestamp
from backends.local.hub.sharing.addresses import share_path
from backends.local.hub.sharing.contents import LiveShare, is_live, live_share, shared_item
from backends.local.hub.sharing.tokens import SESSION_ID, digest, new_token
from contract.hub.errors import ShareNotFound, ShareSessionNotFound
from contract.hub.ids import kind_of
from contract.hub.share_sessions import (
    KEEP_SHARE_SESSION,
    OPEN_ALBUM_SHARE,
    OPEN_ARTIST_SHARE,
    OPEN_PLAYLIST_SHARE,
    OPEN_TRACK_SHARE,
    KeepShareSession,
    OpenedShare,
    OpenShare,
    SharedItem,
    ShareKept,
    ShareKind,
)

__all__ = ["HANDLERS", "MOST_OF_A_SHARE", "MOST_SESSIONS", "find_share", "find_shared"]

HANDLERS = Handlers[Hub]()

HEARTBEAT_SECONDS = 60

_SESSION_MS = 15 * 60_000
"""How long a session and its media token live after they were begun, or kept."""

_LONGEST_MS = 12 * 3_600_000
"""After that the page has to open the share again."""

_KEPT_LATELY_MS = 10_000
"""Who keeps a session more often than that writes nothing."""

MOST_OF_A_SHARE = 100
MOST_SESSIONS = 1000

_OF_ITEM = """
    SELECT id, kind, item_id, expires_at, key_hash FROM shares WHERE item_id = ? AND kind = ?
    ORDER BY expires_at IS NOT NULL, expires_at DESC
"""

_INSERT = """
    INSERT INTO share_sessions (id_hash, share_id, media_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
"""
_SESSION = "SELECT id_hash, share_id, media_hash, created_at, kept_at, expires_at FROM share_sessions WHERE id_hash = ?"
_KEEP = "UPDATE share_sessions SET kept_at = ?, expires_at = ? WHERE id_hash = ?"
_KEEP_MEDIA = "UPDATE media_sessions SET expires_at = ? WHERE token_hash = ?"

# Those that were kept last are the first; those that never were are the last.
_OLD = "ORDER BY kept_at DESC NULLS LAST, created_at DESC LIMIT -1 OFFSET"
_TO_GO = f"""
    SELECT id_hash, media_hash FROM share_sessions WHERE expires_at <= :now
    UNION SELECT * FROM (
        SELECT id_hash, media_hash FROM share_sessions WHERE share_id = :share {_OLD} {MOST_OF_A_SHARE - 1}
    )
    UNION SELECT * FROM (SELECT id_hash, media_hash FROM share_sessions {_OLD} {MOST_SESSIONS - 1})
"""


@HANDLERS.handles(OPEN_PLAYLIST_SHARE)
async def _open_playlist_share(hub: Hub, request: OpenShare) -> OpenedShare:
    return await _open(hub, "playlist", request)


@HANDLERS.handles(OPEN_ARTIST_SHARE)
async def _open_artist_share(hub: Hub, request: OpenShare) -> OpenedShare:
    return await _open(hub, "artist", request)


@HANDLERS.handles(OPEN_ALBUM_SHARE)
async def _open_album_share(hub: Hub, request: OpenShare) -> OpenedShare:
    return await _open(hub, "album", request)


@HANDLERS.handles(OPEN_TRACK_SHARE)
async def _open_track_share(hub: Hub, request: OpenShare) -> OpenedShare:
    return await _open(hub, "track", request)


@HANDLERS.handles(KEEP_SHARE_SESSION)
async def keep_share_session(hub: Hub, request: KeepShareSession) -> ShareKept:
    """Its media token lives on with it, so that what is playing goes on."""
    id_hash, now = digest(request.shareSessionId), hub.clock()
    rows = list(await hub.user.look_up(_SESSION, (id_hash,)))
    if not rows or not hmac.compare_digest(rows[0][0], id_hash):
        raise ShareSessionNotFound
    _, share_id, media_hash, created_at, kept_at, expires_at = rows[0]
    share = await live_share(hub, share_id)
    if share is None or expires_at <= now:
        raise ShareSessionNotFound
    until = _end(share, now, begun_at=created_at)
    if now - (kept_at or 0) >= _KEPT_LATELY_MS:
        async with hub.user.transaction() as connection:
            kept = await connection.execute(_KEEP, (now, until, id_hash))
            if not kept.rowcount:  # the share has just ended
                raise ShareSessionNotFound
            await connection.execute(_KEEP_MEDIA, (until, media_hash))
        expires_at = until
    return ShareKept(expiresAt=timestamp(expires_at), heartbeatSeconds=HEARTBEAT_SECONDS)


async def find_share(hub: Hub, kind: str, id_: str, key: str | None) -> tuple[LiveShare, str]:
    """The share that a link opens, and the path of the link.

    Raises:
        ShareNotFound: It is not shared, or no longer, or the link has another key: which is not said.
        StorageError: A database can't be read.
    """
    if kind_of(id_) != kind:  # of whatever length: only what may be an id is looked for
        raise ShareNotFound
    key_hash = None if key is None else digest(key)
    for *columns, wanted in await hub.user.look_up(_OF_ITEM, (id_, kind)):
        share = LiveShare(*columns)
        fits = wanted is None or (key_hash is not None and hmac.compare_digest(wanted, key_hash))
        if fits and is_live(hub, share.expires_at):
            return share, share_path(kind, id_, None if wanted is None else key)
    raise ShareNotFound


async def find_shared(hub: Hub, share: LiveShare) -> SharedItem:
    """What the share opens.

    Raises:
        ShareNotFound: It is gone.
        StorageError: A database can't be read.
    """
    item = await shared_item(hub, share.kind, share.item_id)
    if item is None:
        raise ShareNotFound
    return item


async def _open(hub: Hub, kind: ShareKind, request: OpenShare) -> OpenedShare:
    share, _ = await find_share(hub, kind, request.id, request.key)
    item = await find_shared(hub, share)
    session_id, now = new_token(SESSION_ID), hub.clock()
    until = _end(share, now, begun_at=now)
    async with hub.user.transaction() as connection:
        if not list(await connection.execute_fetchall("SELECT 1 FROM shares WHERE id = ?", (share.id,))):
            raise ShareNotFound  # since a moment ago
        await _make_room(connection, share.id, now)
        token = await insert_media_session(connection, now=now, expires_at=until, share_id=share.id)
        row = (digest(session_id), share.id, digest(token), now, until)
        await connection.execute(_INSERT, row)
    return OpenedShare.model_construct(
        item=item,
        shareSessionId=session_id,
        mediaToken=token,
        expiresAt=timestamp(until),
        heartbeatSeconds=HEARTBEAT_SECONDS,
    )


def _end(share: LiveShare, now: int, *, begun_at: int) -> int:
    ends = (now + _SESSION_MS, begun_at + _LONGEST_MS, share.expires_at)
    return min(end for end in ends if end is not None)


async def _make_room(connection: aiosqlite.Connection, share_id: str, now: int) -> None:
    rows: Any = await connection.execute_fetchall(_TO_GO, {"now": now, "share": share_id})
    gone = [tuple(row) for row in rows]
    await connection.executemany("DELETE FROM share_sessions WHERE id_hash = ?", [(id_,) for id_, _ in gone])
    await connection.executemany("DELETE FROM media_sessions WHERE token_hash = ?", [(media,) for _, media in gone])
