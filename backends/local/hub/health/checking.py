"""Whether a database of the hub says what was written into it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from backends.local.damage import Problem
from backends.local.examining import Look, look_at
from backends.local.hub.health.full_text import full_text
from backends.local.hub.index_schema import INDEX_LAYOUT
from backends.local.hub.user_schema import USER_LAYOUT
from backends.local.schema import LAYOUT

__all__ = ["CHECK_OUTLINES", "check_catalogue_database", "check_index_database", "check_user_database"]

Stop = Callable[[], bool] | None

_NUMBERED = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
_LAST = "SELECT max(rowid) FROM {}"
_NUMBERS = "SELECT name, seq FROM sqlite_sequence"

_FEED = "changes"
"""Its last row is never deleted."""


def check_user_database(path: Path, stopped: Stop = None) -> tuple[Problem, ...]:
    """What is wrong with a `hub.db`, or with a copy of it."""
    return look_at(path, USER_LAYOUT, Look.outline, Look.structure, _numbers, Look.references, stopped=stopped)


def check_index_database(path: Path, stopped: Stop = None) -> tuple[Problem, ...]:
    """What is wrong with a `hub-index.db`. It takes a second or two where there are 100,000 tracks."""
    return look_at(path, INDEX_LAYOUT, Look.outline, Look.structure, full_text, Look.references, stopped=stopped)


def check_catalogue_database(path: Path, stopped: Stop = None) -> tuple[Problem, ...]:
    """What is wrong with a `musicengine.db`, whose rows have no checksums: most overwritten figures are not seen."""
    return look_at(path, LAYOUT, Look.outline, Look.structure, Look.references, stopped=stopped)


def _user_outline(path: Path, stopped: Stop = None) -> tuple[Problem, ...]:
    return look_at(path, USER_LAYOUT, Look.outline, stopped=stopped)


def _index_outline(path: Path, stopped: Stop = None) -> tuple[Problem, ...]:
    return look_at(path, INDEX_LAYOUT, Look.outline, stopped=stopped)


CHECK_OUTLINES = (_user_outline, _index_outline)
"""What is wrong at first sight with `hub.db` and with `hub-index.db`; each takes a millisecond."""


def _numbers(look: Look) -> Sequence[Problem]:
    """Rows that are numbered without end go on from the last number; SQLite keeps it in a table that has no index."""
    last: dict[str, int | None] = {name: look.run(_LAST.format(name))[0][0] for (name,) in look.run(_NUMBERED)}
    numbers = look.run(_NUMBERS)
    said: dict[str, int] = dict(numbers)
    right = (
        len(said) == len(numbers)
        and said.keys() <= last.keys()
        and all(_may_follow(name, row, said.get(name)) for name, row in last.items())
    )
    return [] if right else [look.problem("counter", "The number that rows go on from is not what was written.")]


def _may_follow(table: str, last: int | None, number: int | None) -> bool:
    if last is None:
        return number is None or number >= 0
    return number is not None and (number == last if table == _FEED else number >= last)
