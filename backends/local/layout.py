"""What a database file of ours is called and holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """One kind of database file.

    Attributes:
        name: Of the file in the data folder.
        application_id: Marks the file as ours, so that another program's file is never migrated.
        migrations: Forward only: a list that only grows.
        checksums: Whether each row has a checksum (backends.local.checksums).
        held_elsewhere: Tables without, since what they say stands somewhere else too, and is compared with that.
    """

    name: str
    application_id: int
    migrations: Sequence[Sequence[str]]
    checksums: bool = False
    held_elsewhere: Collection[str] = ()
