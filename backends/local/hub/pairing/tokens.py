"""Access tokens: what a paired device shows with each request."""

import hashlib
import hmac
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from backends.local.checksums import PreparedConnection
from backends.local.hub.context import Hub
from contract.errors import StorageError
from contract.hub.errors import DeviceRevoked, HubUnauthorized, TokenExpired

__all__ = ["ACCESS_PREFIX", "Device", "device_of", "digest", "is_paired"]

ACCESS_PREFIX = "mhub_access_"

_A_MINUTE_MS = 60_000

_FIND = """
    SELECT t.access, t.id, t.issued_at, t.access_expires_at, t.dropped_at, t.used_at,
        d.id, d.device_id, d.name, d.last_used_at, d.revoked_at
    FROM device_tokens t JOIN devices d ON d.id = t.device
    WHERE t.access = ?
"""

_PAIRED = "SELECT 1 FROM devices WHERE id = ? AND revoked_at IS NULL"

_NOTE_FIRST_USE = "UPDATE device_tokens SET used_at = ? WHERE id = ? AND used_at IS NULL"

_NOTE_USE = "UPDATE devices SET last_used_at = ? WHERE id = ?"


@dataclass(frozen=True)
class Device:
    """A paired device.

    Attributes:
        pairing: Number of its pairing; one that is paired again under the same id has another.
        id: What it calls itself.
        name: What people call it.
    """

    pairing: int
    id: str
    name: str


async def device_of(hub: Hub, access_token: str) -> Device:
    """Return whose access token it is. It costs one look-up, and once a minute a note of the use.

    Raises:
        HubUnauthorized: It is not an access token of ours, or none that is still known.
        DeviceRevoked: Its device was revoked.
        TokenExpired: It has expired, or others have been given in its place.
        StorageError: The database can't be read.
    """
    hashed = digest(access_token)
    rows = list(await hub.user.look_up(_FIND, (hashed,)))
    # The index has found the row by its hash; what decides is a comparison that takes the same time for any token.
    if not rows or not hmac.compare_digest(rows[0][0], hashed):
        raise HubUnauthorized
    _, pair, issued_at, expires_at, dropped_at, first_used_at, pairing, id_, name, last_used_at, revoked_at = rows[0]
    now = hub.clock()
    if revoked_at is not None:
        raise DeviceRevoked
    # A clock that was set back must not lengthen a token's life: one from the future is refreshed early.
    if dropped_at is not None or not issued_at - _A_MINUTE_MS <= now < expires_at:
        raise TokenExpired
    if first_used_at is None or last_used_at is None or not 0 <= now - last_used_at < _A_MINUTE_MS:
        # Nobody is kept out for a note that can't be written: the next use tries again.
        with suppress(StorageError), hub.user.use:
            await anyio.to_thread.run_sync(_note_use, hub.user.path, pair, pairing, now)
    return Device(pairing, id_, name)


async def is_paired(hub: Hub, device: Device) -> bool:
    """Whether the device is still what it was: neither revoked nor paired anew.

    Raises:
        StorageError: The database can't be read.
    """
    return bool(list(await hub.user.look_up(_PAIRED, (device.pairing,))))


def digest(token: str) -> bytes:
    """What is kept of a token. No salt and one round: there is nothing to guess about 256 random bits."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()  # a header may hold any character


def _note_use(path: Path, pair: int, pairing: int, now: int) -> None:
    """Write the time of use down, unless that takes waiting."""
    connecting = sqlite3.connect(path, timeout=0, isolation_level=None, factory=PreparedConnection)
    with closing(connecting) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_NOTE_FIRST_USE, (now, pair))
        connection.execute(_NOTE_USE, (now, pairing))
        connection.execute("COMMIT")
