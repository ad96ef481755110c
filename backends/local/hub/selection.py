"""What a list is, and what filters leave of it: the terms in which pages are asked for (backends.local.hub.listing)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Bounds", "Column", "Listing", "Selection", "Sort", "Source"]

_WALKED_US = 0.12
"""Microseconds to look at an entry of the sort's index, in which common filters find all that they need."""

_PROBED_US = 0.5
"""To look for its artist or genre as well."""

_GATHERED_US = 0.7
"""To find a row by its key and sort it, if the keys come in order, so that each row is near the one before."""

_SCATTERED_US = 2.0
"""The same if they come in any order."""


@dataclass(frozen=True)
class Column:
    """What a list is sorted by.

    Attributes:
        turned: Whether it runs against the list's order, so that the tracks of an album that was added last are not
            upside down.
        nullable: Only the first of a sort may be; rows without a value stand last.
    """

    name: str
    type: type[int] | type[str]
    turned: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Sort:
    """One order of a list.

    Attributes:
        index: It has the columns in just this order, behind the list's presence.
        clustered: What a filter leaves lies together in this order, as tracks of one genre do by artist: to the next
            one it may be so many times farther than if they lay anywhere.
    """

    index: str
    columns: tuple[Column, ...]
    clustered: int = 2


@dataclass(frozen=True, eq=False)
class Listing:
    """A list.

    Attributes:
        alias: Of its table, in `shown`.
        presence: The column with which each index begins.
        shown: The columns of an answer.
        sorts: By the contract's names.
    """

    name: str
    alias: str
    presence: str
    shown: str
    sorts: Mapping[str, Sort]


@dataclass(frozen=True)
class Source:
    """Where the rows that a filter names are found.

    Attributes:
        sql: Selects their keys, under the name `key`.
        scanned: How many entries of its index are looked at.
        kept: How many of them are looked for in the table.
        probed: For how many of them an artist or a genre is looked for.
        rest: Conditions that its rows are still to be checked for.
        scattered: Whether its keys come in another order than their own.
    """

    sql: str
    scanned: float
    kept: float
    probed: float = 0
    rest: tuple[str, ...] = ()
    scattered: bool = False

    @property
    def cost(self) -> float:
        """In microseconds, roughly."""
        gathered = self.kept * (_SCATTERED_US if self.scattered else _GATHERED_US)
        return self.scanned * _WALKED_US + self.probed * _PROBED_US + gathered


@dataclass(frozen=True)
class Bounds:
    """A range of a column's values, by the names of its parameters; None where it is open."""

    column: str
    low: str | None
    high: str | None

    def term(self, alias: str, *, aside: str | None = None) -> str:
        """The condition; `aside` names a bound (low, high or both) that is checked, but not searched by."""
        terms = [
            f"{'+' if aside in {side, 'both'} else ''}{alias}.{self.column} {comparison} :{name}"
            for side, comparison, name in (("low", ">=", self.low), ("high", "<=", self.high))
            if name is not None
        ]
        return " AND ".join(terms)


@dataclass(frozen=True)
class Selection:
    """Which rows of a list.

    Attributes:
        presences: Values of the list's presence that are wanted.
        terms: Conditions of a row.
        bounds: Ranges of a column.
        parameters: Of all these, and of the source.
        total: How many rows are selected.
        rows: How many the list has without filters.
        probed: Of how many of the rows that are walked an artist or a genre has to be looked for: 0 to 1.
        source: Of the filter that names the fewest rows, or None.
    """

    presences: tuple[int, ...]
    terms: tuple[str, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    total: int = 0
    rows: int = 0
    probed: float = 0
    source: Source | None = None

    def costs(self, sort: Sort, wanted: int) -> tuple[float, float]:
        """Of so many rows: by walking the sort's index, and by gathering them from the source; in microseconds."""
        rows = self.rows
        if any(bounds.column == sort.columns[0].name for bounds in self.bounds):  # walked from bound to bound
            rows = min(rows, self.source.scanned if self.source else self.total)
        every = rows / max(self.total, 1)
        walked = min(rows, wanted * (every * sort.clustered if every > 1 else 1))
        by_walking = walked * (_WALKED_US + _PROBED_US * self.probed)
        return by_walking, self.source.cost if self.source else float("inf")
