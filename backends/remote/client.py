"""One HTTP client for every operation: what a request looks like follows from the contract alone."""

from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from contract.errors import (
    ContractDrift,
    ContractError,
    ErrorBody,
    InternalError,
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
    """

    def __init__(self, base_url: str, api_key: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
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
            raise _error_of(operation, response)
        return check_answer(operation.response, _json(response))

    async def aclose(self) -> None:
        """Close the connections. Calling it again does nothing."""
        await self._client.aclose()


def build_request(
    client: httpx.AsyncClient, operation: Operation[RequestT, ResponseT], request: RequestT
) -> httpx.Request:
    """The HTTP request of an operation: path, query and body as its route and its request model say."""
    values: dict[str, Any] = request.model_dump(mode="json", exclude_none=True)
    path = operation.path.format(**{name: quote(str(values[name]), safe="") for name in operation.path_parameters})
    query = {name: values[name] for name in operation.query_parameters if name in values}
    body = {name: values[name] for name in operation.body_fields if name in values}
    return client.build_request(operation.method, path, params=query or None, json=body or None)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise ContractDrift("The service's answer is not JSON.") from None


def _error_of(operation: Operation[Any, Any], response: httpx.Response) -> ContractError:
    """The operation's error with the answer's code, or else the first with its status."""
    try:
        detail = ErrorBody.model_validate_json(response.content).error
    except ValidationError:
        detail = None
    known = [error for error in operation.all_errors if error.status == response.status_code]
    if detail is None:
        return known[0]() if known else InternalError(f"The service answered with status {response.status_code}.")
    named = next((error for error in known if error.code == detail.code), None) or (known or [InternalError])[0]
    return named(detail.message, field=detail.field, next_step=detail.next_step)
