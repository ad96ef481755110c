"""One HTTP client for every operation: what a request looks like follows from the contract alone."""

import uuid
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from backends.data_entry import AT_THE_SERVICE
from backends.remote.address import check_address
from backends.remote.answers import read_answer
from backends.remote.composed.operations import COMPOSED
from backends.remote.connection import open_client
from backends.remote.credentials import Credential, FixedSecret
from backends.remote.exchange import Answer
from backends.remote.failures import NoAnswer
from backends.remote.retry import RetryPolicy
from backends.remote.sending import Sender
from backends.remote.service import MUSICENGINE, Service
from contract.errors import ContractError, InternalError, InvalidRequest, NotPublished, RateLimited
from contract.idempotency import HEADER, check_idempotency_key
from contract.operation import Access, Effect, Operation, Surface

__all__ = ["RemoteBackend", "build_request"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class RemoteBackend:
    """Carries operations out by calling a service.

    Args:
        base_url: Where the service answers.
        credential: What is sent as a bearer token, never logged, never part of an error: an API key, or what changes.
        service: Which one it is.
        allow_http: Whether the secret may go over http:// to another machine.
        policy: When to try again, and how long to wait.
        transport: An httpx transport to use in place of the network's.

    Raises:
        InvalidRequest: The address or the secret can't be used, or the environment's proxy or certificates can't.
    """

    how_data_enters = AT_THE_SERVICE

    def __init__(
        self,
        base_url: str,
        credential: str | Credential,
        *,
        service: Service = MUSICENGINE,
        allow_http: bool = False,
        policy: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._service = service
        self.credential = FixedSecret(credential, service) if isinstance(credential, str) else credential
        self.http = open_client(check_address(base_url, allow_http=allow_http, service=service), transport)
        self._sender = Sender(self.http, policy or RetryPolicy(), service)

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, idempotency_key: str | None = None
    ) -> ResponseT:
        """Return the service's answer, or one composed of several where the service publishes no such operation.

        Raises:
            ContractError: The service's own error, or why there is no answer.
        """
        if Surface.REST not in operation.surfaces:
            compose = COMPOSED.get(operation)
            if compose is None:
                raise NotPublished
            return await compose(self, request)
        http_request = build_request(self.http, operation, request)
        if operation.takes_idempotency_key:
            # The same over all tries of the call, so that the service carries only one of them out.
            key = str(uuid.uuid4()) if idempotency_key is None else check_idempotency_key(idempotency_key)
            http_request.headers[HEADER] = key
        secret = await self.credential.token()
        outcome, maybe_done = await self._send(operation, http_request, secret)
        if (
            isinstance(outcome, Answer)
            and outcome.status == HTTPStatus.UNAUTHORIZED
            and await self.credential.renewed(secret)
        ):
            secret = await self.credential.token()
            outcome, maybe_done = await self._send(operation, http_request, secret)
        try:
            return self._read(operation, outcome, secret)
        except (InternalError, RateLimited) as error:
            came_through = isinstance(outcome, Answer) and outcome.status < 300
            if operation.effect is Effect.READ or not (maybe_done or came_through):
                raise
            in_doubt = _in_doubt(error)
        # Raised out here, so that no context repeats the error.
        raise in_doubt

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self.http.aclose()

    async def _send(
        self, operation: Operation[Any, Any], request: httpx.Request, secret: str
    ) -> tuple[Answer | NoAnswer, bool]:
        if secret:
            request.headers["Authorization"] = f"Bearer {secret}"
        return await self._sender.send(operation, request)

    def _read(self, operation: Operation[RequestT, ResponseT], outcome: Answer | NoAnswer, secret: str) -> ResponseT:
        if isinstance(outcome, NoAnswer):
            raise outcome.error
        return read_answer(operation, outcome, secret, self._service)


def build_request(
    client: httpx.AsyncClient, operation: Operation[RequestT, ResponseT], request: RequestT
) -> httpx.Request:
    """The HTTP request of an operation: path, query and body as its route and its request model say.

    What was not said is not sent. A null that was said is, in a body: there it may mean something.
    """
    values: dict[str, Any] = request.model_dump(mode="json", exclude_unset=operation.access is Access.HUB)
    said = {name: value for name, value in values.items() if value is not None}
    path = operation.path.format(**{name: _segment(name, str(said[name])) for name in operation.path_parameters})
    query = {name: _in_query(said[name]) for name in operation.query_parameters if name in said}
    in_body = values if operation.access is Access.HUB else said
    body = {name: in_body[name] for name in operation.body_fields if name in in_body}
    return client.build_request(operation.method, path, params=query or None, json=body or None)


def _in_query(value: Any) -> Any:
    return ",".join(map(str, cast("list[Any]", value))) if isinstance(value, list) else value


def _segment(name: str, value: str) -> str:
    if value in {"", ".", ".."}:  # quoted or not, they lead to another path
        raise InvalidRequest(f"{name} can't be empty, '.' or '..'.", field=name)
    return quote(value, safe="")


def _in_doubt(error: ContractError) -> ContractError:
    """The same error of a write that may have been carried out all the same."""
    return type(error)(
        f"{error.message} It is not known whether the write was carried out.",
        field=error.field,
        next_step=f"Look whether it was before you repeat it. {error.next_step or ''}".rstrip(),
    )
