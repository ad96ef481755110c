"""Pages of a list, each read from where the one before ended.

A page begins behind the last row of the one before, by what the list is sorted by and then by key: whatever is added,
removed or tagged anew elsewhere in the list neither repeats nor skips a row, and page 1,000 costs what page 1 does.

Rows come from one of two places. Either the index of the sort is walked, and what a filter leaves out is passed by: of
100 rows with one match among them, 100 are looked at. Or the few rows that a filter names are gathered, by an index of
that filter, and sorted. Each statement names its index, so that what SQLite believes of the data changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backends.local.hub.context import Hub
from backends.local.hub.cursors import LONGEST_TEXT, Position, cursor_of, position_in
from backends.local.hub.page_sql import Shape, page_sql
from backends.local.hub.selection import Listing, Selection, Sort
from contract.hub.library import DEFAULT_ORDERS, Order

__all__ = ["Asked", "Page", "Rows", "count_of", "kept_column", "page_of"]

Rows = Sequence[tuple[Any, ...]]

_SLOW_US = 5000
"""What is reckoned to take longer, in microseconds, is read in a thread; it takes about half of that, in truth."""


class Asked(Protocol):
    """The request of a list."""

    limit: int
    cursor: str | None

    @property
    def sort(self) -> str: ...  # noqa: D102

    @property
    def order(self) -> Order | None: ...  # noqa: D102

    def model_dump(self, *, exclude: set[str]) -> dict[str, Any]: ...  # noqa: D102


@dataclass(frozen=True)
class Page:
    """Which page of which list.

    Attributes:
        about: What a cursor has to agree on with the request that brings it back.
        after: Behind which position; None for the first page.
    """

    listing: Listing
    sort: Sort
    order: Order
    about: Mapping[str, Any]
    after: Position | None
    limit: int

    @classmethod
    def asked(cls, listing: Listing, request: Asked) -> "Page":
        """The page that the request asks for.

        Raises:
            InvalidRequest: Its cursor is not one of this very list.
        """
        order = request.order or DEFAULT_ORDERS[request.sort]
        about = {**request.model_dump(exclude={"limit", "cursor"}), "order": order, "list": listing.name}
        return cls.of(listing, request.sort, order, about, cursor=request.cursor, limit=request.limit)

    @classmethod
    def of(
        cls, listing: Listing, sort: str, order: Order, about: Mapping[str, Any], *, cursor: str | None, limit: int
    ) -> "Page":
        """The page that begins where the cursor says.

        Raises:
            InvalidRequest: The cursor is not one of this very list.
        """
        sorting = listing.sorts[sort]
        after = None
        if cursor is not None:
            types = [column.type for column in sorting.columns]
            after = position_in(cursor, about, types, nullable=sorting.columns[0].nullable)
        return cls(listing, sorting, order, about, after, limit)


async def count_of(hub: Hub, sql: str, parameters: Mapping[str, Any]) -> int:
    """What a fast statement counts."""
    rows = await hub.index.look_up(sql, dict(parameters))
    return next(iter(rows))[0] or 0


async def kept_column(hub: Hub, sql: str, parameters: Mapping[str, Any], cost: float) -> list[int]:
    """What the statement selects, at this cost in microseconds; kept until somebody commits, however long it is."""
    kept = await hub.index.unchanged()
    key = ("column", sql, *parameters.values())
    if key not in kept:
        read = hub.index.look_up if cost < _SLOW_US else hub.index.read
        kept[key] = [row[0] for row in await read(sql, dict(parameters))]
    return kept[key]


async def page_of(hub: Hub, page: Page, selection: Selection) -> tuple[Rows, str | None]:
    """The rows of a page as `shown` has them, and the cursor of the next one, or None at the end of the list."""
    if not selection.total:
        return [], None
    after = None if page.after is None else await _whole(hub, page, page.after)
    walked, gathered = selection.costs(page.sort, page.limit + 1)
    source = selection.source if gathered < walked else None
    shape = Shape(
        listing=page.listing,
        sort=page.sort,
        order=page.order,
        nulls=None if after is None else tuple(value is None for value in after),
        presences=selection.presences,
        terms=selection.terms if source is None else source.rest,
        bounds=selection.bounds,
        source=None if source is None else source.sql,
    )
    parameters = {**selection.parameters, "limit": page.limit + 1}
    parameters |= {f"after{number}": value for number, value in enumerate(after or ()) if value is not None}
    read = hub.index.look_up if min(walked, gathered) < _SLOW_US else hub.index.read
    found = list(await read(page_sql(shape), parameters))
    width = len(page.sort.columns)
    rows = [row[width:] for row in found[: page.limit]]
    return rows, cursor_of(page.about, found[page.limit - 1][:width]) if len(found) > page.limit else None


async def _whole(hub: Hub, page: Page, after: Position) -> Position:
    """The position with its long texts, of which the cursor has the beginning, as the row has them, if it still has."""
    cut = [number for number, value in enumerate(after) if isinstance(value, str) and len(value) > LONGEST_TEXT]
    if not cut:
        return after
    columns = ", ".join(column.name for column in page.sort.columns)
    rows = list(await hub.index.look_up(f"SELECT {columns} FROM {page.listing.name} WHERE key = ?", (after[-1],)))
    now = rows[0] if rows else after
    return tuple(
        now[number] if number in cut and now[number].startswith(value) else value for number, value in enumerate(after)
    )
