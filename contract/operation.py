"""An operation and its vocabulary: the record from which everything that faces the outside is derived."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from contract.errors import (
    ContractError,
    Forbidden,
    IdempotencyKeyReused,
    InternalError,
    InvalidRequest,
    KeyExpired,
    KeyRevoked,
    PayloadTooLarge,
    RateLimited,
    RequestTimeout,
    Unauthorized,
    UnsupportedMediaType,
)
from contract.hub.errors import (
    DatabaseUnavailable,
    DeviceRevoked,
    ForeignOrigin,
    HubUnauthorized,
    LocalOnly,
    MisdirectedRequest,
    TokenExpired,
)

__all__ = ["EVENT_STREAM", "JSON", "Access", "Area", "Effect", "Example", "Operation", "RateLimit", "Surface", "Trust"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

JSON = "application/json"

EVENT_STREAM = "text/event-stream"
"""Server-sent events, as the HTML standard has them."""

_ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*)")
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")


class Effect(StrEnum):
    """What a call does to the data; rate class, tool hints and allowed HTTP methods follow from it."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Access(StrEnum):
    """Who may call."""

    API_KEY = "api_key"
    """Of MusicEngine: whoever bears a key of a workspace."""

    HUB = "hub"
    """Of the Music Hub: its own machine, a device that was paired with it, as `Trust` says."""


class Trust(StrEnum):
    """Whom the hub has to know before it carries an operation out, in the order of how many that are."""

    ANYBODY = "anybody"
    """Callers of which nothing is known."""

    MEDIA = "media"
    """As PAIRED, and whoever bears a media token that covers what is asked for."""

    PAIRED = "paired"
    """Its own machine, a device that was paired with it, and whoever bears its MUSIC_HUB_API_TOKEN."""

    LOCAL = "local"
    """Its own machine alone."""


class Surface(StrEnum):
    """Where an operation can be reached. REST brings the OpenAPI document and the references with it."""

    REST = "rest"
    MCP = "mcp"


class Area(StrEnum):
    """The part of the product an operation belongs to; the reference calls it the operation's surface."""

    CATALOGUE = "catalogue"
    DATABASE = "database"
    DISTRIBUTION = "distribution"

    LIBRARY = "library"
    SCAN = "scan"
    SEARCH = "search"
    PLAYLISTS = "playlists"
    SAVED = "saved"
    METADATA = "metadata"
    PLAYBACK = "playback"
    MEDIA = "media"
    EVENTS = "events"
    SHARES = "shares"
    DEVICES = "devices"
    RECOVERY = "recovery"
    HUB = "hub"


@dataclass(frozen=True)
class RateLimit:
    """So many requests in any window of so many seconds, for each principal."""

    requests: int
    seconds: int


_SHARED_ERRORS: dict[Access, tuple[type[ContractError], ...]] = {
    Access.API_KEY: (InvalidRequest, Unauthorized, KeyRevoked, KeyExpired, Forbidden, RateLimited, InternalError),
    Access.HUB: (InvalidRequest, MisdirectedRequest, InternalError),
}

_TRUST_ERRORS: dict[Trust, tuple[type[ContractError], ...]] = {
    Trust.ANYBODY: (),
    Trust.MEDIA: (HubUnauthorized, TokenExpired, DeviceRevoked),
    Trust.PAIRED: (HubUnauthorized, TokenExpired, DeviceRevoked),
    Trust.LOCAL: (LocalOnly,),
}

_BODY_ERRORS = (RequestTimeout, PayloadTooLarge, UnsupportedMediaType)

_READS, _WRITES = RateLimit(300, 60), RateLimit(60, 60)


@dataclass(frozen=True)
class Example:
    """One call and its answer, as JSON values; shown in the references and run against every backend."""

    request: Mapping[str, Any]
    response: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[RequestT, ResponseT]):
    """One operation, written once.

    Attributes:
        name: The operationId and the handler's name.
        route: "METHOD /path/{parameter}", or None for an operation with no published route.
        summary: One line that heads the operation in every reference.
        description: What it answers, in a sentence or two.
        request: One flat model. Fields named in the route are path parameters; the others are query
            parameters of a GET and JSON body members of anything else.
        response: The JSON body of a success.
        response_description: What a success holds.
        status: The HTTP status of a success.
        notes: Security notes of the reference.
        errors: What it may raise beyond the errors that every operation of its access shares.
        in_reference: Whether the product's own reference names it; if not, it is an addition of ours.
        trust: Whom the hub has to know before it answers; MusicEngine asks everybody for a key.
        needs_database: Whether it can only be answered while the hub's databases are healthy.
        media_types: What a success may come as. With any other than JSON, the response model describes what is in
            the JSON, or in each event; bytes of audio and pictures have no members.
        other_statuses: Of successes that come otherwise than `status` says, with what each means.
    """

    name: str
    route: str | None
    area: Area
    summary: str
    description: str
    request: type[RequestT]
    response: type[ResponseT]
    response_description: str
    effect: Effect
    access: Access
    example: Example
    status: int = 200
    notes: tuple[str, ...] = ()
    errors: tuple[type[ContractError], ...] = ()
    surfaces: frozenset[Surface] = frozenset(Surface)
    in_reference: bool = True
    trust: Trust = Trust.PAIRED
    needs_database: bool = True
    media_types: tuple[str, ...] = (JSON,)
    other_statuses: Mapping[int, str] = field(default_factory=dict[int, str])

    def __post_init__(self) -> None:
        if self.route is None:
            if Surface.REST in self.surfaces:
                raise ValueError(f"{self.name}: an operation on REST needs a route")
            return
        match = _ROUTE.fullmatch(self.route)
        if match is None:
            raise ValueError(f"{self.name}: route must read 'METHOD /path'")
        if (match[1] == "GET") != (self.effect is Effect.READ):
            raise ValueError(f"{self.name}: reads are GET, and only reads")
        if unknown := set(self.path_parameters) - set(self.request.model_fields):
            raise ValueError(f"{self.name}: no request field for {sorted(unknown)}")

    @cached_property
    def method(self) -> str:
        """HTTP method of the route."""
        return self._route_part(0)

    @cached_property
    def path(self) -> str:
        """Path template of the route, with {parameters}."""
        return self._route_part(1)

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """Request fields that the route carries, in its order."""
        return tuple(_PATH_PARAMETER.findall(self.path))

    @cached_property
    def query_parameters(self) -> tuple[str, ...]:
        """Request fields that the query string carries."""
        return self._other_fields() if self.method == "GET" else ()

    @cached_property
    def body_fields(self) -> tuple[str, ...]:
        """Request fields that the JSON body carries."""
        return () if self.method == "GET" else self._other_fields()

    @property
    def is_raw(self) -> bool:
        """Whether a success is more than one JSON body: bytes, or a stream of events."""
        return self.media_types != (JSON,)

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate class, which follows from the effect; None where nothing is counted, as at the hub."""
        if self.access is not Access.API_KEY:
            return None
        return _READS if self.effect is Effect.READ else _WRITES

    @property
    def takes_idempotency_key(self) -> bool:
        """Whether a caller may send a key under which a repeated request is carried out once (contract.idempotency)."""
        return self.access is Access.API_KEY and self.effect is not Effect.READ

    @property
    def all_errors(self) -> tuple[type[ContractError], ...]:
        """Every error a caller may meet, its own and its access's, by rising status."""
        errors = [*_SHARED_ERRORS[self.access], *self.errors]
        if self.access is Access.HUB:
            errors += [error for error in self._hub_errors() if error not in errors]
        if Surface.REST in self.surfaces and self.body_fields:
            errors += _BODY_ERRORS
        if self.takes_idempotency_key:
            errors.append(IdempotencyKeyReused)
        return tuple(sorted(errors, key=lambda error: error.status))

    def _hub_errors(self) -> list[type[ContractError]]:
        """What a caller may meet for being who it is, and for coming when it does."""
        errors = [*_TRUST_ERRORS[self.trust]]
        if self.effect is not Effect.READ or self.trust is Trust.MEDIA:
            errors.append(ForeignOrigin)
        if self.needs_database:
            errors.append(DatabaseUnavailable)
        return errors

    def _other_fields(self) -> tuple[str, ...]:
        return tuple(name for name in self.request.model_fields if name not in self.path_parameters)

    def _route_part(self, index: int) -> str:
        if self.route is None:
            raise ValueError(f"{self.name} has no published route")
        return self.route.split(" ", 1)[index]
