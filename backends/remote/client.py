"""One HTTP client for every operation: what a request looks like follows from the contract alone."""

import uuid
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from backends.data_entry import AT_THE_SERVICE
from backends.remote.address import check_address
from backends.remote.answers import read_answer
from backends.remote.api_key import check_api_key
from backends.remote.composed.operations import COMPOSED
from backends.remote.connection import open_client
from backends.remote.exchange import Answer
from backends.remote.failures import NoAnswer
from backends.remote.retry import RetryPolicy
from backends.remote.sending import Sender
from contract.errors import ContractError, InternalError, InvalidRequest, NotPublished, RateLimited
from contract.idempotency import HEADER, check_idempotency_key
from contract.operation import Operation, Surface

__all__ = ["RemoteBackend", "build_request"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class RemoteBackend:
    """Carries operations out by calling a service.

    Args:
        base_url: Where the service answers.
        api_key: Sent as a bearer token; never logged, never part of an error.
        allow_http: Whether the key may go over http:// to another machine.
        policy: When to try again, and how long to wait.
        transport: An httpx transport to use in place of the network's.

    Raises:
        InvalidRequest: The address or the key can't be used, or the environment's proxy or certificates can't.
    """

    how_data_enters = AT_THE_SERVICE

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        allow_http: bool = False,
        policy: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._key = check_api_key(api_key)
        self._client = open_client(check_address(base_url, allow_http=allow_http), self._key, transport)
        self._sender = Sender(self._client, policy or RetryPolicy())

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
        http_request = build_request(self._client, operation, request)
        if operation.takes_idempotency_key:
            # The same over all tries of the call, so that the service carries only one of them out.
            key = str(uuid.uuid4()) if idempotency_key is None else check_idempotency_key(idempotency_key)
            http_request.headers[HEADER] = key
        outcome, maybe_done = await self._sender.send(operation, http_request)
        try:
            return self._read(operation, outcome)
        except (InternalError, RateLimited) as error:
            came_through = isinstance(outcome, Answer) and outcome.status < 300
            if not operation.takes_idempotency_key or not (maybe_done or came_through):
                raise
            in_doubt = _in_doubt(error)
        # Raised out here, so that no context repeats the error.
        raise in_doubt

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self._client.aclose()

    def _read(self, operation: Operation[RequestT, ResponseT], outcome: Answer | NoAnswer) -> ResponseT:
        if isinstance(outcome, NoAnswer):
            raise outcome.error
        return read_answer(operation, outcome, self._key)


def build_request(
    client: httpx.AsyncClient, operation: Operation[RequestT, ResponseT], request: RequestT
) -> httpx.Request:
    """The HTTP request of an operation: path, query and body as its route and its request model say."""
    values: dict[str, Any] = request.model_dump(mode="json", exclude_none=True)
    path = operation.path.format(**{name: _segment(name, str(values[name])) for name in operation.path_parameters})
    query = {name: values[name] for name in operation.query_parameters if name in values}
    body = {name: values[name] for name in operation.body_fields if name in values}
    return client.build_request(operation.method, path, params=query or None, json=body or None)


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
