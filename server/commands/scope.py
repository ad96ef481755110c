"""The workspace that a command works on, opened for as long as it takes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

from backends.local.database import Database
from backends.local.scope import Scope
from backends.local.workspaces import open_workspace
from server.settings import Settings

__all__ = ["open_scope"]


@asynccontextmanager
async def open_scope(settings: Settings) -> AsyncGenerator[Scope, None]:
    """The settings' workspace and its database, which is closed at the end of the block.

    Raises:
        NotFound: There is no such workspace.
        StorageError: The database can't be opened.
    """
    async with aclosing(Database(settings.data_dir)) as database:
        yield await open_workspace(database, settings.workspace)
