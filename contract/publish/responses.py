"""The responses of the OpenAPI document: a success, the errors, and the headers that all of them carry."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from contract.errors import ContractError, ErrorBody, InvalidRequest
from contract.musicengine.about import RESPONSE_HEADERS
from contract.operation import Operation
from contract.publish.error_bodies import error_body

__all__ = ["SCHEMA_REFERENCE", "json_content", "response_headers", "responses", "shared_responses"]

SCHEMA_REFERENCE = "#/components/schemas/{model}"


def responses(operation: Operation[Any, Any]) -> dict[str, Any]:
    """By status. What an operation shares with every other is a component; what is its own stands in it."""
    found: dict[str, Any] = {str(operation.status): _success(operation)}
    shared = _shared_statuses(operation)
    for status, errors in _errors_by_status(operation):
        found[str(status)] = (
            {"$ref": f"#/components/responses/{errors[0].__name__}"} if status in shared else _error(operation, errors)
        )
    return found


def shared_responses(operations: Iterable[Operation[Any, Any]]) -> dict[str, Any]:
    """The components that `responses` refers to."""
    return {
        errors[0].__name__: _error(operation, errors)
        for operation in operations
        for status, errors in _errors_by_status(operation)
        if status in _shared_statuses(operation)
    }


def response_headers() -> dict[str, Any]:
    """The components that every response refers to."""
    return {
        header.name: {
            "description": header.description,
            "schema": {"type": "string"} if header.minimum is None else {"type": "integer", "minimum": header.minimum},
            "example": header.example,
        }
        for header in RESPONSE_HEADERS
    }


def json_content(model: type[BaseModel], examples: dict[str, Any]) -> dict[str, Any]:
    """A JSON body of the model, with named examples."""
    schema = {"$ref": SCHEMA_REFERENCE.format(model=model.__name__)}
    return {"application/json": {"schema": schema, "examples": examples}}


def _success(operation: Operation[Any, Any]) -> dict[str, Any]:
    return {
        "description": operation.response_description,
        "headers": _header_references(),
        "content": json_content(operation.response, {"example": {"value": operation.example.response}}),
    }


def _error(operation: Operation[Any, Any], errors: list[type[ContractError]]) -> dict[str, Any]:
    examples = {
        error.code: {"summary": error.default_message, "value": error_body(operation, error)} for error in errors
    }
    return {
        "description": errors[0].meaning,
        "headers": _header_references(),
        "content": json_content(ErrorBody, examples),
    }


def _header_references() -> dict[str, Any]:
    return {header.name: {"$ref": f"#/components/headers/{header.name}"} for header in RESPONSE_HEADERS}


def _errors_by_status(operation: Operation[Any, Any]) -> list[tuple[int, list[type[ContractError]]]]:
    return [(status, list(errors)) for status, errors in groupby(operation.all_errors, key=lambda error: error.status)]


def _shared_statuses(operation: Operation[Any, Any]) -> set[int]:
    """Statuses that mean the same everywhere; a refused request names the operation's own field."""
    own = {InvalidRequest.status, *(error.status for error in operation.errors)}
    return {error.status for error in operation.all_errors} - own
