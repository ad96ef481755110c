"""How an agent sees the operations: a tool joins one or several of them into one act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from contract.operation import Access, Effect, Operation

__all__ = ["Tool"]

ArgumentsT = TypeVar("ArgumentsT", bound=BaseModel)
ResultT = TypeVar("ResultT", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[ArgumentsT, ResultT]):
    """One tool, as an agent sees it.

    Attributes:
        name: Namespaced name.
        title: Name for people.
        description: When to use it and what comes back.
        arguments: Flat arguments.
        result: What comes back.
        operations: The operations it calls; its hints follow from their effects.
        example: Arguments that work on a workspace that has the contract's example track.
    """

    name: str
    title: str
    description: str
    arguments: type[ArgumentsT]
    result: type[ResultT]
    operations: tuple[Operation[Any, Any], ...]
    example: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def read_only(self) -> bool:
        """Whether every operation only reads."""
        return self._effects <= {Effect.READ}

    @property
    def destructive(self) -> bool:
        """Whether it may take something away that a person has made or chosen."""
        return Effect.DELETE in self._effects

    @property
    def idempotent(self) -> bool:
        """Whether a second call with the same arguments changes nothing more."""
        return Effect.CREATE not in self._effects

    @property
    def needs_library(self) -> bool:
        """Whether it works on the hub's library, which not every caller has."""
        return any(operation.access is Access.HUB for operation in self.operations)

    @property
    def _effects(self) -> set[Effect]:
        return {operation.effect for operation in self.operations}
