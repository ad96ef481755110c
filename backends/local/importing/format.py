"""The vocabulary of formats: what a format is, the header it is known by, and what takes its rows."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from backends.local.importing.amounts import Numbers
from backends.local.importing.options import Options
from backends.local.importing.outcome import Counts
from backends.text import fold
from contract.errors import InvalidRequest

__all__ = ["Format", "Header", "Job", "RejectedRow", "RowTaker", "column_key"]


class RejectedRow(ValueError):
    """A row that can't be taken; its text is the reason, and repeats nothing of the row."""


def column_key(name: str) -> str:
    """A column's name without case, accents, spaces and signs: "Earnings (USD)" is earningsusd."""
    return "".join(character for character in fold(name) if character.isalnum())


class Header:
    """The columns of a file, by their keys."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.keys = tuple(column_key(name) for name in names)

    def find(self, *keys: str) -> int | None:
        """Position of the first of these columns that the file has, or None.

        Raises:
            InvalidRequest: The file has that column twice.
        """
        for key in keys:
            if key in self.keys:
                if self.keys.count(key) > 1:
                    raise InvalidRequest(
                        "Two columns of the file have the same name.",
                        field=key,
                        next_step=f"Remove or rename one of the columns '{key}'.",
                    )
                return self.keys.index(key)
        return None

    def find_all(self, *keys: str) -> tuple[int, ...]:
        """Positions of those of the columns that the file has, in the order given.

        Raises:
            InvalidRequest: The file has one of them twice.
        """
        found = (self.find(key) for key in keys)
        return tuple(position for position in found if position is not None)

    def position(self, *keys: str) -> int:
        """Position of the first of these columns that the file has; one of them is there, or it isn't this format."""
        found = self.find(*keys)
        if found is None:
            raise LookupError(keys[0])
        return found


class RowTaker(Protocol):
    """Takes the rows of one file into the database."""

    def take(self, rows: list[list[str]]) -> None:
        """Take rows, at most as many as the format takes at once; they may be written later, with others.

        Raises:
            RejectedRow: One of them can't be taken. Then none was.
        """
        ...

    def finish(self) -> None:
        """Write all that is left, and the rollups."""
        ...


@dataclass(frozen=True)
class Job:
    """One file on its way into one workspace, inside one transaction.

    Attributes:
        notes: What the person should be told of rows that were taken; add to them in place.
    """

    connection: sqlite3.Connection
    workspace_id: int
    header: Header
    options: Options
    numbers: Numbers
    counts: Counts
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of file.

    Attributes:
        name: As people call it.
        columns: What it is known by: each column as people call it, and the keys of which one must be there.
        matches: Whether a header is of this format.
        taker: Makes what takes the rows.
        needs: Options that say what the file doesn't; each group needs one of its options.
        takes: Options that it can use besides.
        at_once: How many rows its taker takes at once.
        amounts: Columns that may show which decimal mark the file uses.
        turn: When it is imported among other files: what adds tracks comes before what needs them.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    matches: Callable[[Header], bool]
    taker: Callable[[Job], RowTaker]
    needs: tuple[tuple[str, ...], ...] = ()
    takes: tuple[str, ...] = ()
    at_once: int = 1
    amounts: tuple[str, ...] = ()
    turn: int = 2

    @property
    def options(self) -> frozenset[str]:
        """Every option that means something to the format."""
        return frozenset(self.takes).union(*self.needs)
