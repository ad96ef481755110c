"""The responses of the OpenAPI document: a success, the errors, and the headers that all of them carry."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from contract.errors import ContractError, InvalidRequest
from contract.operation import EVENT_STREAM, JSON, Operation
from contract.publish.error_bodies import error_body
from contract.system import System

__all__ = ["event_text", "json_content", "response_headers", "responses", "schema_reference", "shared_responses"]


def responses(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    """By status. What an operation shares with every other is a component; what is its own stands in it."""
    found: dict[str, Any] = {str(operation.status): _success(operation, system)}
    for status, meaning in operation.other_statuses.items():
        found[str(status)] = {"description": meaning, **_headers(system), **_body_of_other(operation, status)}
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
        "content": {media_type: _content(operation, media_type, system) for media_type in operation.media_types},
    }


def _content(operation: Operation[Any, Any], media_type: str, system: System) -> dict[str, Any]:
    """A body: JSON of the model, a text of events that hold such JSON each, or bytes, of which there is no schema."""
    example = operation.example.response
    if media_type == JSON:
        return json_content(operation.response, {"example": {"value": example}}, system.prefix)[JSON]
    if media_type == EVENT_STREAM:
        data = {"$ref": schema_reference(system.prefix).format(model=operation.response.__name__)}
        examples = {"example": {"value": event_text(example)}}
        return {"schema": {"type": "string"}, "x-event-data": data, "examples": examples}
    return {}


def event_text(example: Mapping[str, Any]) -> str:
    """An event as it stands in a stream."""
    kind = str(example.get("kind", "progress"))
    return f"id: 4711\nevent: {kind}\ndata: {json.dumps(example, separators=(',', ':'), ensure_ascii=False)}\n\n"


def _body_of_other(operation: Operation[Any, Any], status: int) -> dict[str, Any]:
    if status == HTTPStatus.NOT_MODIFIED:
        return {}
    return {"content": {media_type: {} for media_type in operation.media_types}}


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
    """By the first of them; at the hub by all, since whom an operation is for decides which there are."""
    named = errors if system.prefix else errors[:1]
    return system.prefix + "Or".join(error.__name__.removeprefix(system.prefix) for error in named)


def _errors_by_status(operation: Operation[Any, Any]) -> list[tuple[int, list[type[ContractError]]]]:
    return [(status, list(errors)) for status, errors in groupby(operation.all_errors, key=lambda error: error.status)]


def _shared_statuses(operation: Operation[Any, Any]) -> set[int]:
    """Statuses that mean the same everywhere; a refused request names the operation's own field."""
    own = {InvalidRequest.status, *(error.status for error in operation.errors)}
    return {error.status for error in operation.all_errors} - own
