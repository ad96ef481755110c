"""The fields of an operation's request and answer, flat and in order, as the documents list them."""

import json
from dataclasses import dataclass
from typing import Any

from contract.operation import Operation
from contract.patterns import IN_WORDS
from contract.schema import Schema, document_schema

__all__ = ["Field", "answer_fields", "body_fields", "body_schema", "bounds_of", "parameters", "type_of"]

_NOUNS = {"Length": "characters", "Items": "items"}


@dataclass(frozen=True)
class Field:
    """One field: `cookies[].domain`, say.

    Attributes:
        place: "path", "query", "body", or "argument" where there is no route.
        schema: JSON Schema of the value, without references, null choice and description.
        nullable: Whether the value may be null.
    """

    name: str
    place: str
    schema: Schema
    required: bool
    nullable: bool
    description: str

    @property
    def default(self) -> str | None:
        """What stands in for a missing value, as it would be sent, or None."""
        value = self.schema.get("default")
        return value if value is None or isinstance(value, str) else json.dumps(value)


def parameters(operation: Operation[Any, Any]) -> tuple[Field, ...]:
    """What the path and the query carry; every argument of an operation that has no route."""
    schema = document_schema(operation.request, mode="validation")
    definitions = schema.get("$defs", {})
    if operation.route is None:
        return _flat(schema, definitions, place="argument")
    in_path, in_query = _part(schema, operation.path_parameters), _part(schema, operation.query_parameters)
    return _flat(in_path, definitions, place="path") + _flat(in_query, definitions, place="query")


def body_fields(operation: Operation[Any, Any]) -> tuple[Field, ...]:
    """What the JSON body carries, members of members included."""
    schema = body_schema(operation)
    return _flat(schema, schema.get("$defs", {}), place="body")


def answer_fields(operation: Operation[Any, Any]) -> tuple[Field, ...]:
    """What a success holds, members of members included."""
    schema = document_schema(operation.response)
    return _flat(schema, schema.get("$defs", {}), place="body")


def body_schema(operation: Operation[Any, Any], *, ref_template: str = "#/$defs/{model}") -> Schema:
    """The schema of the JSON body: the request without what its path carries."""
    schema = document_schema(operation.request, mode="validation", ref_template=ref_template)
    return _part(schema, operation.body_fields)


def type_of(field: Field) -> str:
    """The type in words: "integer", "string (date)", "array of objects", "string or null"."""
    schema = field.schema
    name = str(schema.get("type", "any"))
    if name == "array":
        name = f"array of {schema.get('items', {}).get('type', 'object')}s"
    if "format" in schema:
        name = f"{name} ({schema['format']})"
    return f"{name} or null" if field.nullable else name


def bounds_of(schema: Schema) -> str:
    """The bounds in words: "1 to 365", "at least 0", "1 to 200 characters", "`a` or `b`"; empty without any."""
    bounds = [_range(schema.get("minimum"), schema.get("maximum"), "")]
    bounds += [_range(schema.get(f"min{kind}"), schema.get(f"max{kind}"), noun) for kind, noun in _NOUNS.items()]
    if "enum" in schema:
        *others, last = (f"`{value}`" for value in schema["enum"])
        bounds.append(f"{', '.join(others)} or {last}" if others else last)
    if "pattern" in schema:
        bounds.append(IN_WORDS.get(schema["pattern"]) or f"matches `{schema['pattern']}`")
    return ", ".join(bound for bound in bounds if bound)


def _part(schema: Schema, names: tuple[str, ...]) -> Schema:
    """An object's schema with some of its properties only."""
    part = {**schema, "properties": {name: schema["properties"][name] for name in names}}
    required = [name for name in schema.get("required", ()) if name in names]
    return {**part, "required": required} if required else {k: v for k, v in part.items() if k != "required"}


def _flat(schema: Schema, definitions: Schema, *, place: str, prefix: str = "") -> tuple[Field, ...]:
    fields: list[Field] = []
    for name, member in schema.get("properties", {}).items():
        value, nullable = _resolved(member, definitions)
        description = str(member.get("description") or value.get("description", ""))
        bare = {key: item for key, item in value.items() if key != "description"}
        if bare.get("default", ...) is None:
            del bare["default"]
        required = name in schema.get("required", ())
        # A parameter or argument is left out rather than null.
        can_be_null = nullable and place == "body"
        fields.append(Field(f"{prefix}{name}", place, bare, required, can_be_null, description))
        inner, suffix = (bare.get("items", {}), "[].") if bare.get("type") == "array" else (bare, ".")
        fields += _flat(inner, definitions, place=place, prefix=f"{prefix}{name}{suffix}")
    return tuple(fields)


def _resolved(schema: Schema, definitions: Schema) -> tuple[Schema, bool]:
    """The schema with its references followed and `X or null` written as X; and whether null was a choice."""
    choices: list[Schema] = schema.get("anyOf", [schema])
    some = [choice for choice in choices if choice.get("type") != "null"]
    value = {**schema, **some[0]}
    value.pop("anyOf", None)
    if reference := value.pop("$ref", None):
        value = {**definitions[reference.rsplit("/", 1)[1]], **value}
    if "items" in value:
        value["items"] = _resolved(value["items"], definitions)[0]
    return value, len(some) < len(choices)


def _range(low: int | None, high: int | None, noun: str) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        words = f"at least {low}"
        noun = noun.removesuffix("s") if low == 1 else noun
    else:
        words = f"at most {high}" if low is None else f"{low} to {high}"
    return f"{words} {noun}".rstrip()
