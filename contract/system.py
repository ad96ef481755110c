"""A system of the contract, as the references present it: what holds for all of its operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract.errors import ContractError
from contract.operation import Access, Area, Operation

__all__ = ["Address", "Bearer", "Discovery", "Posture", "ResponseHeader", "SurfaceArea", "System"]


@dataclass(frozen=True)
class Address:
    """Where a system answers."""

    url: str
    description: str


@dataclass(frozen=True)
class Bearer:
    """How a caller says who it is: `Authorization: Bearer …`.

    Attributes:
        name: What the OpenAPI document calls it.
        description: Where a token comes from.
        form: What a token looks like, or None where that is nobody's business.
        required: Whether every call needs one; if not, the examples do without.
    """

    name: str
    description: str
    form: str | None = None
    required: bool = True

    @property
    def header(self) -> str | None:
        """The header of an example's call."""
        return f"Authorization: Bearer {self.form}" if self.required else None


@dataclass(frozen=True)
class Discovery:
    """One of the resources that agents and tools start from."""

    title: str
    url: str
    description: str


@dataclass(frozen=True)
class ResponseHeader:
    """A header of published responses; its value is a whole number, or text if it has no minimum."""

    name: str
    description: str
    minimum: int | None
    example: int | str


@dataclass(frozen=True)
class Posture:
    """One promise about how callers and their data are kept safe."""

    title: str
    description: str


@dataclass(frozen=True)
class SurfaceArea:
    """An area of a system, and how much of it has a stable contract.

    Attributes:
        standing: How much is published, and how well it suits callers, in one line.
        boundary: What that means for a caller.
        product_can: What the product can do there beyond the published routes.
        internal_routes: Families of routes that are not published.
    """

    area: Area
    title: str
    description: str
    standing: str = ""
    boundary: str = ""
    product_can: tuple[str, ...] = ()
    internal_routes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class System:
    """One system, and what holds for the whole of it.

    Texts are sentences; a word between backticks is code.

    Attributes:
        version: Of its contract, not of this program; a document has that of its first system.
        summary: One line.
        standing: Who answers its routes today, where that is not plain.
        boundary: What belongs to the stable contract.
        addresses: Where it answers; the examples call the first.
        reference_url: Where the Markdown reference with its operations is.
        access: That of its operations; no other system has the same.
        bearer: How callers say who they are.
        authentication: The same in sentences, for people.
        callers: Who may call, and what the call has to carry, where that depends on the caller.
        defaults: What else a caller takes for granted: a label and its value each.
        operations: In the order of its reference.
        areas: In the order in which they are presented.
        headers: Of every response.
        limits: What to know of the rate limits.
        limit_headers: Those of `headers` that speak of the limits.
        coverage: What to know of the map of areas.
        security: Its promises.
        discovery: Where agents and tools start.
        errors: Errors that a caller may meet whatever the operation.
        failures: What to know of its errors besides.
        meanings: Of statuses that mean something else here than the error family says.
        prefix: Begins the names of what its operations share in an OpenAPI document of several systems.
    """

    title: str
    version: str = ""
    summary: str
    description: str
    standing: str = ""
    boundary: str = ""
    addresses: tuple[Address, ...]
    reference_url: str
    access: Access
    bearer: Bearer
    authentication: str
    callers: tuple[tuple[str, str], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    operations: tuple[Operation[Any, Any], ...]
    areas: tuple[SurfaceArea, ...]
    headers: tuple[ResponseHeader, ...] = ()
    limits: str = ""
    limit_headers: tuple[ResponseHeader, ...] = ()
    coverage: str = ""
    security: tuple[Posture, ...] = ()
    discovery: tuple[Discovery, ...] = ()
    errors: tuple[type[ContractError], ...] = ()
    failures: str = ""
    meanings: Mapping[int, str] = field(default_factory=dict[int, str])
    prefix: str = ""

    @property
    def base_url(self) -> str:
        """The address that the examples call."""
        return self.addresses[0].url

    def meaning(self, error: type[ContractError]) -> str:
        """What the error's status means here."""
        return self.meanings.get(error.status, error.meaning)
