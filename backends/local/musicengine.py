"""MusicEngine on SQLite, as a backend."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from backends.handlers import DeferredHandlers
from backends.local.database import Database
from backends.local.idempotency import carry_out_once
from backends.local.scope import Scope
from backends.local.storage import DEFAULT_WORKSPACE
from backends.local.workspaces import open_workspace
from contract.errors import Forbidden
from contract.operation import Area, Operation

__all__ = ["LocalMusicEngine", "LocalWorkspace"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

_HANDLERS = DeferredHandlers[Scope](
    {
        Area.CATALOGUE: ("backends.local.catalogue", "backends.local.analytics"),
        Area.DISTRIBUTION: ("backends.local.profiles",),
    }
)


class LocalWorkspace:
    """One workspace of a database that is open already; whoever opened it closes it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer for the workspace.

        Raises:
            ContractError: One of the operation's errors.
        """
        if operation.area in self._scope.withheld_areas:
            raise Forbidden
        handler = _HANDLERS[operation]
        if idempotency_key is None or not operation.takes_idempotency_key:
            return await handler(self._scope, request)
        return await carry_out_once(self._scope, operation, request, idempotency_key, handler)

    async def aclose(self) -> None:
        """Nothing: the database is not its own."""


class LocalMusicEngine:
    """One workspace of a data folder, by name."""

    def __init__(self, folder: Path, workspace: str = DEFAULT_WORKSPACE) -> None:
        self.database = Database(folder)
        self._name = workspace

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the operation's answer for the workspace.

        Raises:
            ContractError: One of the operation's errors; NotFound if there is no such workspace.
        """
        # Looked up each time: what is withheld from a workspace is withheld from the next call on.
        workspace = LocalWorkspace(await open_workspace(self.database, self._name))
        return await workspace.call(operation, request, idempotency_key=idempotency_key)

    async def aclose(self) -> None:
        """Close the database. Calling it again does nothing."""
        await self.database.aclose()
