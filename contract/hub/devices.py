"""Devices that are paired with the hub: which there are, what they are called, and their end."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.hub.errors import DeviceNotFound
from contract.identifiers import Timestamp
from contract.operation import Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = [
    "DEVICE_OPERATIONS",
    "EXAMPLE_DEVICE",
    "GET_AUTH_STATUS",
    "LIST_DEVICES",
    "MOST_DEVICES",
    "REVOKE_DEVICE",
    "AuthStatus",
    "DeviceList",
    "DeviceState",
    "GetAuthStatus",
    "ListDevices",
    "PairedDevice",
    "PairedDeviceId",
    "RevokeDevice",
    "RevokedDevice",
]

MOST_DEVICES = 100
"""That are paired at one time."""

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

_FORM = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"


def _checked(value: str) -> str:
    if re.fullmatch(_FORM, value):
        return value
    raise ValueError(
        "must be 1 to 100 letters, digits, dots, hyphens, colons or underscores, the first a letter or digit, "
        "such as agent-1"
    )


PairedDeviceId = Annotated[
    str, AfterValidator(_checked), WithJsonSchema({"type": "string", "maxLength": 100, "pattern": f"^{_FORM}$"})
]
"""What a device calls itself; it is no secret."""

DeviceState = Literal["paired", "expired", "revoked"]
"""Whether its tokens are good, have run out since it was not used for long, or were taken from it."""


class GetAuthStatus(BaseModel):
    """Nothing to say."""

    model_config = _REQUEST


class ListDevices(BaseModel):
    """All of them."""

    model_config = _REQUEST


class RevokeDevice(BaseModel):
    """Which device."""

    model_config = _REQUEST

    deviceId: PairedDeviceId


@with_config(ANSWER)
class PairedDevice(TypedDict):
    """A device, and how it stands."""

    deviceId: Annotated[PairedDeviceId, Field(description="What it calls itself.")]
    name: Annotated[str, Field(description="What it is called; it was given by the device, and cleaned.")]
    state: DeviceState
    pairedAt: Timestamp
    lastUsedAt: Annotated[Timestamp | None, Field(description="To the minute; null if its tokens were never used.")]
    expiresAt: Annotated[Timestamp, Field(description="When it must be paired again, unless it refreshes before.")]
    revokedAt: Timestamp | None


class AuthStatus(BaseModel):
    """Whether a device may be paired now, and which were."""

    model_config = ANSWER

    armed: Annotated[bool, Field(description="Whether there is a code that a device can be paired with.")]
    armedAt: Annotated[Timestamp | None, Field(description="Of the last code, until it is used or taken back.")]
    expiresAt: Annotated[Timestamp | None, Field(description="Of the same code.")]
    attemptsLeft: Annotated[
        int | None, Field(description="How often it may still be tried; at 0 nobody is let in by it any more.")
    ]
    nextStep: Annotated[str | None, Field(description="How to pair a device, if none can be paired now.")]
    devices: list[PairedDevice]


class DeviceList(BaseModel):
    """Every device that is or was paired."""

    model_config = ANSWER

    devices: list[PairedDevice]


class RevokedDevice(BaseModel):
    """The device as it is now."""

    model_config = ANSWER

    revoked: PairedDevice


EXAMPLE_DEVICE: dict[str, Any] = {
    "deviceId": "agent-1",
    "name": "automation",
    "state": "paired",
    "pairedAt": "2026-03-08T09:30:00.000Z",
    "lastUsedAt": None,
    "expiresAt": "2026-05-07T09:30:00.000Z",
    "revokedAt": None,
}

_USED: dict[str, Any] = {**EXAMPLE_DEVICE, "lastUsedAt": "2026-03-08T09:31:12.000Z"}

GET_AUTH_STATUS = Operation(
    name="get_auth_status",
    route="GET /api/auth/status",
    area=Area.DEVICES,
    summary="Show whether pairing is armed",
    description="Returns whether a device can be paired now, and until when, and the devices. It holds nothing secret.",
    request=GetAuthStatus,
    response=AuthStatus,
    response_description="How pairing stands, and the devices.",
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    example=Example(
        request={},
        response={
            "armed": True,
            "armedAt": "2026-03-08T09:40:00.000Z",
            "expiresAt": "2026-03-08T10:10:00.000Z",
            "attemptsLeft": 5,
            "nextStep": None,
            "devices": [_USED],
        },
    ),
)

LIST_DEVICES = Operation(
    name="list_devices",
    route="GET /api/auth/devices",
    area=Area.DEVICES,
    summary="List the paired devices",
    description="Returns the devices that are paired, and those whose tokens have expired or were revoked.",
    request=ListDevices,
    response=DeviceList,
    response_description="All devices, the last paired first.",
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    in_reference=False,
    example=Example(request={}, response={"devices": [_USED]}),
)

REVOKE_DEVICE = Operation(
    name="revoke_device",
    route="DELETE /api/auth/devices/{deviceId}",
    area=Area.DEVICES,
    summary="Revoke a device",
    description=(
        "Puts all tokens of a device out of use at once, and ends the streams that it has open. A device that is "
        "revoked already keeps its time; it can be paired again."
    ),
    request=RevokeDevice,
    response=RevokedDevice,
    response_description="The device.",
    effect=Effect.DELETE,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    in_reference=False,
    errors=(DeviceNotFound,),
    example=Example(
        request={"deviceId": "agent-1"},
        response={"revoked": {**_USED, "state": "revoked", "revokedAt": "2026-03-09T18:00:00.000Z"}},
    ),
)

DEVICE_OPERATIONS = (GET_AUTH_STATUS, LIST_DEVICES, REVOKE_DEVICE)
