"""Pairs of an access token and a refresh token: made, and told apart when they come back."""

import re
import secrets
from dataclasses import dataclass, field

import aiosqlite

from backends.local.hub.pairing.tokens import ACCESS_PREFIX, digest

__all__ = ["NewPair", "StoredPair", "family_in", "new_family", "store_pair", "stored_pairs"]

_REFRESH_LIFE_MS = 60 * 86_400_000
"""Sixty days, from each refresh on."""

_ACCESS_LIFE_MS = 3_600_000

_REFRESH_PREFIX = "mhub_refresh_"

_FAMILY_BYTES, _SECRET_BYTES = 16, 32

_REFRESH_TOKEN = re.compile(rf"{_REFRESH_PREFIX}([A-Za-z0-9_-]{{22}})[A-Za-z0-9_-]{{43}}")

_STORE = """
    INSERT INTO device_tokens (device, generation, access, refresh, issued_at, access_expires_at, refresh_expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_ALL = """
    SELECT id, generation, refresh, refresh_expires_at, used_at, exchanged_at, dropped_at FROM device_tokens
    WHERE device = ? ORDER BY id
"""


@dataclass(frozen=True)
class NewPair:
    """Two tokens, which can't be had a second time, and when each expires."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    issued_at: int
    access_expires_at: int
    refresh_expires_at: int

    @classmethod
    def of(cls, family: str, now: int) -> "NewPair":
        """A new pair of the family."""
        return cls(
            access=ACCESS_PREFIX + secrets.token_urlsafe(_SECRET_BYTES),
            refresh=_REFRESH_PREFIX + family + secrets.token_urlsafe(_SECRET_BYTES),
            issued_at=now,
            access_expires_at=now + _ACCESS_LIFE_MS,
            refresh_expires_at=now + _REFRESH_LIFE_MS,
        )


@dataclass(frozen=True)
class StoredPair:
    """What is known of a pair that was given out; moments are None for what has not happened."""

    id: int
    generation: int
    refresh: bytes
    refresh_expires_at: int
    used_at: int | None
    exchanged_at: int | None
    dropped_at: int | None


def new_family() -> str:
    """What all refresh tokens of one pairing begin with, so that an old one is known again without being kept."""
    return secrets.token_urlsafe(_FAMILY_BYTES)


def family_in(refresh_token: str) -> str | None:
    """The family that a refresh token says it is of; None if it can't be one of ours."""
    match = _REFRESH_TOKEN.fullmatch(refresh_token)
    return match[1] if match else None


async def store_pair(connection: aiosqlite.Connection, device: int, generation: int, pair: NewPair) -> None:
    """Store by what the pair can be recognised, in the transaction that is open."""
    hashed = (digest(pair.access), digest(pair.refresh))
    moments = (pair.issued_at, pair.access_expires_at, pair.refresh_expires_at)
    await connection.execute(_STORE, (device, generation, *hashed, *moments))


async def stored_pairs(connection: aiosqlite.Connection, device: int) -> list[StoredPair]:
    """The device's pairs that are still known, in the order in which they were given out."""
    return [StoredPair(*row) for row in await connection.execute_fetchall(_ALL, (device,))]
