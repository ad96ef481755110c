"""Paired devices as people see them: listed, added, revoked."""

from collections.abc import Sequence
from typing import Any

import aiosqlite

from backends.local.hub.changes import ChangeKind, note_change
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from contract.hub.devices import MOST_DEVICES, DeviceState, PairedDevice
from contract.hub.errors import DeviceNotFound, TooManyDevices

__all__ = ["add_device", "listed_devices", "pairing_of", "read_device", "refuse_beyond_most", "revoke"]

_MOST_BYGONE = 100
"""Devices that are kept to be shown although they are expired or revoked, the last ones."""

_COLUMNS = "device_id, name, paired_at, expires_at, last_used_at, revoked_at"

_LIST = f"SELECT {_COLUMNS} FROM devices ORDER BY id DESC"

_GET = f"SELECT {_COLUMNS} FROM devices WHERE id = ?"

_PAIRING = "SELECT id FROM devices WHERE device_id = ?"

_COUNT = "SELECT count(*) FROM devices WHERE revoked_at IS NULL AND expires_at > ? AND device_id <> ?"

_ADD = "INSERT INTO devices (device_id, name, family, paired_at, expires_at) VALUES (?, ?, ?, ?, ?)"

_FORGET_BYGONE = f"""
    DELETE FROM devices WHERE id IN (
        SELECT id FROM devices WHERE revoked_at IS NOT NULL OR expires_at <= ?
        ORDER BY coalesce(revoked_at, expires_at) DESC, id DESC LIMIT -1 OFFSET {_MOST_BYGONE}
    )
"""

_REVOKE = "UPDATE devices SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING device_id"


async def listed_devices(hub: Hub) -> list[PairedDevice]:
    """All that are known, the last paired first.

    Raises:
        StorageError: The database can't be read.
    """
    now = hub.clock()
    return [_device(row, now) for row in await hub.user.look_up(_LIST)]


async def pairing_of(connection: aiosqlite.Connection, id_: str) -> int:
    """The number of the device's pairing, in the transaction that is open.

    Raises:
        DeviceNotFound: No device has the id.
    """
    for (pairing,) in await connection.execute_fetchall(_PAIRING, (id_,)):
        return pairing
    raise DeviceNotFound


async def read_device(hub: Hub, connection: aiosqlite.Connection, pairing: int) -> PairedDevice:
    """The device, as it stands in the transaction that is open."""
    [row] = await connection.execute_fetchall(_GET, (pairing,))
    return _device(tuple(row), hub.clock())


async def refuse_beyond_most(hub: Hub, connection: aiosqlite.Connection, but: str = "") -> None:
    """See that there is room for one device more.

    Args:
        hub: Whose devices.
        connection: With a transaction open.
        but: The id of a device that is to be replaced.

    Raises:
        TooManyDevices: There is none.
    """
    [(number,)] = await connection.execute_fetchall(_COUNT, (hub.clock(), but))
    if number >= MOST_DEVICES:
        raise TooManyDevices


async def add_device(
    hub: Hub, connection: aiosqlite.Connection, id_: str, name: str, *, family: bytes, expires_at: int
) -> int:
    """Add a device, in place of one with the same id, in the transaction that is open; return its pairing's number.

    Raises:
        TooManyDevices: There is no room for another.
    """
    await refuse_beyond_most(hub, connection, but=id_)
    now = hub.clock()
    await connection.execute("DELETE FROM devices WHERE device_id = ?", (id_,))
    cursor = await connection.execute(_ADD, (id_, name, family, now, expires_at))
    await connection.execute(_FORGET_BYGONE, (now,))
    await note_change(connection, ChangeKind.DEVICES, id_)
    return cursor.lastrowid or 0


async def revoke(hub: Hub, connection: aiosqlite.Connection, pairing: int) -> None:
    """Put a device's tokens out of use, in the transaction that is open; one that was revoked keeps its time.

    The rows of its tokens stay, so that whoever bears one learns what became of it.
    """
    for (id_,) in await connection.execute_fetchall(_REVOKE, (hub.clock(), pairing)):
        await note_change(connection, ChangeKind.DEVICES, id_)


def _device(row: Sequence[Any], now: int) -> PairedDevice:
    id_, name, paired_at, expires_at, last_used_at, revoked_at = row
    state: DeviceState = "revoked" if revoked_at is not None else "paired" if now < expires_at else "expired"
    return {
        "deviceId": id_,
        "name": name,
        "state": state,
        "pairedAt": timestamp(paired_at),
        "lastUsedAt": None if last_used_at is None else timestamp(last_used_at),
        "expiresAt": timestamp(expires_at),
        "revokedAt": None if revoked_at is None else timestamp(revoked_at),
    }
