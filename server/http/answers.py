"""HTTP responses: an operation's answer, or the one JSON body of an error."""

from collections.abc import Mapping

from pydantic_core import to_json
from starlette.responses import Response

from contract.errors import ContractError

__all__ = ["answer", "error_answer"]

_JSON = "application/json"

_NOT_STORED = {"Cache-Control": "no-store"}
"""Nothing on the way may keep an answer: it is one workspace's."""


def answer(content: bytes, status: int, headers: Mapping[str, str]) -> Response:
    """An operation's answer."""
    return Response(content, status, {**_NOT_STORED, **headers}, _JSON)


def error_answer(error: ContractError, headers: Mapping[str, str] | None = None) -> Response:
    """The error's body under its status, with the headers that belong to it."""
    return Response(to_json(error.body()), error.status, {**_NOT_STORED, **(headers or {}), **error.headers}, _JSON)
