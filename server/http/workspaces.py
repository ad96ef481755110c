"""Whose data a caller sees: a workspace of this machine's database, or the service that this server stands before."""

from typing import TypeVar

from pydantic import BaseModel

from backends.backend import Backend
from backends.data_entry import AT_THE_SERVICE
from backends.local.database import Database
from backends.local.keys import Principal
from backends.local.musicengine import LocalWorkspace
from backends.local.scope import Scope
from contract.errors import Forbidden, InternalError, Unauthorized
from contract.operation import Operation
from server.backends import open_catalogue
from server.settings import Settings

__all__ = ["Workspaces"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class Workspaces:
    """The backends of one server.

    Attributes:
        database: What the backends read, if it is this machine's; None for a service.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database if settings.remote is None else None
        self._keys_database = database
        self._workspace = settings.workspace
        self._service = None if settings.remote is None else open_catalogue(settings)

    def backend_of(self, principal: Principal) -> Backend:
        """What the principal may call; the server closes it."""
        if self._service is not None:
            return _Service(self._service, self._workspace, principal)
        return LocalWorkspace(Scope(self._keys_database, principal.workspace_id, principal.withheld_areas))

    async def aclose(self) -> None:
        """Close the connections to a service. Calling it again does nothing."""
        if self._service is not None:
            await self._service.aclose()


class _Service:
    """A service elsewhere, behind the API keys of one workspace here: its own key stays with this server."""

    how_data_enters = AT_THE_SERVICE

    def __init__(self, service: Backend, workspace: str, principal: Principal) -> None:
        self._service = service
        self._workspace = workspace
        self._principal = principal

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the service's answer.

        Raises:
            Forbidden: The caller's key is of another workspace, or that surface is withheld from its workspace.
            InternalError: The service does not take this server's key.
            ContractError: The service's own error, or why there is no answer.
        """
        principal = self._principal
        if principal.workspace != self._workspace or operation.area in principal.withheld_areas:
            raise Forbidden
        try:
            return await self._service.call(operation, request, idempotency_key=idempotency_key)
        except Unauthorized as error:
            # The caller's key is good; it is this server's that the service does not take.
            raise InternalError(f"The service refuses this server's own API key ({error.code}).") from None

    async def aclose(self) -> None:
        """Nothing: it is shared by all callers."""
