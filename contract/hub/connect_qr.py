"""QR codes that lead a phone to the hub."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.answer import ANSWER
from contract.hub.errors import TunnelNotConfigured
from contract.identifiers import Timestamp
from contract.operation import JSON, Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = ["GET_CONNECT_QR", "GET_TUNNEL_QR", "QR_OPERATIONS", "GetConnectQr", "GetTunnelQr", "QrCode", "QrFormat"]

QrFormat = Literal["svg", "png", "json"]

_FORMAT = Annotated[QrFormat, Field(description="A picture, or what it would say.")]

_MEDIA_TYPES = ("image/svg+xml", "image/png", JSON)


class GetConnectQr(BaseModel):
    """In what form."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    format: _FORMAT = "svg"


class GetTunnelQr(BaseModel):
    """In what form."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    format: _FORMAT = "svg"


class QrCode(BaseModel):
    """What a QR code says, and what becomes of whoever follows it."""

    model_config = ANSWER

    url: Annotated[str, Field(description="The hub's player; a pairing code is its fragment, which no server is sent.")]
    hasCode: Annotated[bool, Field(description="Whether the pairing code is in it, so that none need be typed.")]
    armed: Annotated[bool, Field(description="Whether there is a code that a device can be paired with.")]
    expiresAt: Annotated[Timestamp | None, Field(description="Of the code, if one is armed.")]
    reachable: Annotated[bool, Field(description="Whether other machines can reach the address at all.")]
    nextStep: Annotated[str | None, Field(description="What is missing for a phone to be paired by it, if anything.")]


_NOTES = ("The code is stored as a hash alone: only the process that armed it draws it, until it is used or expires.",)


def _example(url: str) -> dict[str, Any]:
    return {
        "url": f"{url}/#pair=WDJB-MJHT",
        "hasCode": True,
        "armed": True,
        "expiresAt": "2026-03-08T10:00:00.000Z",
        "reachable": True,
        "nextStep": None,
    }


GET_CONNECT_QR = Operation(
    name="get_connect_qr",
    route="GET /api/connect/qr",
    area=Area.DEVICES,
    summary="Draw a QR code that leads to the hub",
    description="Returns a QR code of the hub's address on the local network, with the pairing code that is armed.",
    request=GetConnectQr,
    response=QrCode,
    response_description="The QR code as a picture, or what it says.",
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    media_types=_MEDIA_TYPES,
    notes=_NOTES,
    example=Example(request={"format": "json"}, response=_example("http://192.168.1.20:38472")),
)

GET_TUNNEL_QR = Operation(
    name="get_tunnel_qr",
    route="GET /api/tunnel/qr",
    area=Area.DEVICES,
    summary="Draw a QR code that leads to the hub from anywhere",
    description="Returns a QR code of the hub's public address, with the pairing code that is armed.",
    request=GetTunnelQr,
    response=QrCode,
    response_description="The QR code as a picture, or what it says.",
    effect=Effect.READ,
    access=Access.HUB,
    trust=Trust.LOCAL,
    surfaces=frozenset({Surface.REST}),
    media_types=_MEDIA_TYPES,
    notes=_NOTES,
    errors=(TunnelNotConfigured,),
    example=Example(request={"format": "json"}, response=_example("https://music.example")),
)

QR_OPERATIONS = (GET_CONNECT_QR, GET_TUNNEL_QR)
