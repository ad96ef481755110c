"""API keys: each opens one workspace. Only their SHA-256 is stored (docs/decisions/0003-api-keys.md)."""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
import anyio.to_thread

from backends.days import later, now
from backends.local.database import Database
from backends.local.workspaces import area_set
from contract.errors import InvalidRequest, KeyExpired, KeyRevoked, NotFound, Unauthorized

__all__ = [
    "MAX_OVERLAP_SECONDS",
    "PREFIX",
    "ApiKey",
    "Principal",
    "authenticate",
    "create_key",
    "list_keys",
    "revoke_key",
    "rotate_key",
]

PREFIX = "isrc_live_"

MAX_OVERLAP_SECONDS = 30 * 24 * 3600

_SECRET_BYTES = 32

_TO_THE_MINUTE = len("2026-03-08T10:00")

_COLUMNS = "id, name, hint, created_at, expires_at, revoked_at, last_used_at, replaced_by"

_AUTHENTICATE = """
    SELECT k.hash, k.id, k.workspace_id, w.name, k.expires_at, k.revoked_at, k.last_used_at,
        (SELECT group_concat(area) FROM withheld_areas WHERE workspace_id = k.workspace_id)
    FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
    WHERE k.hash = ?
"""

_INSERT = "INSERT INTO api_keys (workspace_id, name, hash, hint, created_at) VALUES (?, ?, ?, ?, ?)"

_LIST = f"SELECT {_COLUMNS} FROM api_keys WHERE workspace_id = ? ORDER BY id"

_GET = f"SELECT {_COLUMNS} FROM api_keys WHERE workspace_id = ? AND id = ?"


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; times are UTC as stored, and the key itself is nowhere."""

    id: int
    name: str
    hint: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    last_used_at: str | None = None
    replaced_by: int | None = None

    def state(self, moment: str) -> str:
        """How the key stands at the moment: active, expires …, expired, or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is None:
            return "active"
        return f"expires {self.expires_at}" if self.expires_at > moment else "expired"


@dataclass(frozen=True)
class Principal:
    """Who is calling: a key, and the one workspace that it opens."""

    key_id: int
    workspace_id: int
    workspace: str
    withheld_areas: frozenset[str] = frozenset()


async def authenticate(database: Database, raw: str) -> Principal:
    """Return whose key it is.

    Raises:
        Unauthorized: It is not a key of ours.
        KeyRevoked: It was revoked.
        KeyExpired: It was rotated and its overlap has ended.
    """
    digest = _digest(raw)
    rows = list(await database.look_up(_AUTHENTICATE, (digest,)))
    # The index has found the row by its hash; what decides is a comparison that takes the same time for any key.
    if not rows or not hmac.compare_digest(rows[0][0], digest):
        raise Unauthorized
    _, key_id, workspace_id, workspace, expires_at, revoked_at, last_used_at, withheld = rows[0]
    moment = now()
    if revoked_at is not None:
        raise KeyRevoked
    if expires_at is not None and expires_at <= moment:
        raise KeyExpired
    if last_used_at is None or last_used_at[:_TO_THE_MINUTE] != moment[:_TO_THE_MINUTE]:
        await anyio.to_thread.run_sync(_note_use, database.path, key_id, moment)
    return Principal(key_id, workspace_id, workspace, area_set(withheld))


async def create_key(database: Database, workspace_id: int, name: str) -> tuple[ApiKey, str]:
    """Create a key; return its record, and the key, which can't be had a second time.

    Raises:
        InvalidRequest: The name is empty, too long or unreadable.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidRequest("name must be 1 to 100 readable characters.", field="name")
    async with database.transaction() as connection:
        return await _insert(connection, workspace_id, name, now())


async def list_keys(database: Database, workspace_id: int) -> list[ApiKey]:
    """Return the workspace's keys, those out of use too, oldest first."""
    return [ApiKey(*row) for row in await database.read(_LIST, (workspace_id,))]


async def rotate_key(database: Database, workspace_id: int, key_id: int, overlap_seconds: int) -> tuple[ApiKey, str]:
    """Create a key in place of another, which goes on working for the overlap; return the new one as create_key does.

    Raises:
        InvalidRequest: The overlap is out of bounds, or the key is out of use or was rotated before.
        NotFound: The workspace has no such key.
    """
    if not 0 <= overlap_seconds <= MAX_OVERLAP_SECONDS:
        raise InvalidRequest(f"overlap must be 0 to {MAX_OVERLAP_SECONDS} seconds (30 days).", field="overlap")
    moment = now()
    async with database.transaction() as connection:
        old = await _get(connection, workspace_id, key_id)
        _refuse_unless_active(old)
        new, raw = await _insert(connection, workspace_id, old.name, moment)
        await connection.execute(
            "UPDATE api_keys SET expires_at = ?, replaced_by = ? WHERE id = ?",
            (later(moment, overlap_seconds), new.id, key_id),
        )
    return new, raw


async def revoke_key(database: Database, workspace_id: int, key_id: int) -> ApiKey:
    """Put a key out of use at once and for good; a key that is revoked already keeps its time.

    Raises:
        NotFound: The workspace has no such key.
    """
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE api_keys SET revoked_at = ? WHERE workspace_id = ? AND id = ? AND revoked_at IS NULL",
            (now(), workspace_id, key_id),
        )
        return await _get(connection, workspace_id, key_id)


async def _insert(connection: aiosqlite.Connection, workspace_id: int, name: str, moment: str) -> tuple[ApiKey, str]:
    raw = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    hint = raw[-4:]
    cursor = await connection.execute(_INSERT, (workspace_id, name, _digest(raw), hint, moment))
    return ApiKey(cursor.lastrowid or 0, name, hint, moment), raw


async def _get(connection: aiosqlite.Connection, workspace_id: int, key_id: int) -> ApiKey:
    rows: Sequence[Any] = list(await connection.execute_fetchall(_GET, (workspace_id, key_id)))
    if not rows:
        raise NotFound(
            "There is no API key of that id in this workspace.",
            next_step="List them with 'musicengine-mcp keys list'.",
        )
    return ApiKey(*rows[0])


def _refuse_unless_active(key: ApiKey) -> None:
    if key.revoked_at is not None:
        raise InvalidRequest(
            "A revoked key can't be rotated.",
            next_step="Create another with 'musicengine-mcp keys create --name NAME'.",
        )
    if key.replaced_by is not None:
        # A second successor would leave one of the two unaccounted for.
        raise InvalidRequest(
            f"This key was rotated before; key {key.replaced_by} replaces it.",
            next_step=f"Rotate key {key.replaced_by}, or end this one's overlap with 'musicengine-mcp keys revoke'.",
        )


def _note_use(path: Path, key_id: int, moment: str) -> None:
    """Write the time of use down, unless that takes waiting.

    A connection of its own does not wait its turn behind an import, and a disk that is full stops no reading:
    only the note is lost, and the next use tries again.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("UPDATE api_keys SET last_used_at = ? WHERE id = ?", (moment, key_id))


def _digest(raw: str) -> bytes:
    # No salt and one round: there is nothing to guess about 256 random bits. A header may hold any character.
    return hashlib.sha256(raw.encode(errors="surrogatepass")).digest()
