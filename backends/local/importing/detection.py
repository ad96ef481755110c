"""Which format a header is of: by its columns, never by the file's name."""

from backends.local.importing import catalogue, daily_streams, spotify_figures, statements
from backends.local.importing.format import Format, Header
from contract.errors import InvalidRequest

__all__ = ["FORMATS", "detect", "unknown_format"]

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


def unknown_format() -> InvalidRequest:
    """The error of a file of another kind."""
    known = "; ".join(f"{known.name} ({known.columns})" for known in FORMATS)
    return InvalidRequest(
        "The first line does not name the columns of any format this command takes.",
        field="file",
        next_step=f"It takes: {known}.",
    )
