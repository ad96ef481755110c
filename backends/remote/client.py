"""One HTTP client for every operation: what a request looks like follows from the contract alone."""

from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from contract.errors import (
    ContractDrift,
    ContractError,
    ErrorBody,
    InternalError,
    InvalidRequest,
    NotPublished,
    ServiceUnreachable,
)
from contract.operation import Operation, Surface
from contract.validation import check_answer

__all__ = ["RemoteBackend", "build_request"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class RemoteBackend:
    """Carries operations out by calling a service.

    Args:
        base_url: Where the service answers.
        api_key: Sent as a bearer token; never logged, never part of an error.
        transport: An httpx transport to use in place of the network's.

    Raises:
        InvalidRequest: The key can't be sent in a header.
    """

    def __init__(self, base_url: str, api_key: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._key = _one_line(api_key)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {self._key}", "Accept": "application/json"},
            timeout=httpx.Timeout(30, connect=5),
            transport=transport,
        )

    async def call(self, operation: Operation[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Return the service's answer.

        Raises:
            ContractError: The service's own error, or why there is no answer.
        """
        if Surface.REST not in operation.surfaces:
            raise NotPublished
        try:
            response = await self._client.send(build_request(self._client, operation, request))
        except httpx.HTTPError as error:
            raise ServiceUnreachable from error
        if response.status_code >= 400:
            raise _error_of(operation, response.status_code, response.content.replace(self._key.encode(), b"..."))
        return check_answer(operation.response, _json(response))

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self._client.aclose()


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


def _one_line(api_key: str) -> str:
    """The key without the line break that files end with; any other would make httpx show it in an error."""
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise InvalidRequest(
            "The API key must be one line of ASCII characters.",
            field="api_key",
            next_step="Copy it again from where it was created.",
        )
    return key


def _json(response: httpx.Response) -> Any:
    with suppress(ValueError, RecursionError):
        return response.json()
    # Not raised in a handler, since the parser's error holds the whole answer.
    raise ContractDrift("The service's answer is not JSON.")


def _error_of(operation: Operation[Any, Any], status: int, content: bytes) -> ContractError:
    """The operation's error with the answer's code, or else the first with its status."""
    try:
        detail = ErrorBody.model_validate_json(content).error
    except ValidationError:
        detail = None
    known = [error for error in operation.all_errors if error.status == status]
    if detail is None:
        return known[0]() if known else InternalError(f"The service answered with status {status}.")
    named = next((error for error in known if error.code == detail.code), None) or (known or [InternalError])[0]
    return named(detail.message, field=detail.field, next_step=detail.next_step)
