"""Pairing, as the contract has it: a code is armed, a device is paired by it, keeps its tokens, and loses them."""

import time

import anyio

from backends.handlers import Handlers
from backends.local.hub.context import Hub
from backends.local.hub.moments import timestamp
from backends.local.hub.pairing.codes import arm, arming, disarm, salt_of, use_up
from backends.local.hub.pairing.devices import (
    add_device,
    listed_devices,
    pairing_of,
    read_device,
    refuse_beyond_most,
    revoke,
)
from backends.local.hub.pairing.pairs import NewPair, new_family, store_pair
from backends.local.hub.pairing.refreshing import exchange
from backends.local.hub.pairing.tokens import digest
from backends.text import clean
from contract.errors import InvalidRequest
from contract.hub.devices import (
    GET_AUTH_STATUS,
    LIST_DEVICES,
    REVOKE_DEVICE,
    AuthStatus,
    DeviceList,
    GetAuthStatus,
    ListDevices,
    PairedDevice,
    RevokedDevice,
    RevokeDevice,
)
from contract.hub.errors import PairingRefused
from contract.hub.pairing import (
    ARM_PAIRING,
    DISARM_PAIRING,
    LONGEST_DEVICE_NAME,
    PAIR_DEVICE,
    REFRESH_TOKENS,
    ArmPairing,
    DeviceTokens,
    DisarmPairing,
    PairDevice,
    PairingArmed,
    PairingDisarmed,
    RefreshTokens,
)

__all__ = ["HANDLERS"]

HANDLERS = Handlers[Hub]()

_REFUSED_AFTER_SECONDS = 0.25
"""Longer than it takes to compare a code, so that the time of a refusal does not say whether there was one."""

_HOW_TO_ARM = "'musicengine-mcp devices arm' on the hub's machine, or POST /api/auth/arm, makes a code."


@HANDLERS.handles(ARM_PAIRING)
async def arm_pairing(hub: Hub, request: ArmPairing) -> PairingArmed:
    """Unless no device could be paired with the code: whoever arms can revoke one, and whoever pairs can't."""
    async with hub.user.transaction() as connection:
        await refuse_beyond_most(hub, connection)
    code, made = await arm(hub, request.minutes)
    return PairingArmed.model_construct(
        pairingCode=code,
        expiresAt=timestamp(made.expires_at),
        expiresIn=(made.expires_at - made.armed_at) // 1000,
        attemptsLeft=made.attempts_left,
    )


@HANDLERS.handles(DISARM_PAIRING)
async def disarm_pairing(hub: Hub, _request: DisarmPairing) -> PairingDisarmed:
    """Whether or not there is one."""
    return PairingDisarmed.model_construct(wasArmed=await disarm(hub))


@HANDLERS.handles(PAIR_DEVICE)
async def pair_device(hub: Hub, request: PairDevice) -> DeviceTokens:
    """All refusals take the same time."""
    name = clean(request.deviceName)[:LONGEST_DEVICE_NAME].rstrip()
    if not name:
        raise InvalidRequest("deviceName must have a character that can be seen.", field="deviceName")
    begun = time.monotonic()
    try:
        return await _pair(hub, request, name)
    except PairingRefused:
        await anyio.sleep(max(0, begun + _REFUSED_AFTER_SECONDS - time.monotonic()))
        raise


async def _pair(hub: Hub, request: PairDevice, name: str) -> DeviceTokens:
    salt = await salt_of(hub, request.pairingCode)
    family = new_family()
    pair = NewPair.of(family, hub.clock())
    async with hub.user.transaction() as connection:
        await use_up(connection, salt)
        pairing = await add_device(
            hub, connection, request.deviceId, name, family=digest(family), expires_at=pair.refresh_expires_at
        )
        await store_pair(connection, pairing, 1, pair)
        device = await read_device(hub, connection, pairing)
    hub.armed.forget()
    return _tokens(device, pair)


@HANDLERS.handles(REFRESH_TOKENS)
async def refresh_tokens(hub: Hub, request: RefreshTokens) -> DeviceTokens:
    """The next pair."""
    refreshed = await exchange(hub, request.deviceId, request.refreshToken)
    return _tokens(refreshed.device, refreshed.pair)


@HANDLERS.handles(GET_AUTH_STATUS)
async def get_auth_status(hub: Hub, _request: GetAuthStatus) -> AuthStatus:
    """What the database tells; it knows neither the code nor a token."""
    known = await arming(hub)
    armed = known is not None and known.is_good(hub.clock())
    return AuthStatus.model_construct(
        armed=armed,
        armedAt=None if known is None else timestamp(known.armed_at),
        expiresAt=None if known is None else timestamp(known.expires_at),
        attemptsLeft=None if known is None else known.attempts_left,
        nextStep=None if armed else _HOW_TO_ARM,
        devices=await listed_devices(hub),
    )


@HANDLERS.handles(LIST_DEVICES)
async def list_devices(hub: Hub, _request: ListDevices) -> DeviceList:
    """All of them: they are few."""
    return DeviceList.model_construct(devices=await listed_devices(hub))


@HANDLERS.handles(REVOKE_DEVICE)
async def revoke_device(hub: Hub, request: RevokeDevice) -> RevokedDevice:
    """Also one whose tokens have expired."""
    async with hub.user.transaction() as connection:
        pairing = await pairing_of(connection, request.deviceId)
        await revoke(hub, connection, pairing)
        device = await read_device(hub, connection, pairing)
    return RevokedDevice.model_construct(revoked=device)


def _tokens(device: PairedDevice, pair: NewPair) -> DeviceTokens:
    return DeviceTokens.model_construct(
        tokenType="Bearer",
        accessToken=pair.access,
        accessTokenExpiresAt=timestamp(pair.access_expires_at),
        expiresIn=(pair.access_expires_at - pair.issued_at) // 1000,
        refreshToken=pair.refresh,
        refreshTokenExpiresAt=timestamp(pair.refresh_expires_at),
        device=device,
    )
