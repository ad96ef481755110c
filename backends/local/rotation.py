"""Make the key-encryption key, and change it: data keys are wrapped anew, and no cookie is touched.

Order is what survives a crash: the file holds both keys before the first data key is wrapped with the new one, and
the old key leaves the file when no data key on disk needs it. Running it again finishes what was begun.
"""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from backends.local.database import Database
from backends.local.keyring import (
    KEY_FILE,
    VARIABLE,
    Keyring,
    in_environment,
    load_keyring,
    new_keyring,
    write_keyring,
)
from backends.local.storage import storage_errors
from contract.errors import InvalidRequest

__all__ = ["Rotation", "initialise_encryption", "rotate_encryption"]


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes:
        key_id: The active key.
        data_keys: How many data keys it wrapped anew.
        in_environment: Whether the keys come from the environment, which only its owner can change.
        unused: Keys that nothing in the database needs any more: dropped from the file, or still in the environment.
    """

    key_id: str
    data_keys: int
    in_environment: bool
    unused: tuple[str, ...]


async def initialise_encryption(database: Database) -> str:
    """Write the key file with a new key; return the key's id.

    Raises:
        InvalidRequest: There is a key already, in the file or in the environment.
        StorageError: The file can't be written.
    """
    await _migrate(database)
    return await anyio.to_thread.run_sync(_initialise, database.path)


async def rotate_encryption(database: Database) -> Rotation:
    """Wrap all data keys with a new key of the file, or with the environment's first.

    Raises:
        EncryptionNotConfigured: There is no key, or one that wraps a data key is missing; nothing was changed.
        DecryptionFailed: A data key is damaged; nothing was changed.
        StorageError: The file or the database can't be written.
    """
    await _migrate(database)
    return await anyio.to_thread.run_sync(_rotate, database.path)


def _initialise(path: Path) -> str:
    with closing(_connect(path)) as connection, _write_lock(connection):
        if (path.parent / KEY_FILE).exists():
            raise InvalidRequest(
                f"The data folder has a key file already ({KEY_FILE}). It was left as it is.",
                next_step="To change the key, run 'musicengine-mcp secrets rotate'.",
            )
        if in_environment():
            raise InvalidRequest(
                f"{VARIABLE} is set, and comes before any key file. None was written.",
                next_step=f"Go on with that key, or unset {VARIABLE} first.",
            )
        keyring = new_keyring()
        write_keyring(path.parent, keyring)
        return keyring.active


def _rotate(path: Path) -> Rotation:
    with closing(_connect(path)) as connection:
        with _write_lock(connection):
            keyring = load_keyring(path.parent)
            # All of them are opened before anything is written, so that a missing key changes nothing.
            data_keys = _unwrapped(connection, keyring)
            if not keyring.in_environment:
                keyring = keyring.with_new_key()
                write_keyring(path.parent, keyring)
            count = _wrap_anew(connection, keyring, data_keys)
        with _write_lock(connection):
            unused = _drop_unused(connection, path.parent)
    return Rotation(keyring.active, count, keyring.in_environment, unused)


def _unwrapped(connection: sqlite3.Connection, keyring: Keyring) -> dict[int, bytes]:
    """All data keys, by workspace."""
    from backends.local.encryption import unwrap  # noqa: PLC0415  (cryptography loads slowly)

    rows = connection.execute("SELECT workspace_id, wrapped_key, encryption_key_id FROM data_keys").fetchall()
    return {workspace_id: unwrap(keyring, wrapped, key_id) for workspace_id, wrapped, key_id in rows}


def _wrap_anew(connection: sqlite3.Connection, keyring: Keyring, data_keys: dict[int, bytes]) -> int:
    """Wrap the data keys with the active key; return how many were not wrapped with it before."""
    from backends.local.encryption import wrap  # noqa: PLC0415  (cryptography loads slowly)

    wrapped = {workspace_id: wrap(keyring, data_key) for workspace_id, data_key in data_keys.items()}
    return connection.executemany(
        """
        UPDATE data_keys SET wrapped_key = :wrapped_key, encryption_key_id = :key_id
        WHERE workspace_id = :workspace AND encryption_key_id <> :key_id
        """,
        [
            {"wrapped_key": wrapped_key, "key_id": key_id, "workspace": workspace_id}
            for workspace_id, (wrapped_key, key_id) in wrapped.items()
        ],
    ).rowcount


def _drop_unused(connection: sqlite3.Connection, folder: Path) -> tuple[str, ...]:
    keyring = load_keyring(folder)
    kept = keyring.only(_used_keys(connection))
    unused = tuple(key_id for key_id in keyring.keys if key_id not in kept.keys)
    if unused and not keyring.in_environment:
        write_keyring(folder, kept)
    return unused


def _used_keys(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT DISTINCT encryption_key_id FROM data_keys")}


async def _migrate(database: Database) -> None:
    """Have the database created and brought to the newest schema, which is the connection's business."""
    await database.read("SELECT 1")


def _connect(path: Path) -> sqlite3.Connection:
    """A connection of its own, whose commits are on disk before they return.

    The database's own connections may lose the last commits in a power cut. Here that would bring back data keys
    wrapped with a key that is gone.
    """
    with storage_errors():
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def _write_lock(connection: sqlite3.Connection) -> Generator[None, None, None]:
    """A write transaction; while it lasts no other process writes the database or the key file."""
    with storage_errors():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
