"""Pairing as it is done: somebody at the hub arms a code and looks after the devices, and a device uses it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from backends.local.checksums import PreparedConnection
from backends.local.hub.hub import LocalHub
from backends.local.hub.pairing.devices import add_device
from backends.local.hub.pairing.pairs import NewPair, new_family, store_pair
from backends.local.hub.pairing.tokens import device_of, digest
from contract.errors import ContractError
from contract.hub.devices import (
    GET_AUTH_STATUS,
    LIST_DEVICES,
    REVOKE_DEVICE,
    GetAuthStatus,
    ListDevices,
    RevokeDevice,
)
from contract.hub.pairing import (
    ARM_PAIRING,
    DISARM_PAIRING,
    PAIR_DEVICE,
    REFRESH_TOKENS,
    ArmPairing,
    DisarmPairing,
    PairDevice,
    RefreshTokens,
)
from contract.validation import check_answer, validate

__all__ = ["WRONG", "Desk", "altered", "rows", "wrong_codes"]

WRONG = "BBBB-BBBB"
"""As good as never the code that was armed."""


@dataclass(frozen=True)
class Paired:
    """The tokens of a device."""

    accessToken: str  # noqa: N815  (as the wire has it)
    refreshToken: str  # noqa: N815


class Desk:
    """The operations of pairing on one hub, by their arguments; answers are as the contract says."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub

    async def arm(self, **minutes):
        return await self._call(ARM_PAIRING, ArmPairing, minutes)

    async def disarm(self):
        return (await self._call(DISARM_PAIRING, DisarmPairing, {})).wasArmed

    async def pair(self, code=None, device="agent-1", name="automation"):
        """Pair with the code, or with one that is armed for it."""
        code = (await self.arm()).pairingCode if code is None else code
        sent = {"pairingCode": code, "deviceId": device, "deviceName": name}
        return await self._call(PAIR_DEVICE, PairDevice, sent)

    async def paired(self, device="agent-1", name="automation"):
        """A device as `pair` leaves it, without the code, which takes its time."""
        hub, family = self.hub.hub, new_family()
        pair = NewPair.of(family, hub.clock())
        async with hub.user.transaction() as connection:
            life = {"family": digest(family), "expires_at": pair.refresh_expires_at}
            await store_pair(connection, await add_device(hub, connection, device, name, **life), 1, pair)
        return Paired(pair.access, pair.refresh)

    async def refresh(self, tokens, device="agent-1"):
        """Refresh by the tokens that were given, or by a refresh token."""
        token = tokens if isinstance(tokens, str) else tokens.refreshToken
        return await self._call(REFRESH_TOKENS, RefreshTokens, {"deviceId": device, "refreshToken": token})

    async def status(self):
        return await self._call(GET_AUTH_STATUS, GetAuthStatus, {})

    async def devices(self):
        return (await self._call(LIST_DEVICES, ListDevices, {})).devices

    async def revoke(self, device="agent-1"):
        return (await self._call(REVOKE_DEVICE, RevokeDevice, {"deviceId": device})).revoked

    async def device(self, tokens):
        """Whose the access token is."""
        return await device_of(self.hub.hub, tokens if isinstance(tokens, str) else tokens.accessToken)

    async def outcome(self, awaitable):
        """The code of the error that comes of it, or None."""
        try:
            await awaitable
        except ContractError as error:
            return error.code
        return None

    async def _call(self, operation, model, arguments):
        answer = await self.hub.call(operation, validate(model, arguments))
        return check_answer(operation.response, answer.model_dump(mode="json"))


def wrong_codes(right):
    """Codes without end that are not the right one."""
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    for number in range(20**4):
        end = "".join(letters[number // 20**place % 20] for place in range(4))
        if f"BBBB-{end}" != right:
            yield f"BBBB-{end}"


def altered(token):
    """The token with its last character changed."""
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def rows(hub, sql, *parameters):
    """Of hub.db, as they stand there; a statement that writes is committed."""
    path = hub.hub.user.path
    with closing(sqlite3.connect(path, isolation_level=None, factory=PreparedConnection)) as connection:
        return connection.execute(sql, parameters).fetchall()
