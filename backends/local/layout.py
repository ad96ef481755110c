"""What a database file of ours is called and holds."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """One kind of database file.

    Attributes:
        name: Of the file in the data folder.
        application_id: Marks the file as ours, so that another program's file is never migrated.
        migrations: Forward only: a list that only grows.
    """

    name: str
    application_id: int
    migrations: Sequence[Sequence[str]]
