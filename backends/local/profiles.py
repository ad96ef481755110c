"""Browser profiles in SQLite: cookies are encrypted before SQL sees them.

docs/decisions/0004-encryption-of-cookies.md says how, and why so.
"""

import json
from dataclasses import dataclass
from typing import Any

from backends.days import now
from backends.handlers import Handlers
from backends.local.database import Database
from backends.local.keyring import load_keyring
from backends.local.scope import Scope
from contract.errors import NotFound
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE, BrowserProfileImported, ImportBrowserProfile

__all__ = ["HANDLERS", "BrowserProfile", "delete_profile", "list_profiles", "open_profile"]

HANDLERS = Handlers[Scope]()

_VERSION = 1
"""Cookies as a JSON list, AES-256-GCM under the workspace's data key."""

_IMPORTED = "Browser profile and securely encrypted session cookies successfully imported."

# The id authenticates the ciphertext, so that it has to be known first: the row begins empty and is filled in the
# same transaction.
_INSERT = """
    INSERT INTO browser_profiles (workspace_id, name, version, nonce, ciphertext, cookie_count, created_at)
    VALUES (?, ?, ?, x'', x'', ?, ?)
"""

_FILL = "UPDATE browser_profiles SET nonce = ?, ciphertext = ? WHERE id = ?"

_LIST = "SELECT id, name, cookie_count, created_at FROM browser_profiles WHERE workspace_id = ? ORDER BY id"

_OPEN = "SELECT version, nonce, ciphertext FROM browser_profiles WHERE workspace_id = ? AND id = ?"

_DELETE = "DELETE FROM browser_profiles WHERE workspace_id = ? AND id = ?"

_DELETE_UNUSED_DATA_KEY = """
    DELETE FROM data_keys
    WHERE workspace_id = :workspace
      AND NOT EXISTS (SELECT 1 FROM browser_profiles WHERE workspace_id = :workspace)
"""


@dataclass(frozen=True)
class BrowserProfile:
    """A stored profile, without its cookies; the time is UTC as stored."""

    id: int
    name: str
    cookie_count: int
    created_at: str


@HANDLERS.handles(IMPORT_BROWSER_PROFILE)
async def import_browser_profile(scope: Scope, request: ImportBrowserProfile) -> BrowserProfileImported:
    """Encrypt the cookies and store them as a new profile; refused while there is no key to encrypt with."""
    from backends.local.data_keys import create_or_get_data_key  # noqa: PLC0415  (cryptography loads slowly)
    from backends.local.encryption import encrypt  # noqa: PLC0415

    cookies = json.dumps([cookie.model_dump() for cookie in request.cookies], separators=(",", ":")).encode()
    async with scope.transaction() as connection:
        # Read under the write lock, which a rotation holds while it replaces the keys.
        keyring = load_keyring(scope.database.folder)
        data_key = await create_or_get_data_key(connection, keyring, scope.workspace_id)
        row = (scope.workspace_id, request.name, _VERSION, len(request.cookies), now())
        profile_id = (await connection.execute(_INSERT, row)).lastrowid or 0
        associated = _associated(scope.workspace_id, profile_id, _VERSION)
        await connection.execute(_FILL, (*encrypt(data_key, cookies, associated), profile_id))
    return BrowserProfileImported(success=True, message=_IMPORTED, profile_id=profile_id, name=request.name)


async def list_profiles(database: Database, workspace_id: int) -> list[BrowserProfile]:
    """Return the workspace's profiles, oldest first. It needs no encryption key."""
    return [BrowserProfile(*row) for row in await database.read(_LIST, (workspace_id,))]


async def open_profile(database: Database, workspace_id: int, profile_id: int) -> list[dict[str, Any]]:
    """Return a profile's cookies in clear, each with all fields it was imported with. Never log or print them.

    Raises:
        NotFound: The workspace has no such profile.
        EncryptionNotConfigured: The key they are encrypted with is not configured.
        DecryptionFailed: They are not what was stored for this profile of this workspace.
    """
    from backends.local.data_keys import get_data_key  # noqa: PLC0415  (cryptography loads slowly)
    from backends.local.encryption import decrypt  # noqa: PLC0415

    # A write transaction, although nothing is written: a rotation must not fall between the keys and what they open.
    async with database.transaction() as connection:
        rows = list(await connection.execute_fetchall(_OPEN, (workspace_id, profile_id)))
        if not rows:
            raise _not_found()
        data_key = await get_data_key(connection, load_keyring(database.folder), workspace_id)
    version, nonce, ciphertext = rows[0]
    return json.loads(decrypt(data_key, nonce, ciphertext, _associated(workspace_id, profile_id, version)))


async def delete_profile(database: Database, workspace_id: int, profile_id: int) -> None:
    """Delete a profile, and with the workspace's last one its data key. It needs no encryption key.

    Without its data key nothing opens what the file system may still hold of the cookies. A workspace whose
    encryption key was lost starts anew in the same way.

    Raises:
        NotFound: The workspace has no such profile.
    """
    async with database.transaction() as connection:
        await connection.execute("PRAGMA secure_delete = ON")  # deleted bytes are overwritten, not left in free pages
        cursor = await connection.execute(_DELETE, (workspace_id, profile_id))
        if cursor.rowcount == 0:
            raise _not_found()
        await connection.execute(_DELETE_UNUSED_DATA_KEY, {"workspace": workspace_id})


def _associated(workspace_id: int, profile_id: int, version: int) -> bytes:
    """What a ciphertext is tied to: moved to another workspace or profile, or read as another form, it won't open."""
    return f"{workspace_id}|{profile_id}|{version}".encode()


def _not_found() -> NotFound:
    return NotFound(
        "There is no browser profile of that id in this workspace.",
        next_step="List them with 'musicengine-mcp profiles list'.",
    )
