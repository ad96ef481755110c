"""Media tokens: what an audio element or a picture can bear in its address, where it can't send a header.

Whoever sees the address has the token. So one opens tracks and covers alone, for about an hour, and dies with the
device or the share that it was made for. 256 random bits; only their SHA-256 is kept.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

import aiosqlite

from backends.local.hub.context import Hub
from backends.local.hub.sharing.contents import share_covers
from contract.hub.errors import DeviceRevoked, HubUnauthorized, TokenExpired

__all__ = [
    "PREFIX",
    "MediaGrant",
    "OpenedMedia",
    "close_media_sessions",
    "covers",
    "grant_of",
    "insert_media_session",
    "open_media_session",
]

PREFIX = "mhub_media_"

_SECRET_BYTES = 32

_MOST_OF_ONE = 100
"""Sessions of one device, or of this machine; a page that is loaded again and again asks again and again."""

_KEPT_MS = 86_400_000
"""For so long an expired token is told from one that never was."""

_GRANT = """
    SELECT m.token_hash, m.pairing IS NOT NULL AND (d.id IS NULL OR d.revoked_at IS NOT NULL),
        m.pairing, m.share_id, m.expires_at
    FROM media_sessions m LEFT JOIN devices d ON d.id = m.pairing WHERE m.token_hash = ?
"""

_INSERT = """
    INSERT INTO media_sessions (token_hash, pairing, share_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
"""
_FORGET = "DELETE FROM media_sessions WHERE expires_at <= ?"
_PUSH_OUT = f"""
    DELETE FROM media_sessions WHERE token_hash IN (
        SELECT token_hash FROM media_sessions WHERE pairing IS ? AND share_id IS NULL
        ORDER BY created_at DESC LIMIT -1 OFFSET {_MOST_OF_ONE}
    )
"""
_CLOSE = "DELETE FROM media_sessions WHERE share_id = ?"


class OpenedMedia(NamedTuple):
    """A new media token, which can't be had a second time, and the moment of its end."""

    token: str
    expires_at: int


class MediaGrant(NamedTuple):
    """What a media token opens.

    Attributes:
        pairing: Number of the pairing of the device that asked for it, or None.
        share_id: Of the share whose media alone it opens, or None where it opens the whole library.
        expires_at: The moment of its end.
    """

    pairing: int | None
    share_id: str | None
    expires_at: int


async def open_media_session(
    hub: Hub, *, pairing: int | None = None, share_id: str | None = None, seconds: int
) -> OpenedMedia:
    """Make a media token for a device, for a share, or else for this machine.

    Raises:
        StorageError: It can't be written down.
    """
    now = hub.clock()
    expires_at = now + 1000 * seconds
    async with hub.user.transaction() as connection:
        token = await insert_media_session(
            connection, now=now, expires_at=expires_at, pairing=pairing, share_id=share_id
        )
    return OpenedMedia(token, expires_at)


async def insert_media_session(
    connection: aiosqlite.Connection,
    *,
    now: int,
    expires_at: int,
    pairing: int | None = None,
    share_id: str | None = None,
) -> str:
    """Make a media token in the transaction that is open; what has expired long ago is forgotten by the way."""
    token = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    await connection.execute(_FORGET, (now - _KEPT_MS,))
    await connection.execute(_INSERT, (_digest(token), pairing, share_id, now, expires_at))
    if share_id is None:
        await connection.execute(_PUSH_OUT, (pairing,))
    return token


async def close_media_sessions(connection: aiosqlite.Connection, *, share_id: str) -> None:
    """End all tokens of a share that is no more, in the transaction that ends it."""
    await connection.execute(_CLOSE, (share_id,))


async def grant_of(hub: Hub, token: str) -> MediaGrant:
    """What the token opens.

    Raises:
        HubUnauthorized: There is no such token, or no more.
        DeviceRevoked: The device that asked for it is no longer paired.
        TokenExpired: Its time is over.
        StorageError: The database can't be read.
    """
    digest = _digest(token)
    rows = list(await hub.user.look_up(_GRANT, (digest,)))
    # The index has found the row by its hash; what decides is a comparison that takes the same time for any token.
    if not rows or not hmac.compare_digest(rows[0][0], digest):
        raise HubUnauthorized
    _, is_revoked, *granted = rows[0]
    if is_revoked:
        raise DeviceRevoked
    grant = MediaGrant(*granted)
    if grant.expires_at <= hub.clock():
        raise TokenExpired
    return grant


async def covers(hub: Hub, grant: MediaGrant, id_: str) -> bool:
    """Whether the token opens the track, or the cover, with this id.

    Raises:
        StorageError: The database can't be read.
    """
    if grant.share_id is None:
        return True
    return await share_covers(hub, grant.share_id, id_)


def _digest(token: str) -> bytes:
    # No salt and one round: there is nothing to guess about 256 random bits. An address may hold any character.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
