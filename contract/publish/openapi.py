"""The OpenAPI 3.1 document of the published operations: all of them, or one."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from contract import idempotency
from contract.errors import ErrorBody
from contract.musicengine import BASE_URL
from contract.musicengine.about import (
    BOUNDARY,
    DESCRIPTION,
    KEY_FORM,
    LOCAL_URL,
    REFERENCE_URL,
    SUMMARY,
    TITLE,
    VERSION,
)
from contract.musicengine.surface_map import AREAS
from contract.operation import Access, Operation, Surface
from contract.publish.fields import Field, body_schema, parameters
from contract.publish.responses import SCHEMA_REFERENCE, json_content, response_headers, responses, shared_responses
from contract.publish.snippets import snippets
from contract.schema import Schema, document_schema

__all__ = ["openapi_document", "openapi_operation", "openapi_text"]

Operations = Iterable[Operation[Any, Any]]


def openapi_document(operations: Operations) -> dict[str, Any]:
    """The document of the operations that REST reaches, in their order."""
    published = [operation for operation in operations if Surface.REST in operation.surfaces]
    return {
        "x-generated-by": "musicengine-mcp docs --write",
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "summary": SUMMARY,
            "description": f"{DESCRIPTION}\n\n{BOUNDARY}",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "externalDocs": {"description": "The same reference in Markdown.", "url": REFERENCE_URL},
        "servers": [
            {"url": BASE_URL, "description": "MusicEngine"},
            {"url": LOCAL_URL, "description": "The same API on your own machine: musicengine-mcp serve"},
        ],
        "tags": _tags(published),
        "paths": _paths(published),
        "components": {
            "schemas": _schemas(published),
            "responses": shared_responses(published),
            "headers": response_headers(),
            "securitySchemes": {
                Access.API_KEY.value: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": KEY_FORM,
                    "description": "A workspace's developer API key, generated from Settings > API Keys.",
                }
            },
        },
    }


def openapi_operation(operation: Operation[Any, Any]) -> dict[str, Any]:
    """A whole document of one operation, with only the components that it uses.

    Raises:
        ValueError: The operation has no published route.
    """
    if Surface.REST not in operation.surfaces:
        raise ValueError(f"{operation.name} has no published route")
    return openapi_document((operation,))


def openapi_text(document: dict[str, Any]) -> str:
    """The document as a file, with its generator in the first line, where JSON allows no comment."""
    return json.dumps(document, indent=2, ensure_ascii=False).replace("{\n  ", "{ ", 1) + "\n"


def _tags(operations: Operations) -> list[dict[str, Any]]:
    used = {operation.area for operation in operations}
    return [
        {"name": card.area.value, "description": f"{card.title}: {card.standing}. {card.description} {card.boundary}"}
        for card in AREAS
        if card.area in used
    ]


def _paths(operations: Operations) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation[Any, Any]) -> dict[str, Any]:
    notes = "".join(f"\n- {note}" for note in operation.notes)
    limit = operation.rate_limit
    description = f"{operation.description}\n\nSecurity notes:\n{notes}" if notes else operation.description
    return {
        "operationId": operation.name,
        "tags": [operation.area.value],
        "summary": operation.summary,
        "description": description,
        "security": [{operation.access.value: []}],
        **_input(operation),
        "responses": responses(operation),
        "x-rate-limit": {"requests": limit.requests, "seconds": limit.seconds},
        "x-codeSamples": [
            {"lang": snippet.language, "label": snippet.label, "source": snippet.text}
            for snippet in snippets(operation)
        ],
    }


def _input(operation: Operation[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    accepted = [_parameter(operation, field) for field in parameters(operation)]
    if operation.takes_idempotency_key:
        accepted.append(_idempotency_key())
    if accepted:
        found["parameters"] = accepted
    if names := operation.body_fields:
        example = {name: operation.example.request[name] for name in names if name in operation.example.request}
        found["requestBody"] = {
            "required": True,
            "content": json_content(operation.request, {"example": {"value": example}}),
        }
    return found


def _parameter(operation: Operation[Any, Any], field: Field) -> dict[str, Any]:
    parameter = {
        "name": field.name,
        "in": field.place,
        "required": field.required,
        "description": field.description,
        "schema": field.schema,
    }
    if field.name in operation.example.request:
        parameter["example"] = operation.example.request[field.name]
    return parameter


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": idempotency.HEADER,
        "in": "header",
        "required": False,
        "description": idempotency.DESCRIPTION,
        "schema": {"type": "string", "maxLength": idempotency.MAX_LENGTH, "pattern": idempotency.PATTERN},
        "example": idempotency.EXAMPLE,
    }


def _schemas(operations: Operations) -> dict[str, Schema]:
    """Every model that the operations name, by its name.

    Raises:
        ValueError: Two different models have the same name.
    """
    schemas: dict[str, Schema] = {}
    for schema, name in _roots(operations):
        definitions = schema.pop("$defs", {})
        for key, value in {**definitions, name: schema}.items():
            if schemas.setdefault(key, value) != value:
                raise ValueError(f"two schemas are called {key}")
    return dict(sorted(schemas.items()))


def _roots(operations: Operations) -> list[tuple[Schema, str]]:
    bodies = [
        (body_schema(operation, ref_template=SCHEMA_REFERENCE), operation.request.__name__)
        for operation in operations
        if operation.body_fields
    ]
    answers = [operation.response for operation in operations]
    models: list[type[BaseModel]] = [*answers, ErrorBody]
    return bodies + [(document_schema(model, ref_template=SCHEMA_REFERENCE), model.__name__) for model in models]
