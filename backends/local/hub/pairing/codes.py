"""Pairing codes: one at a time, for some minutes, to be tried a few times. docs/decisions/0022-pairing.md."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

import aiosqlite
import anyio.to_thread

from backends.local.hub.context import Hub
from contract.hub.errors import PairingRefused

__all__ = ["ATTEMPTS", "Arming", "arm", "armed_code", "arming", "disarm", "salt_of", "use_up"]

ATTEMPTS = 5
"""Of all callers together. With 20^8 codes, that is one chance in 5·10⁹ (RFC 8628, section 5.1)."""

_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no words come of it, and nothing that is mistaken for another (RFC 8628, section 6.1)."""

_LENGTH = 8

_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")

_PUNCTUATION = re.compile(r"[\s\u2010-\u2015-]+")
"""What people write between the halves, and what phones make of it."""

_SCRYPT_COST = 2**14

_A_MINUTE_MS = 60_000

_ARM = """
    INSERT INTO pairing_code (id, salt, hash, armed_at, expires_at, attempts_left) VALUES (1, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET salt = excluded.salt, hash = excluded.hash, armed_at = excluded.armed_at,
        expires_at = excluded.expires_at, attempts_left = excluded.attempts_left
"""

_GET = "SELECT salt, armed_at, expires_at, attempts_left FROM pairing_code"

_TRY = """
    UPDATE pairing_code SET attempts_left = attempts_left - 1 WHERE salt = ? AND attempts_left > 0 RETURNING hash
"""

_USE_UP = "DELETE FROM pairing_code WHERE salt = ?"


@dataclass(frozen=True)
class Arming:
    """How the code stands that was armed last."""

    salt: bytes
    armed_at: int
    expires_at: int
    attempts_left: int

    def is_good(self, now: int) -> bool:
        """Whether a device can be paired with it. A clock that was set back does not lengthen its life."""
        return self.attempts_left > 0 and self.armed_at - _A_MINUTE_MS <= now < self.expires_at


async def arming(hub: Hub) -> Arming | None:
    """How the code stands that was armed last; None if it was used or taken back, or none ever was.

    Raises:
        StorageError: The database can't be read.
    """
    for row in await hub.user.look_up(_GET):
        return Arming(*row)
    return None


async def arm(hub: Hub, minutes: int) -> tuple[str, Arming]:
    """Make a code, in place of any that there was; return it as people read it, and how it stands.

    Raises:
        StorageError: The database can't be written.
    """
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    code = f"{letters[:4]}-{letters[4:]}"
    salt = secrets.token_bytes(16)
    hashed = await anyio.to_thread.run_sync(_hash, letters, salt)
    now = hub.clock()
    made = Arming(salt, now, now + minutes * _A_MINUTE_MS, ATTEMPTS)
    async with hub.user.transaction() as connection:
        await connection.execute(_ARM, (salt, hashed, made.armed_at, made.expires_at, made.attempts_left))
    hub.armed.keep(code, salt)
    return code, made


async def disarm(hub: Hub) -> bool:
    """Make the code worthless; return whether a device could have been paired with it.

    Raises:
        StorageError: The database can't be written.
    """
    hub.armed.forget()
    known = await arming(hub)
    async with hub.user.transaction() as connection:
        await connection.execute("DELETE FROM pairing_code")
    return known is not None and known.is_good(hub.clock())


async def armed_code(hub: Hub) -> str | None:
    """The code that a device can be paired with, if it is this process that armed it.

    Raises:
        StorageError: The database can't be read.
    """
    known = await arming(hub)
    if known is None or known.salt != hub.armed.salt or not known.is_good(hub.clock()):
        hub.armed.forget()
    return hub.armed.code


async def salt_of(hub: Hub, text: str) -> bytes:
    """Spend an attempt on the text, and return the salt of the code if it is the code.

    An attempt is spent before anything is compared, in a transaction of its own: however many callers there are, in
    however many processes, no more texts are compared than there are attempts. What can't be a code costs none.

    Raises:
        PairingRefused: It is not the code, or there is none that is good.
        StorageError: The database can't be read or written.
    """
    letters = _PUNCTUATION.sub("", text).upper()
    known = await arming(hub)
    if known is None or not known.is_good(hub.clock()) or not _CODE.fullmatch(letters):
        raise PairingRefused
    async with hub.user.transaction() as connection:
        rows = list(await connection.execute_fetchall(_TRY, (known.salt,)))
    if not rows:
        raise PairingRefused
    if not hmac.compare_digest(await anyio.to_thread.run_sync(_hash, letters, known.salt), rows[0][0]):
        raise PairingRefused
    return known.salt


async def use_up(connection: aiosqlite.Connection, salt: bytes) -> None:
    """Take the code that has this salt out of use, in the transaction that is open.

    Raises:
        PairingRefused: Somebody else has used it, or it was replaced or taken back meanwhile.
    """
    cursor = await connection.execute(_USE_UP, (salt,))
    if not cursor.rowcount:
        raise PairingRefused


def _hash(letters: str, salt: bytes) -> bytes:
    """Slow on purpose: 20^8 codes are few for whoever has got hold of the database."""
    return hashlib.scrypt(letters.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32)
