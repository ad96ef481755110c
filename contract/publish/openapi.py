"""The OpenAPI 3.1 document of the published operations: all of them, or one."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from contract import idempotency
from contract.operation import EVENT_STREAM, JSON, Access, Operation, Surface, Trust
from contract.publish.fields import Field, body_fields, body_schema, parameters
from contract.publish.general import OURS
from contract.publish.responses import json_content, response_headers, responses, schema_reference, shared_responses
from contract.publish.snippets import snippets
from contract.schema import Schema, document_schema
from contract.system import SurfaceArea, System

__all__ = ["openapi_document", "openapi_operation", "openapi_text"]

Operations = Iterable[Operation[Any, Any]]


def openapi_document(systems: Sequence[System]) -> dict[str, Any]:
    """The document of the operations that REST reaches, in their order; it is named after the first system.

    Raises:
        ValueError: Two different models have the same name.
    """
    published = [_published(system) for system in systems]
    first, *others = published
    return {
        "x-generated-by": "musicengine-mcp docs --write",
        "openapi": "3.1.0",
        "info": {
            "title": first.title,
            "version": first.version,
            "summary": first.summary,
            "description": "\n\n".join(filter(None, (first.description, first.boundary, *map(_part, others)))),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "externalDocs": {"description": "The same reference in Markdown.", "url": first.reference_url},
        "servers": _servers(first),
        "tags": [tag for system in published for tag in _tags(system)],
        "paths": _paths(published),
        "components": _components(published),
    }


def openapi_operation(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    """A whole document of one operation, with only the components that it uses.

    Raises:
        ValueError: The operation has no published route.
    """
    if Surface.REST not in operation.surfaces:
        raise ValueError(f"{operation.name} has no published route")
    return openapi_document((replace(system, operations=(operation,)),))


def openapi_text(document: dict[str, Any]) -> str:
    """The document as a file, with its generator in the first line, where JSON allows no comment."""
    return json.dumps(document, indent=2, ensure_ascii=False).replace("{\n  ", "{ ", 1) + "\n"


def _published(system: System) -> System:
    """The system without what REST does not reach."""
    return replace(system, operations=tuple(o for o in system.operations if Surface.REST in o.surfaces))


def _part(system: System) -> str:
    return f"{system.title}. {system.description} {system.standing}"


def _servers(system: System) -> list[dict[str, str]]:
    return [{"url": address.url, "description": address.description} for address in system.addresses]


def _tags(system: System) -> list[dict[str, Any]]:
    used = {operation.area for operation in system.operations}
    return [
        {"name": area.area.value, "description": f"{area.title}: {_standing(area)}"}
        for area in system.areas
        if area.area in used
    ]


def _standing(area: SurfaceArea) -> str:
    return " ".join(part for part in (area.standing and f"{area.standing}.", area.description, area.boundary) if part)


def _paths(systems: Sequence[System]) -> dict[str, Any]:
    """By path and method. What is not of the first system names its own servers."""
    paths: dict[str, dict[str, Any]] = {}
    for system in systems:
        servers = {} if system is systems[0] else {"servers": _servers(system)}
        for operation in system.operations:
            methods = paths.setdefault(operation.path, {})
            methods[operation.method.lower()] = {**_operation(operation, system), **servers}
    return paths


def _components(systems: Sequence[System]) -> dict[str, Any]:
    with_operations = [system for system in systems if system.operations]
    found = {
        "schemas": _schemas(systems),
        "responses": {k: v for system in systems for k, v in shared_responses(system.operations, system).items()},
        "headers": response_headers(with_operations),
        "securitySchemes": {system.bearer.name: _security_scheme(system) for system in with_operations},
    }
    return {kind: components for kind, components in found.items() if components}


def _security_scheme(system: System) -> dict[str, Any]:
    form = {"bearerFormat": system.bearer.form} if system.bearer.form else {}
    return {"type": "http", "scheme": "bearer", **form, "description": system.bearer.description}


def _operation(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    token = {system.bearer.name: list[str]()}
    return {
        "operationId": operation.name,
        "tags": [operation.area.value],
        "summary": operation.summary,
        "description": _description(operation),
        "security": _security(operation, token, required=system.bearer.required),
        **_input(operation, system),
        "responses": responses(operation, system),
        **_extensions(operation),
        "x-codeSamples": [
            {"lang": snippet.language, "label": snippet.label, "source": snippet.text}
            for snippet in snippets(operation, system)
        ],
    }


def _security(operation: Operation[Any, Any], token: dict[str, list[str]], *, required: bool) -> list[dict[str, Any]]:
    """What a call has to carry: at the hub nothing if it comes from its own machine, or if anybody may call."""
    if required:
        return [token]
    return [{}] if operation.trust in {Trust.ANYBODY, Trust.LOCAL} else [{}, token]


def _description(operation: Operation[Any, Any]) -> str:
    notes = "".join(f"\n- {note}" for note in operation.notes)
    parts = (
        operation.description,
        "" if operation.in_reference else OURS,
        f"Security notes:\n{notes}" if notes else "",
    )
    return "\n\n".join(part for part in parts if part)


def _extensions(operation: Operation[Any, Any]) -> dict[str, Any]:
    limit = operation.rate_limit
    limited = {"x-rate-limit": {"requests": limit.requests, "seconds": limit.seconds}} if limit else {}
    trust = {"x-trust": str(operation.trust)} if operation.access is Access.HUB else {}
    return {**limited, **trust} if operation.in_reference else {**limited, **trust, "x-in-reference": False}


def _input(operation: Operation[Any, Any], system: System) -> dict[str, Any]:
    found: dict[str, Any] = {}
    accepted = [_parameter(operation, field) for field in parameters(operation)]
    if operation.takes_idempotency_key:
        accepted.append(_idempotency_key())
    if accepted:
        found["parameters"] = accepted
    if names := operation.body_fields:
        example = {name: operation.example.request[name] for name in names if name in operation.example.request}
        found["requestBody"] = {
            "required": _needs_body(operation),
            "content": json_content(operation.request, {"example": {"value": example}}, system.prefix),
        }
    return found


def _needs_body(operation: Operation[Any, Any]) -> bool:
    """Whether a call without one can't be right; MusicEngine asks for one in any case."""
    return operation.access is Access.API_KEY or any(field.required for field in body_fields(operation))


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


def _schemas(systems: Iterable[System]) -> dict[str, Schema]:
    """Every model that the operations name, by its name.

    Raises:
        ValueError: Two different models have the same name.
    """
    schemas: dict[str, Schema] = {}
    for schema, name, prefix in (root for system in systems for root in _roots(system)):
        definitions = {f"{prefix}{key}": value for key, value in schema.pop("$defs", {}).items()}
        for key, value in {**definitions, f"{prefix}{name}": schema}.items():
            if schemas.setdefault(key, value) != value:
                raise ValueError(f"two schemas are called {key}")
    return dict(sorted(schemas.items()))


def _roots(system: System) -> Iterator[tuple[Schema, str, str]]:
    """The schemas of bodies, answers and errors, with the name of each and the prefix of its name."""
    template = schema_reference(system.prefix)
    for operation in system.operations:
        if operation.body_fields:
            yield body_schema(operation, ref_template=template), operation.request.__name__, system.prefix
        if {JSON, EVENT_STREAM} & set(operation.media_types):
            yield document_schema(operation.response, ref_template=template), operation.response.__name__, system.prefix
        for model in {error.body_model for error in operation.all_errors}:
            yield document_schema(model, ref_template=schema_reference()), model.__name__, ""
