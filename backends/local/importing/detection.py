"""Which format a header is of: by its columns, never by the file's name."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backends.local.importing import catalogue, daily_streams, spotify_figures, statements
from backends.local.importing.format import Format, Header
from contract.errors import InvalidRequest

__all__ = ["FORMATS", "detect", "unknown_format"]

_LEAST_SHARED = 2
_MOST_LACKING = 2

# The first that matches is meant: a catalogue is what has the fewest columns to know it by.
FORMATS: tuple[Format, ...] = (
    *daily_streams.FORMATS,
    *spotify_figures.FORMATS,
    *statements.FORMATS,
    catalogue.FORMAT,
)


def detect(header: Header) -> Format | None:
    """The format of a header, or None."""
    return next((known for known in FORMATS if known.matches(header)), None)


def unknown_format(headers: Iterable[Header]) -> InvalidRequest:
    """The error of a file of another kind; its header could be read as any of these."""
    near = min((found for header in headers for found in _near(header)), key=_Near.distance, default=None)
    if near is None:
        next_step = f"It takes: {'; '.join(known.name for known in FORMATS)}."
    else:
        next_step = f"It looks like a file of '{near.name}' without a column for {' and for '.join(near.lacks)}."
    return InvalidRequest(
        "The first line does not name the columns of any format this command takes.", field="file", next_step=next_step
    )


class _Near(NamedTuple):
    """A format that a header is nearly of."""

    name: str
    shared: int
    lacks: tuple[str, ...]

    def distance(self) -> tuple[int, int]:
        return -self.shared, len(self.lacks)


def _near(header: Header) -> Iterator[_Near]:
    for known in FORMATS:
        lacks = tuple(name for name, keys in known.columns.items() if set(keys).isdisjoint(header.keys))
        shared = len(known.columns) - len(lacks)
        # What lacks nothing has a column too many, and what lacks more than it has is another thing.
        if lacks and shared >= _LEAST_SHARED and len(lacks) <= _MOST_LACKING:
            yield _Near(known.name, shared, lacks)
