"""Key-encryption keys: from the environment, else from a file that only its owner can read.

They wrap the data keys in the database and never encrypt anything else (docs/decisions/0004-encryption-of-cookies.md).
"""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.errors import EncryptionNotConfigured, StorageError

__all__ = ["KEY_FILE", "VARIABLE", "Keyring", "in_environment", "load_keyring", "new_keyring", "write_keyring"]

VARIABLE = "MUSICENGINE_ENCRYPTION_KEY"

KEY_FILE = "encryption-keys.json"

_KEY_BYTES = 32

_MAX_FILE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Keyring:
    """Keys by id; the active one wraps, and the others only unwrap what they wrapped before."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)
    in_environment: bool = False

    def with_new_key(self) -> "Keyring":
        """The same keys, and a new one that is active."""
        new = new_keyring()
        return Keyring(new.active, {**self.keys, **new.keys})

    def only(self, ids: set[str]) -> "Keyring":
        """The active key, and of the others those with the ids."""
        return Keyring(self.active, {name: key for name, key in self.keys.items() if name in {self.active, *ids}})


def load_keyring(folder: Path) -> Keyring:
    """Return the configured keys: those of the environment, or else those of the data folder's key file.

    Raises:
        EncryptionNotConfigured: There are none, or they can't be used; it says why, and shows nothing of them.
    """
    return _from_environment(os.environ[VARIABLE]) if in_environment() else _from_file(folder / KEY_FILE)


def in_environment() -> bool:
    """Whether the keys come from the environment; an empty variable counts as none."""
    return bool(os.environ.get(VARIABLE, "").strip())


def new_keyring() -> Keyring:
    """A keyring of one new random key."""
    key = secrets.token_bytes(_KEY_BYTES)
    return Keyring(_key_id(key), {_key_id(key): key})


def write_keyring(folder: Path, keyring: Keyring) -> None:
    """Replace the key file at once: whatever happens, it holds all of the old keys or all of the new ones.

    The caller holds the database's write lock, so that two processes never replace each other's keys.

    Raises:
        StorageError: It could not be written; the file is as it was.
    """
    keys = {name: base64.b64encode(key).decode() for name, key in keyring.keys.items()}
    document = json.dumps({"active": keyring.active, "keys": keys}, indent=2) + "\n"
    temporary = folder / f"{KEY_FILE}.new"
    try:
        temporary.unlink(missing_ok=True)  # left by a process that was killed
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(document.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / KEY_FILE)
        _sync_folder(folder)
    except OSError:
        raise StorageError(
            "The key file could not be written. The one before it, if any, is as it was.",
            next_step="Free some space or make the data folder writable, then run the same command again.",
        ) from None


def _from_environment(configured: str) -> Keyring:
    keys = [_decoded(text.strip()) for text in configured.split(",")]
    usable = {_key_id(key): key for key in keys if key is not None}
    if None in keys:
        raise EncryptionNotConfigured(
            f"{VARIABLE} must hold keys of {_KEY_BYTES} bytes in base64, separated by commas.",
            next_step="Make one with 'openssl rand -base64 32'.",
        )
    return Keyring(next(iter(usable)), usable, in_environment=True)


def _from_file(path: Path) -> Keyring:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_FILE_BYTES)
    except FileNotFoundError:
        raise EncryptionNotConfigured from None
    except OSError:
        raise EncryptionNotConfigured(
            f"The key file {KEY_FILE} can't be read.", next_step="Give it back to the user that runs this program."
        ) from None
    if os.name != "nt" and mode & 0o077:
        raise EncryptionNotConfigured(
            f"The key file {KEY_FILE} can be read by other users, so it is not used.",
            next_step=f"Run 'chmod 600 {KEY_FILE}' in the data folder, then 'musicengine-mcp secrets rotate'.",
        )
    keyring = _parsed(content)
    if keyring is None:
        raise EncryptionNotConfigured(
            f"The key file {KEY_FILE} is damaged. It was left as it is.", next_step="Put its backup in its place."
        )
    return keyring


def _parsed(content: bytes) -> Keyring | None:
    # Errors of the parser carry the text that they failed on, so none of them leaves this function.
    try:
        document: Any = json.loads(content)
        keys = {str(name): _decoded(str(text)) for name, text in document["keys"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    sound = {name: key for name, key in keys.items() if key is not None and _key_id(key) == name}
    active = str(document.get("active"))
    return Keyring(active, sound) if active in sound and len(sound) == len(keys) else None


def _decoded(text: str) -> bytes | None:
    """The key of a base64 text, in either alphabet, with or without padding; None if it isn't one."""
    standard = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there, and its entries are written through
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
