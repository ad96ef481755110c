"""Refresh tokens are good for one exchange, and one that comes back gives a thief away. docs/decisions/0022-pairing.md.

Each pairing has one line of pairs, generation after generation. The refresh token of the newest pair is exchanged for
the next. One from before is exchanged as well while it may be that the answer to its first exchange was lost: within
two minutes, and only as long as the newest pair is not in use, which is dropped then. Otherwise two have had it, and
the device is revoked (RFC 9700, section 4.14.2).
"""

import hmac
from dataclasses import dataclass

import aiosqlite

from backends.local.hub.context import Hub
from backends.local.hub.pairing.devices import read_device, revoke
from backends.local.hub.pairing.pairs import NewPair, StoredPair, family_in, store_pair, stored_pairs
from backends.local.hub.pairing.tokens import digest
from contract.hub.devices import PairedDevice
from contract.hub.errors import DeviceRevoked, HubUnauthorized, RefreshTokenReused, TokenExpired

__all__ = ["Refreshed", "exchange"]

_LOST_ANSWER_MS = 120_000
"""How long whoever lost an answer may ask for another."""

_AT_ONCE_MS = 10_000
"""How long it may be that two exchanges were sent at the same moment, so that one's answer is in use already."""

_MOST_DROPPED = 30
"""Of one device: known again if they come back late. Answers that were lost faster than that count as never sent."""

_FIND = "SELECT id, device_id, revoked_at FROM devices WHERE family = ?"

_EXCHANGE = "UPDATE device_tokens SET exchanged_at = coalesce(exchanged_at, ?) WHERE id = ?"

_DROP = "UPDATE device_tokens SET dropped_at = ? WHERE id = ?"

_FORGET_GENERATIONS = "DELETE FROM device_tokens WHERE device = ? AND generation < ?"

_FORGET_DROPPED = f"""
    DELETE FROM device_tokens WHERE id IN (
        SELECT id FROM device_tokens WHERE device = ? AND dropped_at IS NOT NULL
        ORDER BY id DESC LIMIT -1 OFFSET {_MOST_DROPPED}
    )
"""

_NOTE = "UPDATE devices SET last_used_at = ?, expires_at = ? WHERE id = ?"


@dataclass(frozen=True)
class Refreshed:
    """A new pair, and the device that it is for."""

    device: PairedDevice
    pair: NewPair


async def exchange(hub: Hub, device_id: str, refresh_token: str) -> Refreshed:
    """Exchange a refresh token for a new pair.

    Raises:
        HubUnauthorized: It is none of ours, or not that device's.
        DeviceRevoked: The device was revoked.
        TokenExpired: It was not used for too long.
        RefreshTokenReused: It was exchanged before, and the device is revoked now.
        StorageError: The database can't be read or written.
    """
    family = family_in(refresh_token)
    # A look first: who tries tokens out is not to hold up those who write.
    if family is None or not list(await hub.user.look_up(_FIND, (digest(family),))):
        raise _unknown()
    async with hub.user.transaction() as connection:
        pairing = await _pairing(connection, family, device_id)
        pairs = await stored_pairs(connection, pairing)
        shown = _shown(pairs, refresh_token)
        if shown is not None and _may_be_exchanged(shown, pairs[-1], hub.clock()):
            pair = await _next(hub, connection, pairing, family, shown=shown, newest=pairs[-1])
            return Refreshed(await read_device(hub, connection, pairing), pair)
        await revoke(hub, connection, pairing)
    raise RefreshTokenReused


async def _pairing(connection: aiosqlite.Connection, family: str, device_id: str) -> int:
    for pairing, id_, revoked_at in await connection.execute_fetchall(_FIND, (digest(family),)):
        if id_ != device_id:
            break
        if revoked_at is not None:
            raise DeviceRevoked
        return pairing
    raise _unknown()


def _shown(pairs: list[StoredPair], refresh_token: str) -> StoredPair | None:
    """The pair whose refresh token it is; None if it is older than any that are kept."""
    hashed = digest(refresh_token)
    return next((pair for pair in pairs if hmac.compare_digest(pair.refresh, hashed)), None)


def _may_be_exchanged(shown: StoredPair, newest: StoredPair, now: int) -> bool:
    """Whether it is the newest, or whoever shows it may have lost the answer that held the newest."""
    if shown.id == newest.id:
        return True
    given_up_at = shown.exchanged_at if shown.dropped_at is None else shown.dropped_at
    patience = _LOST_ANSWER_MS if newest.used_at is None else _AT_ONCE_MS
    # Moments ahead of now are of a clock that was set back, for which nobody is locked out.
    return given_up_at is None or now - given_up_at <= patience


async def _next(
    hub: Hub, connection: aiosqlite.Connection, pairing: int, family: str, *, shown: StoredPair, newest: StoredPair
) -> NewPair:
    """The pair that comes after the one that was shown; the newest is dropped, if that is another."""
    now = hub.clock()
    if now >= shown.refresh_expires_at:
        raise TokenExpired(
            "This refresh token has expired: it was not used for sixty days.",
            field="refreshToken",
            next_step=DeviceRevoked.default_next_step,
        )
    # In place of one that was dropped comes another of the same generation.
    generation = max(shown.generation + (shown.dropped_at is None), newest.generation)
    pair = NewPair.of(family, now)
    await connection.execute(_EXCHANGE, (now, shown.id))
    if shown.id != newest.id:
        await connection.execute(_DROP, (now, newest.id))
    await store_pair(connection, pairing, generation, pair)
    await connection.execute(_FORGET_GENERATIONS, (pairing, generation - 1))
    await connection.execute(_FORGET_DROPPED, (pairing,))
    await connection.execute(_NOTE, (now, pair.refresh_expires_at, pairing))
    return pair


def _unknown() -> HubUnauthorized:
    return HubUnauthorized(
        "The refresh token is not known, or is not that device's.",
        field="refreshToken",
        next_step=DeviceRevoked.default_next_step,
    )
