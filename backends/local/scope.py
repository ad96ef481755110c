"""What a handler on this machine may touch."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiosqlite

from backends.local.database import Database

__all__ = ["Scope"]


@dataclass(frozen=True)
class Scope:
    """What a handler may touch: one workspace of one database.

    Attributes:
        withheld_areas: Parts of the product that the workspace has no access to.
        connection: An open write transaction that the handler's writes belong to, or None.
    """

    database: Database
    workspace_id: int
    withheld_areas: frozenset[str] = frozenset()
    connection: aiosqlite.Connection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[aiosqlite.Connection, None]:
        """The open write transaction, which whoever opened it ends; or one of the block's own."""
        if self.connection is not None:
            yield self.connection
            return
        async with self.database.transaction() as connection:
            yield connection
