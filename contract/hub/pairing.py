"""Pairing: how a device gets tokens of the hub, and keeps them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.answer import ANSWER
from contract.hub.connect_qr import QR_OPERATIONS
from contract.hub.devices import DEVICE_OPERATIONS, EXAMPLE_DEVICE, PairedDevice, PairedDeviceId
from contract.hub.errors import (
    DeviceRevoked,
    HubUnauthorized,
    PairingRefused,
    RefreshTokenReused,
    TokenExpired,
    TooManyDevices,
)
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = [
    "ARM_PAIRING",
    "DEFAULT_MINUTES",
    "DISARM_PAIRING",
    "LONGEST_DEVICE_NAME",
    "MOST_MINUTES",
    "OPERATIONS",
    "PAIR_DEVICE",
    "REFRESH_TOKENS",
    "ArmPairing",
    "DeviceTokens",
    "DisarmPairing",
    "PairDevice",
    "PairingArmed",
    "PairingDisarmed",
    "RefreshTokens",
]

DEFAULT_MINUTES = 30
MOST_MINUTES = 60

LONGEST_DEVICE_NAME = 100

_REQUEST = ConfigDict(extra="forbid", defer_build=True)


class ArmPairing(BaseModel):
    """For how long."""

    model_config = _REQUEST

    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES, description="How long the code is good for.")] = (
        DEFAULT_MINUTES
    )


class PairingArmed(BaseModel):
    """The code, which can't be had a second time."""

    model_config = ANSWER

    pairingCode: Annotated[str, Field(description="Eight consonants, with a hyphen for whoever reads it.")]
    expiresAt: Timestamp
    expiresIn: Annotated[int, Field(description="Seconds until then.")]
    attemptsLeft: Annotated[int, Field(description="How often it may be tried, by all callers together.")]


class DisarmPairing(BaseModel):
    """Nothing to say: there is one code at most."""

    model_config = _REQUEST


class PairingDisarmed(BaseModel):
    """That no code is armed."""

    model_config = ANSWER

    wasArmed: Annotated[bool, Field(description="Whether there was a code that a device could have been paired with.")]


class PairDevice(BaseModel):
    """The code, and who is asking."""

    model_config = _REQUEST

    pairingCode: Annotated[
        str,
        Field(max_length=64, description="As the hub's machine shows it, in any case, with or without the hyphen."),
    ]
    deviceId: Annotated[
        PairedDeviceId,
        Field(description="What the device calls itself, and keeps; paired under the id of another, it replaces it."),
    ]
    deviceName: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_DEVICE_NAME,
            description="What people are to call it; control and invisible characters are taken out.",
        ),
    ]


class RefreshTokens(BaseModel):
    """The refresh token, and whose it is."""

    model_config = _REQUEST

    deviceId: Annotated[PairedDeviceId, Field(description="As it was paired.")]
    refreshToken: Annotated[str, Field(max_length=500, description="The last one that was received.")]


class DeviceTokens(BaseModel):
    """A pair of tokens; the access token goes into the Authorization header of each request."""

    model_config = ANSWER

    tokenType: Literal["Bearer"]
    accessToken: str
    accessTokenExpiresAt: Timestamp
    expiresIn: Annotated[int, Field(description="Seconds until the access token expires.")]
    refreshToken: Annotated[str, Field(description="Good for one refresh.")]
    refreshTokenExpiresAt: Timestamp
    device: PairedDevice


_EXAMPLE_TOKENS: dict[str, Any] = {
    "tokenType": "Bearer",
    "accessToken": "mhub_access_...",
    "accessTokenExpiresAt": "2026-03-08T10:30:00.000Z",
    "expiresIn": 3600,
    "refreshToken": "mhub_refresh_...",
    "refreshTokenExpiresAt": "2026-05-07T09:30:00.000Z",
    "device": EXAMPLE_DEVICE,
}

ARM_PAIRING = Operation(
    name="arm_pairing",
    route="POST /api/auth/arm",
    area=Area.DEVICES,
    summary="Arm pairing",
    description=(
        "Makes a code that one device can be paired with, once. A code that was armed before is worth nothing any more."
    ),
    request=ArmPairing,
    response=PairingArmed,
    response_description="The code.",
    effect=Effect.CREATE,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    errors=(TooManyDevices,),
    notes=("The code can be tried five times, by all callers together, right or wrong.",),
    example=Example(
        request={"minutes": 30},
        response={
            "pairingCode": "WDJB-MJHT",
            "expiresAt": "2026-03-08T10:00:00.000Z",
            "expiresIn": 1800,
            "attemptsLeft": 5,
        },
    ),
)

DISARM_PAIRING = Operation(
    name="disarm_pairing",
    route="DELETE /api/auth/arm",
    area=Area.DEVICES,
    summary="Take the pairing code back",
    description="Makes the armed code worthless. If none is armed, nothing happens.",
    request=DisarmPairing,
    response=PairingDisarmed,
    response_description="That no code is armed.",
    effect=Effect.DELETE,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    in_reference=False,
    example=Example(request={}, response={"wasArmed": True}),
)

PAIR_DEVICE = Operation(
    name="pair_device",
    route="POST /api/auth/pair",
    area=Area.DEVICES,
    summary="Exchange a pairing code for tokens",
    description=(
        "Pairs a device with the hub. A device that was paired before under the same id loses the tokens of then."
    ),
    request=PairDevice,
    response=DeviceTokens,
    response_description="The device's first pair of tokens.",
    effect=Effect.CREATE,
    access=Access.HUB,
    trust=Trust.ANYBODY,
    surfaces=frozenset({Surface.REST}),
    errors=(PairingRefused, TooManyDevices),
    notes=("A wrong code, an expired or a used one and none at all are refused in the same words.",),
    example=Example(
        request={"pairingCode": "WDJB-MJHT", "deviceId": "agent-1", "deviceName": "automation"},
        response=_EXAMPLE_TOKENS,
    ),
)

REFRESH_TOKENS = Operation(
    name="refresh_tokens",
    route="POST /api/auth/refresh",
    area=Area.DEVICES,
    summary="Exchange a refresh token for new tokens",
    description=(
        "Gives a new pair of tokens for a refresh token, which is good for one exchange. Whoever did not get the "
        "answer may ask again within two minutes, as long as the new tokens are not in use; any other use of an old "
        "refresh token revokes the device."
    ),
    request=RefreshTokens,
    response=DeviceTokens,
    response_description="The device's next pair of tokens.",
    effect=Effect.UPDATE,
    access=Access.HUB,
    trust=Trust.ANYBODY,
    surfaces=frozenset({Surface.REST}),
    errors=(HubUnauthorized, TokenExpired, DeviceRevoked, RefreshTokenReused),
    example=Example(
        request={"deviceId": "agent-1", "refreshToken": "mhub_refresh_..."},
        response={**_EXAMPLE_TOKENS, "device": {**EXAMPLE_DEVICE, "lastUsedAt": "2026-03-08T09:31:12.000Z"}},
    ),
)

OPERATIONS = (ARM_PAIRING, DISARM_PAIRING, PAIR_DEVICE, REFRESH_TOKENS, *DEVICE_OPERATIONS, *QR_OPERATIONS)
