"""The rows that could not be taken, kept beside the file they came from."""

import csv
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfileobj

__all__ = ["Rejects"]

_IN_MEMORY = 1 << 20
_SHOWN = 5


class Rejects:
    """Collects rejected rows, and writes them when the import is through.

    `streams.csv` has its rejects in `streams.csv.rejects.csv`: the line, the reason, then the row as it was. Each
    import that rejects rows replaces that file; one that rejects none leaves it alone, since it may hold
    somebody's corrections. Corrected, it can be imported like any other file.
    """

    def __init__(self, source: Path) -> None:
        self.path = source.with_name(f"{source.name}.rejects.csv")
        self.problem: str | None = None
        self.first_reasons: list[str] = []
        self.reasons: Counter[str] = Counter()
        self._kept = tempfile.SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._writer = csv.writer(self._kept)

    def begin(self, header: Sequence[str], delimiter: str) -> None:
        """Write the header: ours, then the file's."""
        self._writer = csv.writer(self._kept, delimiter=delimiter)
        self._writer.writerow(["line", "reason", *header])

    def add(self, line: int, reason: str, row: Sequence[str]) -> None:
        """Keep a row. A disk that is too full for it does not fail the import."""
        self.reasons[reason] += 1
        if len(self.first_reasons) < _SHOWN:
            self.first_reasons.append(f"line {line:,}: {reason}")
        if self.problem is None:
            try:
                self._writer.writerow([line, reason, *row])
            except OSError:
                self.problem = "the rejected rows could not be kept: the disk is full"

    def save(self) -> Path | None:
        """Write the file, if there are rejects, and return it. If it can't be written, `problem` says why."""
        if not self.first_reasons or self.problem is not None:
            return None
        unfinished = self.path.with_name(f"{self.path.name}.part")
        try:
            self._kept.seek(0)
            with unfinished.open("w", encoding="utf-8", newline="") as target:
                copyfileobj(self._kept, target)
            unfinished.replace(self.path)
        except OSError:
            self.problem = f"{self.path.name} could not be written: the folder is read-only, or the disk is full"
            _discard(unfinished)
            return None
        return self.path

    def close(self) -> None:
        """Let go of the rows."""
        self._kept.close()


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
