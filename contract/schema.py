"""JSON Schema of a model: complete for the documents, compact for agents."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

__all__ = ["compact_schema", "document_schema"]

Schema = dict[str, Any]


class _Untitled(GenerateJsonSchema):
    """Pydantic derives a title from each name; it repeats the name and says nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  (pydantic's hook)
        return False


def document_schema(
    model: type[BaseModel], *, mode: JsonSchemaMode = "serialization", ref_template: str = "#/$defs/{model}"
) -> Schema:
    """The whole schema of a model, without generated titles."""
    schema = model.model_json_schema(schema_generator=_Untitled, mode=mode, ref_template=ref_template)
    for definition in (schema, *schema.get("$defs", {}).values()):
        definition.pop("title", None)
    return schema


def compact_schema(model: type[BaseModel], *, mode: JsonSchemaMode) -> Schema:
    """The schema as an agent reads it: no references, no titles, no patterns, "or null" in the shortest form.

    Every member that is left out is still enforced when a value arrives; leaving it out saves tokens in
    each conversation, and keeps a host from refusing the near misses that we accept.
    """
    schema = document_schema(model, mode=mode)
    definitions = schema.pop("$defs", {})
    compact = _compact(schema, definitions, keep_null=mode == "serialization")
    compact.pop("description", None)
    return {"type": "object", "properties": compact.pop("properties", {}), **compact}


def _compact(schema: Schema, definitions: Schema, *, keep_null: bool) -> Schema:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        target = {key: value for key, value in definitions[name].items() if key != "description"}
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    schema = {key: value for key, value in schema.items() if key not in {"title", "pattern", "examples"}}
    if "anyOf" in schema:
        schema = _without_any_of(schema, definitions, keep_null=keep_null)
    if schema.get("default", ...) is None:
        del schema["default"]
    if "properties" in schema:
        properties: dict[str, Schema] = schema["properties"]
        schema["properties"] = {
            name: _compact(member, definitions, keep_null=keep_null) for name, member in properties.items()
        }
    if "items" in schema:
        schema["items"] = _compact(schema["items"], definitions, keep_null=keep_null)
    return schema


def _without_any_of(schema: Schema, definitions: Schema, *, keep_null: bool) -> Schema:
    """Write `X or null` as X with a null type (answers), or as X alone (arguments, which may be left out)."""
    choices: list[Schema] = [_compact(choice, definitions, keep_null=keep_null) for choice in schema["anyOf"]]
    some = [choice for choice in choices if choice.get("type") != "null"]
    if len(some) != 1:
        return {**schema, "anyOf": choices}
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    merged = {**some[0], **rest}
    if keep_null and "type" in merged:
        merged["type"] = [merged["type"], "null"]
    return merged
