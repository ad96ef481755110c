"""JSON Schema of a model: complete for the documents, compact for agents."""

from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

__all__ = ["compact_schema", "document_schema"]

Schema = dict[str, Any]

_LEFT_OUT = frozenset({"$ref", "title", "pattern", "examples"})


class _Untitled(GenerateJsonSchema):
    """Pydantic derives a title from each name; it repeats the name and says nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  (pydantic's hook)
        return False


def document_schema(
    model: type[BaseModel], *, mode: JsonSchemaMode = "serialization", ref_template: str = "#/$defs/{model}"
) -> Schema:
    """The whole schema of a model, without generated titles; it is the caller's own."""
    return deepcopy(_generated(model, mode, ref_template))


@cache
def _generated(model: type[BaseModel], mode: JsonSchemaMode, ref_template: str) -> Schema:
    """Kept, since several documents show the same model, and making its schema takes ten times as long as a copy."""
    schema = model.model_json_schema(schema_generator=_Untitled, mode=mode, ref_template=ref_template)
    for definition in (schema, *schema.get("$defs", {}).values()):
        definition.pop("title", None)
    return schema


def compact_schema(model: type[BaseModel], *, mode: JsonSchemaMode) -> Schema:
    """The schema as an agent reads it: no references, no titles, no patterns, and arguments without "or null".

    Every member that is left out is still enforced when a value arrives; leaving it out saves tokens in
    each conversation, and keeps a host from refusing the near misses that we accept.
    """
    schema = document_schema(model, mode=mode)
    compact = _compact(schema, schema.pop("$defs", {}), nulls=mode == "serialization")
    compact.pop("description", None)
    return {"type": "object", "properties": compact.pop("properties", {}), **compact}


def _compact(schema: Schema, definitions: Schema, *, nulls: bool) -> Schema:
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[1]]
        schema = {**target, "description": None, **schema}
    kept = {key: value for key, value in schema.items() if key not in _LEFT_OUT and value is not None}
    if "anyOf" in kept:
        choices: list[Schema] = kept["anyOf"]
        some = [
            _compact(choice, definitions, nulls=nulls) for choice in choices if nulls or choice.get("type") != "null"
        ]
        # An argument that may be null may be left out as well, and that is the shorter way to say it.
        kept = _merged(some[0], kept) if len(some) == 1 else _merged({"anyOf": some}, kept)
    if "properties" in kept:
        members: dict[str, Schema] = kept["properties"]
        kept["properties"] = {name: _compact(member, definitions, nulls=nulls) for name, member in members.items()}
    for keyword in ("items", "additionalProperties"):
        if isinstance(kept.get(keyword), dict):
            kept[keyword] = _compact(kept[keyword], definitions, nulls=nulls)
    return kept


def _merged(only_choice: Schema, schema: Schema) -> Schema:
    return {**only_choice, **{key: value for key, value in schema.items() if key != "anyOf"}}
