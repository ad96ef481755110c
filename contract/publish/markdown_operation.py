"""One operation in Markdown: complete by itself, and a section of the whole reference."""

from collections.abc import Iterable, Sequence
from typing import Any

from contract.errors import ContractError, InvalidRequest
from contract.operation import EVENT_STREAM, JSON, Operation, Surface
from contract.publish.error_bodies import error_body
from contract.publish.fields import Field, answer_fields, body_fields, bounds_of, parameters, type_of
from contract.publish.general import OURS, facts
from contract.publish.markdown_parts import blocks, bullets, code, json_block, table
from contract.publish.responses import event_text
from contract.publish.snippets import snippets
from contract.system import System

__all__ = ["markdown_operation"]

_PARAMETER_HEAD = ("Name", "In", "Type", "Required", "Default", "Bounds", "Description")
_BODY_HEAD = ("Field", "Type", "Required", "Default", "Bounds", "Description")
_ANSWER_HEAD = ("Field", "Type", "Description")


def markdown_operation(operation: Operation[Any, Any], system: System, *, level: int = 1) -> str:
    """The operation's section, headed by its name at the given level; it ends without a line break."""
    heading = f"{'#' * level} {operation.name}"
    is_published = Surface.REST in operation.surfaces
    return blocks(heading, _published(operation, system) if is_published else _agents_only(operation))


def _published(operation: Operation[Any, Any], system: System) -> str:
    return blocks(
        f"**{operation.summary}**",
        f"`{operation.route}`",
        operation.description,
        "" if operation.in_reference else OURS,
        bullets(f"{label}: {value}" for label, value in facts(operation, system)),
        "**Parameters**",
        table(_PARAMETER_HEAD, _parameter_rows(parameters(operation))) or "No path or query parameters.",
        _request_body(operation),
        "**Security notes**" if operation.notes else "",
        bullets(operation.notes),
        _success(operation, f"**Success response {operation.status}**"),
        _errors(operation, operation.all_errors),
        "**Code examples**",
        *(blocks(snippet.label, code(snippet.language, snippet.text)) for snippet in snippets(operation, system)),
    )


def _agents_only(operation: Operation[Any, Any]) -> str:
    return blocks(
        f"**{operation.summary}**",
        "For agents only; no published route.",
        operation.description,
        "**Arguments**",
        table(_PARAMETER_HEAD, _parameter_rows(parameters(operation))) or "No arguments.",
        "Example:",
        json_block(dict(operation.example.request)),
        _success(operation, "**Answer**"),
        _errors(operation, (InvalidRequest, *operation.errors)),
    )


def _request_body(operation: Operation[Any, Any]) -> str:
    fields = body_fields(operation)
    if not fields:
        return ""
    example = {name: value for name, value in operation.example.request.items() if name in operation.body_fields}
    rows = ((f"`{field.name}`", *_value_cells(field), field.description) for field in fields)
    return blocks("**Request body** (`application/json`)", table(_BODY_HEAD, rows), json_block(example))


def _success(operation: Operation[Any, Any], title: str) -> str:
    rows = ((f"`{field.name}`", type_of(field), field.description) for field in answer_fields(operation))
    others = bullets(f"{status}: {meaning}" for status, meaning in operation.other_statuses.items())
    return blocks(title, operation.response_description, others, table(_ANSWER_HEAD, rows), _example(operation))


def _example(operation: Operation[Any, Any]) -> str:
    if EVENT_STREAM in operation.media_types:
        return code("text", event_text(operation.example.response).rstrip())
    return json_block(operation.example.response) if JSON in operation.media_types else ""


def _errors(operation: Operation[Any, Any], errors: Sequence[type[ContractError]]) -> str:
    """All of them in a table; then the bodies that are the operation's own, and so in no other section."""
    rows = (
        (str(error.status), f"`{error.code}`", error_body(operation, error)["error"]["message"]) for error in errors
    )
    own = [error for error in errors if error in {InvalidRequest, *operation.errors}]
    return blocks(
        "**Errors**",
        table(("Status", "Code", "Message"), rows),
        *(blocks(f"{error.status} `{error.code}`:", json_block(error_body(operation, error))) for error in own),
    )


def _parameter_rows(fields: Iterable[Field]) -> Iterable[tuple[str, ...]]:
    for field in fields:
        place = "" if field.place == "argument" else field.place
        yield (f"`{field.name}`", place, *_value_cells(field), field.description)


def _value_cells(field: Field) -> tuple[str, str, str, str]:
    default = "" if field.default is None else f"`{field.default}`"
    return (type_of(field), "yes" if field.required else "no", default, bounds_of(field.schema))
