"""MusicEngine on SQLite, as a backend."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from backends.local import analytics, catalogue, profiles
from backends.local.database import Database
from backends.local.handlers import Handlers, Scope
from backends.local.storage import DEFAULT_WORKSPACE
from backends.local.workspaces import workspace_id
from contract.operation import Operation

__all__ = ["LocalMusicEngine"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_HANDLERS = Handlers()
for _subject in (catalogue, analytics, profiles):
    _HANDLERS.include(_subject.HANDLERS)


class LocalMusicEngine:
    """One workspace of a data folder."""

    def __init__(self, folder: Path, workspace: str = DEFAULT_WORKSPACE) -> None:
        self.database = Database(folder)
        self._workspace = workspace
        self._scope: Scope | None = None

    async def call(self, operation: Operation[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Return the operation's answer for the workspace.

        Raises:
            ContractError: One of the operation's errors; NotFound if there is no such workspace.
        """
        if self._scope is None:
            self._scope = Scope(self.database, await workspace_id(self.database, self._workspace))
        return await _HANDLERS[operation](self._scope, request)

    async def aclose(self) -> None:
        """Close the database. Calling it again does nothing."""
        await self.database.aclose()
