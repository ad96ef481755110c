"""The responses of the OpenAPI document: a success, the errors, and the headers that all of them carry."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from contract.errors import ContractError, InvalidRequest
from contract.operation import Operation
from contract.publish.error_bodies import error_body
from contract.system import System

__all__ = ["json_content", "response_headers", "responses", "schema_reference", "shared_responses"]


def responses(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    """By status. What an operation shares with every other is a component; what is its own stands in it."""
    found: dict[str, Any] = {str(operation.status): _success(operation, system)}
    shared = _shared_statuses(operation)
    for status, errors in _errors_by_status(operation):
        found[str(status)] = (
            {"$ref": f"#/components/responses/{_shared_name(errors, system)}"}
            if status in shared
            else _error(operation, errors, system)
        )
    return found


def shared_responses(operations: Iterable[Operation[Any, Any]], system: System) -> dict[str, Any]:
    """The components that `responses` refers to."""
    return {
        _shared_name(errors, system): _error(operation, errors, system)
        for operation in operations
        for status, errors in _errors_by_status(operation)
        if status in _shared_statuses(operation)
    }


def response_headers(systems: Iterable[System]) -> dict[str, Any]:
    """The components that the responses of these systems refer to."""
    return {
        header.name: {
            "description": header.description,
            "schema": {"type": "string"} if header.minimum is None else {"type": "integer", "minimum": header.minimum},
            "example": header.example,
        }
        for system in systems
        for header in system.headers
    }


def schema_reference(prefix: str = "") -> str:
    """How schemas refer to each other: under the prefix of their system, unless they are of errors, which all share."""
    return f"#/components/schemas/{prefix}{{model}}"


def json_content(model: type[BaseModel], examples: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A JSON body of the model, with named examples."""
    schema = {"$ref": schema_reference(prefix).format(model=model.__name__)}
    return {"application/json": {"schema": schema, "examples": examples}}


def _success(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    return {
        "description": operation.response_description,
        **_headers(system),
        "content": json_content(operation.response, {"example": {"value": operation.example.response}}, system.prefix),
    }


def _error(operation: Operation[Any, Any], errors: list[type[ContractError]], system: System) -> dict[str, Any]:
    examples = {
        error.code: {"summary": error.default_message, "value": error_body(operation, error)} for error in errors
    }
    return {
        "description": system.meaning(errors[0]),
        **_headers(system),
        "content": json_content(errors[0].body_model, examples),
    }


def _headers(system: System) -> dict[str, Any]:
    references = {header.name: {"$ref": f"#/components/headers/{header.name}"} for header in system.headers}
    return {"headers": references} if references else {}


def _shared_name(errors: list[type[ContractError]], system: System) -> str:
    return f"{system.prefix}{errors[0].__name__}"


def _errors_by_status(operation: Operation[Any, Any]) -> list[tuple[int, list[type[ContractError]]]]:
    return [(status, list(errors)) for status, errors in groupby(operation.all_errors, key=lambda error: error.status)]


def _shared_statuses(operation: Operation[Any, Any]) -> set[int]:
    """Statuses that mean the same everywhere; a refused request names the operation's own field."""
    own = {InvalidRequest.status, *(error.status for error in operation.errors)}
    return {error.status for error in operation.all_errors} - own
