"""What can be wrong with a database."""

from dataclasses import dataclass

__all__ = ["Problem"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a database.

    Attributes:
        database: The name of its file.
        kind: A word for programs: `missing`, `unreadable`, `foreign`, `version`, `schema`, `structure`, `rows`,
            `references`, `counter` or `search`.
        detail: A sentence for people; it never repeats what the file says.
    """

    database: str
    kind: str
    detail: str
