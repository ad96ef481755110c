"""What is asked in every cell of the matrix: worked out from the contract, so that nothing in it is named here.

An operation or tool brings its example, and from the JSON Schema of its arguments all the ways to get one wrong. Errors
that arguments alone can't provoke are provoked by the state of the data folder (provoking.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract.errors import (
    ContractError,
    IdempotencyKeyReused,
    InternalError,
    InvalidRequest,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from contract.operation import Operation
from contract.schema import document_schema
from contract.tool import Tool
from tests.conformance.provoking import PROVOCATIONS

__all__ = ["ELSEWHERE", "Case", "cases_of", "tool_cases_of"]

ELSEWHERE: dict[type[ContractError], str] = {
    InternalError: "the database is damaged, full or gone: tests/mcp/test_storage_failures.py",
    PayloadTooLarge: "of a body that only HTTP has: test_hostile_requests.py",
    RequestTimeout: "takes half a minute: tests/http",
    UnsupportedMediaType: "of a header that only HTTP has: test_hostile_requests.py",
}
"""Errors that no cell provokes, and where they are tested instead."""

_ABSENT = {"isrc": "ZZZZZ9999999"}
"""By field: what is of the right form, and not in the workspace."""

_OTHER_FORMS = {"of another form": "nonsense", "in another script": "٢٠٢٦-٠٣-٠٨", "with a line break": "a\r\nb: c"}

_KEY = "conformance-1"


@dataclass(frozen=True)
class Case:
    """One question: an operation or tool, its arguments, and how they have to be answered.

    Attributes:
        error: What has to be raised, or None for an answer.
        at_fault: The argument at fault, if the error is one of its value.
        idempotency_key: Goes with the request; a case with one is asked twice, so that the second is what counts.
        first: The arguments of the first of the two, where they differ.
        own_words: Whether surfaces name the thing at fault differently: an argument, a parameter, a member.
    """

    subject: Operation[Any, Any] | Tool[Any, Any]
    what: str
    arguments: Mapping[str, Any]
    error: type[ContractError] | None = None
    at_fault: str | None = None
    idempotency_key: str | None = None
    first: Mapping[str, Any] = field(default_factory=dict)
    own_words: bool = False

    def __str__(self) -> str:
        return f"{self.subject.name}: {self.what}"


def cases_of(operation: Operation[Any, Any]) -> list[Case]:
    """Everything that is asked of the operation."""
    example = operation.example.request
    fields = None if operation.route is None or operation.body_fields else operation.path_parameters
    cases = [Case(operation, "its example", example), *_wrong(operation, operation.request, example, only_text=fields)]
    for error in operation.all_errors:
        cases += _provoked(operation, error, example)
    if operation.takes_idempotency_key:
        cases.append(Case(operation, "repeated under its key", example, idempotency_key=_KEY, first=example))
    return cases


def tool_cases_of(tool: Tool[Any, Any]) -> list[Case]:
    """Everything that is asked of the tool; what its operations may raise is asked as theirs."""
    return [Case(tool, "its example", tool.example), *_wrong(tool, tool.arguments, tool.example, only_text=None)]


def _provoked(operation: Operation[Any, Any], error: type[ContractError], example: Mapping[str, Any]) -> Iterator[Case]:
    if error in PROVOCATIONS:
        yield Case(operation, error.code, example, error)
    elif issubclass(error, NotFound) and error.default_field in _ABSENT:
        arguments = {**example, error.default_field: _ABSENT[error.default_field]}
        yield Case(operation, error.code, arguments, error, error.default_field)
    elif error is IdempotencyKeyReused:
        name, other = next((name, value) for name, value in example.items() if isinstance(value, str))
        changed = {**example, name: f"{other} again"}
        yield Case(operation, error.code, example, error, error.default_field, _KEY, first=changed)


def _wrong(
    subject: Any, model: type[Any], example: Mapping[str, Any], *, only_text: Sequence[str] | None
) -> Iterator[Case]:
    """Each argument made wrong in turn. `only_text` names the path's parameters where a URL carries everything."""
    schema = document_schema(model, mode="validation")
    definitions = schema.get("$defs", {})
    for name, member in schema.get("properties", {}).items():
        resolved = _resolved(member, definitions)
        for what, value in _wrong_values(resolved):
            if only_text is not None and (not isinstance(value, str | int) or (name in only_text and value == "")):
                continue
            yield Case(subject, f"{name} {what}", {**example, name: value}, InvalidRequest, name)
        yield from _wrong_items(subject, name, resolved, definitions, example)
        if name in schema.get("required", ()) and (only_text is None or name not in only_text):
            yield Case(subject, f"no {name}", _without(example, name), InvalidRequest, name)
    yield Case(subject, "an unknown argument", {**example, "nonsense": "1"}, InvalidRequest, own_words=True)


def _wrong_values(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    kind = schema.get("type")
    if kind == "integer":
        yield from {"as words": "many", "empty": "", "as a fraction": "1.5", "as a list": [1]}.items()
        if "minimum" in schema:
            yield "too small", schema["minimum"] - 1
        if "maximum" in schema:
            yield "too large", schema["maximum"] + 1
        yield "beyond any integer", "9" * 400
    elif kind == "array":
        yield from {"as words": "many", "as an object": {}, "as a number": 1}.items()
        if "minItems" in schema:
            yield "empty", []
    elif kind == "string":
        yield from {"as a list": ["x"], "as an object": {"x": 1}}.items()
        yield from _wrong_texts(schema)


def _wrong_texts(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield "empty", ""
    if "enum" in schema or "pattern" in schema or "format" in schema:
        for what, text in _OTHER_FORMS.items():
            if "pattern" not in schema or not re.search(schema["pattern"], text):
                yield what, text
    if schema.get("format") == "date":
        yield "no day of the calendar", "2026-02-30"


def _wrong_items(
    subject: Any, name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], example: Mapping[str, Any]
) -> Iterator[Case]:
    """The first item of a list of objects with each of its members missing, of another type, or empty."""
    items = _resolved(schema.get("items", {}), definitions)
    if not example.get(name):
        return
    for member, inner in items.get("properties", {}).items():
        first, *others = example[name]
        wrong = {"missing": _without(first, member), "as a number": {**first, member: 7}}
        if inner.get("minLength"):
            wrong["empty"] = {**first, member: ""}
        if inner.get("type") == "string":
            wrong["with a line break"] = {**first, member: "a\r\nb: c"}
        for what, item in wrong.items():
            yield Case(
                subject,
                f"{name}.{member} {what}",
                {**example, name: [item, *others]},
                InvalidRequest,
                f"{name}.0.{member}",
            )
    if items:
        yield Case(subject, f"{name} of texts", {**example, name: ["x"]}, InvalidRequest, f"{name}.0")


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the value itself: without a choice of null, and what it refers to."""
    choices: Iterable[Mapping[str, Any]] = schema.get("anyOf", [schema])
    value = next(choice for choice in choices if choice.get("type") != "null")
    return definitions[value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else value


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
