"""Data keys in SQLite: one per workspace, wrapped; what encrypts the workspace's cookies.

It imports `cryptography` by way of `encryption`: import this module where it is used.
"""

import aiosqlite

from backends.local.encryption import new_data_key, unwrap, wrap
from backends.local.keyring import Keyring
from contract.errors import DecryptionFailed

__all__ = ["create_or_get_data_key", "get_data_key"]

_GET = "SELECT wrapped_key, encryption_key_id FROM data_keys WHERE workspace_id = ?"

_INSERT = "INSERT INTO data_keys (workspace_id, wrapped_key, encryption_key_id) VALUES (?, ?, ?)"


async def create_or_get_data_key(connection: aiosqlite.Connection, keyring: Keyring, workspace_id: int) -> bytes:
    """Return the workspace's data key, and make one first if it has none.

    Raises:
        EncryptionNotConfigured: The key that wrapped it is not in the keyring.
        DecryptionFailed: It is not what was stored.
    """
    data_key = await _find(connection, keyring, workspace_id)
    if data_key is None:
        data_key = new_data_key()
        await connection.execute(_INSERT, (workspace_id, *wrap(keyring, data_key)))
    return data_key


async def get_data_key(connection: aiosqlite.Connection, keyring: Keyring, workspace_id: int) -> bytes:
    """Return the workspace's data key.

    Raises:
        EncryptionNotConfigured: The key that wrapped it is not in the keyring.
        DecryptionFailed: It is not what was stored, or is gone.
    """
    data_key = await _find(connection, keyring, workspace_id)
    if data_key is None:
        raise DecryptionFailed
    return data_key


async def _find(connection: aiosqlite.Connection, keyring: Keyring, workspace_id: int) -> bytes | None:
    rows = list(await connection.execute_fetchall(_GET, (workspace_id,)))
    return unwrap(keyring, *rows[0]) if rows else None
