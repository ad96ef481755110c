"""The statement that reads a page.

A page begins behind the last row of the one before. "Behind" is several stretches of the sort's index: rows that equal
the last one up to a column and follow it in that one. Each stretch is a search of its own, so that SQLite begins at the
right entry, reads on in order, and stops when the page is full.

Everything here is made of names in the program; what callers sent stands in parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backends.local.hub.selection import Bounds, Column, Listing, Sort
from contract.hub.library import Order

__all__ = ["Shape", "page_sql"]


@dataclass(frozen=True)
class Shape:
    """What decides on the text.

    Attributes:
        nulls: Which values of the position before the page are missing; None for the first page.
        source: Where the rows are gathered, if the sort's index is not walked.
    """

    listing: Listing
    sort: Sort
    order: Order
    nulls: tuple[bool, ...] | None
    presences: tuple[int, ...]
    terms: tuple[str, ...]
    bounds: tuple[Bounds, ...]
    source: str | None

    @property
    def ordered(self) -> str:
        """What follows ORDER BY."""
        alias = self.listing.alias
        return ", ".join(
            f"{alias}.{column.name} {'DESC' if self.falls(column) else 'ASC'}"
            + (" NULLS LAST" if column.nullable else "")
            for column in self.sort.columns
        )

    def falls(self, column: Column) -> bool:
        """Whether its values become smaller along the list."""
        return (self.order == "desc") != column.turned


@lru_cache(maxsize=512)
def page_sql(shape: Shape) -> str:
    """The statement: its parameters are those of the filters, `limit`, and `after0`, `after1`, … of the position."""
    listing, alias = shape.listing, shape.listing.alias
    columns = ", ".join(f"{alias}.{column.name}" for column in shape.sort.columns)
    keys = _walked(shape) if shape.source is None else _gathered(shape, shape.source)
    return (
        f"WITH page (key) AS MATERIALIZED ({keys}) SELECT {columns}, {listing.shown}"
        f" FROM page CROSS JOIN {listing.name} {alias} NOT INDEXED ON {alias}.key = page.key"
        f" ORDER BY {shape.ordered} LIMIT :limit"
    )


def _gathered(shape: Shape, source: str) -> str:
    """Keys of the rows that the source names, sorted."""
    listing, alias = shape.listing, shape.listing.alias
    behind = " OR ".join(f"({stretch})" for stretch in _stretches(shape))
    return (
        f"SELECT {alias}.key FROM ({source}) s CROSS JOIN {listing.name} {alias} NOT INDEXED ON {alias}.key = s.key"
        f" WHERE {alias}.{listing.presence} IN ({', '.join(map(str, shape.presences))}) AND ({behind}){_where(shape)}"
        f" ORDER BY {shape.ordered} LIMIT :limit"
    )


def _walked(shape: Shape) -> str:
    """Keys in the order of the sort's index: a page's worth of each presence."""
    listing, alias = shape.listing, shape.listing.alias
    # Within a stretch the first column either has values or has none, so that the plain order is the index's own.
    ordered = shape.ordered.replace(" NULLS LAST", "")
    walks: list[str] = []
    for presence in shape.presences:
        stretches = " UNION ALL ".join(
            f"SELECT key FROM (SELECT {alias}.key FROM {listing.name} {alias} INDEXED BY {shape.sort.index}"
            f" WHERE {alias}.{listing.presence} = {presence} AND {stretch}{_where(shape)}"
            f" ORDER BY {ordered} LIMIT :limit)"
            for stretch in _stretches(shape)
        )
        # They follow each other: once the page is full, the next one is not begun.
        walks.append(f"SELECT key FROM ({stretches} LIMIT :limit)")
    return " UNION ALL ".join(walks)


def _stretches(shape: Shape) -> list[str]:
    """Conditions of the rows behind the position, in their order."""
    first = shape.sort.columns[0]
    name = f"{shape.listing.alias}.{first.name}"
    without_nulls = not first.nullable or any(one.column == first.name for one in shape.bounds)
    if shape.nulls is None:
        limits = _limits(shape)
        return [f"true{limits}"] if without_nulls else [f"{name} IS NOT NULL{limits}", f"{name} IS NULL{limits}"]
    stretches: list[str] = []
    for depth in reversed(range(len(shape.sort.columns))):
        if shape.nulls[depth]:
            continue
        # The position itself is the bound to search by, and the filter's bound on its side is checked only.
        limits = _limits(shape, aside="both" if depth else "high" if shape.falls(first) else "low")
        comparison = "<" if shape.falls(shape.sort.columns[depth]) else ">"
        column = f"{shape.listing.alias}.{shape.sort.columns[depth].name}"
        stretches.append(f"{_equal(shape, depth, shape.nulls)}{column} {comparison} :after{depth}{limits}")
    if not without_nulls and not shape.nulls[0]:
        stretches.append(f"{name} IS NULL{_limits(shape)}")
    return stretches


def _equal(shape: Shape, depth: int, nulls: Sequence[bool]) -> str:
    """That a row equals the position in the first so many columns."""
    return "".join(
        f"{shape.listing.alias}.{column.name} {'IS NULL' if nulls[number] else f'= :after{number}'} AND "
        for number, column in enumerate(shape.sort.columns[:depth])
    )


def _limits(shape: Shape, *, aside: str | None = None) -> str:
    """The filters' ranges; `aside` is for that of the column by which the list is sorted first."""
    alias, first = shape.listing.alias, shape.sort.columns[0].name
    return "".join(f" AND {one.term(alias, aside=aside if one.column == first else None)}" for one in shape.bounds)


def _where(shape: Shape) -> str:
    return "".join(f" AND {term}" for term in shape.terms)
