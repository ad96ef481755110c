"""What an HTTP request asks of an operation: path, query and body, checked against the contract."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import anyio
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request

from contract.errors import InvalidRequest, PayloadTooLarge, RequestTimeout, UnsupportedMediaType
from contract.operation import Operation
from contract.validation import validate

__all__ = ["BODY_SECONDS", "MAX_BODY_BYTES", "read_request"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

MAX_BODY_BYTES = 20 * 1024 * 1024
"""Somewhat more than the largest cookie jar that the contract takes."""

BODY_SECONDS = 30.0
"""How long a body may take to arrive."""

_JSON = "application/json"


async def read_request(
    operation: Operation[RequestT, ResponseT], request: Request, take: Callable[[int], None]
) -> RequestT:
    """The operation's request model.

    Args:
        operation: What is asked for.
        request: What was sent.
        take: Called with the bytes of each piece of the body; it may refuse them.

    Raises:
        InvalidRequest: A parameter or the body is not as the contract says.
        UnsupportedMediaType: The body is not declared to be JSON.
        PayloadTooLarge: The body is larger than any that the contract takes.
        RequestTimeout: The body did not arrive in time.
        RateLimited: Too many bodies are under way.
    """
    values: dict[str, Any] = dict(request.path_params)
    if request.scope["query_string"]:
        values |= _query(operation, request)
    if operation.body_fields:
        values |= _members(operation, await _body(request, take))
    return validate(operation.request, values)


def _query(operation: Operation[Any, Any], request: Request) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in operation.query_parameters:
            known = ", ".join(operation.query_parameters) or "none"
            raise InvalidRequest("A query parameter is not known.", next_step=f"Accepted query parameters: {known}.")
        if name in values:
            raise InvalidRequest(f"{name} may be given once.", field=name)
        values[name] = value
    return values


async def _body(request: Request, take: Callable[[int], None]) -> Any:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _JSON or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    try:
        with anyio.fail_after(BODY_SECONDS):
            content = await _bytes(request, take)
    except TimeoutError:
        raise RequestTimeout from None
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError:
        raise InvalidRequest("The body must be one JSON object, in UTF-8.") from None


async def _bytes(request: Request, take: Callable[[int], None]) -> bytes:
    if int(request.headers.get("content-length", 0)) > MAX_BODY_BYTES:
        raise PayloadTooLarge
    content = bytearray()
    try:
        async for chunk in request.stream():
            take(len(chunk))
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                raise PayloadTooLarge
    except ClientDisconnect:
        raise RequestTimeout from None  # nobody is there to read it
    return bytes(content)


def _members(operation: Operation[Any, Any], body: Any) -> dict[str, Any]:
    """The body's members; the path's parameters may not come in by it."""
    if not isinstance(body, dict):
        raise InvalidRequest("The body must be one JSON object, in UTF-8.")
    members = cast("dict[str, Any]", body)
    if not members.keys() <= set(operation.body_fields):
        raise InvalidRequest(
            "A member of the body is not known.", next_step=f"Accepted members: {', '.join(operation.body_fields)}."
        )
    return members
