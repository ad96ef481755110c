"""What became of a file."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Counts", "Outcome", "number_of"]


def number_of(count: int, one: str, many: str) -> str:
    """A number and what it is of: "1 row is", "1,200 rows are"."""
    return f"{count:,} {one if count == 1 else many}"


@dataclass
class Counts:
    """Rows of a file by what became of them.

    Attributes:
        read: Rows below the header, without blank lines and repeated headers.
        new: Rows that were not stored before.
        changed: Rows that correct what was stored.
        unchanged: Rows that say what was stored already.
        rejected: Rows that could not be taken.
        tracks_added: Tracks that entered the catalogue along with the rows.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    tracks_added: int = 0


@dataclass(frozen=True)
class Outcome:
    """One file's import.

    Attributes:
        format: The format's name, as detected.
        counts: Its rows.
        rejects: The file that holds the rejected rows, if there are any and it could be written.
        rejects_problem: Why it could not be written, or None.
        first_reasons: The first rejections, as "line 7: reason".
        reasons: Every reason for which rows were rejected, and how many were; the most frequent first.
        notes: What else the person should know of the rows that were taken, a sentence each.
    """

    format: str
    counts: Counts
    rejects: Path | None
    rejects_problem: str | None
    first_reasons: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]

    @property
    def all_rejected(self) -> bool:
        """Whether there were rows and none was taken."""
        return 0 < self.counts.read == self.counts.rejected
