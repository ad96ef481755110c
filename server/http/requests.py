"""What an HTTP request asks of an operation: path, query and body, checked against the contract."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import anyio
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request

from contract.errors import InvalidRequest, PayloadTooLarge, RequestTimeout, UnsupportedMediaType
from contract.operation import Access, Operation, Trust
from contract.validation import validate

__all__ = ["BODY_SECONDS", "MAX_BODY_BYTES", "read_request"]

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)

MAX_BODY_BYTES = 20 * 1024 * 1024
"""Somewhat more than the largest cookie jar that the contract takes."""

MAX_BODY_BYTES_OF_STRANGERS = 16 * 1024
"""Where nobody need be known: a code or a token, and names. All connections together then hold half of what bodies may
take of memory (body_budget), so that strangers can't keep others from writing.
"""

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
    has_body = _expects_body(operation, request)
    if has_body:
        values |= _members(operation, await _body(request, take, _most_bytes(operation)))
    return validate(operation.request, values, strict=has_body and operation.access is Access.HUB)


def _expects_body(operation: Operation[Any, Any], request: Request) -> bool:
    """Whether there is one to read: the hub's callers may leave out one that would say nothing."""
    if operation.access is Access.API_KEY:
        return bool(operation.body_fields)
    is_there = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    return operation.method != "GET" and is_there


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


def _most_bytes(operation: Operation[Any, Any]) -> int:
    is_for_strangers = operation.access is Access.HUB and operation.trust is Trust.ANYBODY
    return MAX_BODY_BYTES_OF_STRANGERS if is_for_strangers else MAX_BODY_BYTES


async def _body(request: Request, take: Callable[[int], None], most: int) -> Any:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _JSON or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    try:
        with anyio.fail_after(BODY_SECONDS):
            content = await _bytes(request, take, most)
    except TimeoutError:
        raise RequestTimeout from None
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError:
        raise InvalidRequest("The body must be one JSON object, in UTF-8.") from None


async def _bytes(request: Request, take: Callable[[int], None], most: int) -> bytes:
    if int(request.headers.get("content-length", 0)) > most:
        raise PayloadTooLarge
    content = bytearray()
    try:
        async for chunk in request.stream():
            if len(content) + len(chunk) > most:
                raise PayloadTooLarge
            take(len(chunk))
            content += chunk
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
            "A member of the body is not known.",
            next_step=f"Accepted members: {', '.join(operation.body_fields) or 'none'}.",
        )
    return members
