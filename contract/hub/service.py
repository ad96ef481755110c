"""The hub itself: whether it answers, what it is, what it can do, and how its databases are."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from contract.answer import ANSWER
from contract.operation import Access, Area, Effect, Example, Operation, Surface, Trust

__all__ = [
    "GET_INFO",
    "OPERATIONS",
    "PING",
    "CallerName",
    "DatabaseHealth",
    "GetInfo",
    "Info",
    "Ping",
    "Pong",
    "Status",
]

_REQUEST = ConfigDict(extra="forbid", defer_build=True)

Status = Literal["healthy", "faulted", "rebuilding"]

CallerName = Literal["local", "device", "token", "anonymous"]
"""This machine, a paired device, whoever bears the hub's API token, anybody else."""


class Ping(BaseModel):
    """Nothing to say."""

    model_config = _REQUEST


class Pong(BaseModel):
    """That it answers."""

    model_config = ANSWER

    ok: bool


class GetInfo(BaseModel):
    """Nothing to say."""

    model_config = _REQUEST


@with_config(ANSWER)
class DatabaseHealth(TypedDict):
    """Whether the hub's databases can be used."""

    status: Status
    message: Annotated[str | None, Field(description="What is wrong, and the way out, if anything is.")]


class Info(BaseModel):
    """What a hub is and can do."""

    model_config = ANSWER

    name: str
    version: str
    capabilities: Annotated[
        list[str], Field(description="What it can do: its areas, and `transcoding` where there is an ffmpeg.")
    ]
    databaseHealth: DatabaseHealth
    caller: Annotated[CallerName, Field(description="Whom the hub takes the caller for.")]


PING = Operation(
    name="ping",
    route="GET /api/ping",
    area=Area.HUB,
    summary="Ask whether the hub answers",
    description="Answers at once, whatever state the databases are in.",
    request=Ping,
    response=Pong,
    response_description="The hub answers.",
    effect=Effect.READ,
    access=Access.HUB,
    surfaces=frozenset({Surface.REST}),
    trust=Trust.ANYBODY,
    needs_database=False,
    example=Example(request={}, response={"ok": True}),
)

GET_INFO = Operation(
    name="get_info",
    route="GET /api/info",
    area=Area.HUB,
    summary="Fetch what the hub is and can do",
    description=(
        "Returns the hub's name, version and capabilities, the health of its databases, and whom it takes the caller "
        "for. It answers whatever state the databases are in."
    ),
    request=GetInfo,
    response=Info,
    response_description="The hub.",
    effect=Effect.READ,
    access=Access.HUB,
    surfaces=frozenset({Surface.REST}),
    trust=Trust.ANYBODY,
    needs_database=False,
    example=Example(
        request={},
        response={
            "name": "Music Hub",
            "version": "0.5.0",
            "capabilities": ["library", "search", "playback"],
            "databaseHealth": {"status": "healthy", "message": None},
            "caller": "local",
        },
    ),
)

OPERATIONS = (PING, GET_INFO)
