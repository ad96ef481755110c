"""JSON Schema of a model: whole for the documents, compact for agents, and both true of the data."""

import json
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from contract.identifiers import Isrc
from contract.musicengine.tools import TOOLS
from contract.schema import compact_schema, document_schema
from contract.systems import OPERATIONS


class Colour(StrEnum):
    """Colours of the rainbow."""

    RED = "red"


class Row(TypedDict):
    """A row."""

    title: Annotated[str, Field(description="What it is called.")]
    colour: Colour | None


class Model(BaseModel):
    """A model with what schemas are made of."""

    model_config = ConfigDict(extra="forbid")

    isrc: Isrc
    maybe: Annotated[int | None, Field(ge=1, description="Perhaps.")] = None
    either: int | str = 1
    choice: Literal["a", "b"] | None = None
    rows: list[Row] = []
    by_name: dict[str, Row] = {}
    anything: dict[str, object] = {}
    title: str = "its name is title"
    pattern: str = "its name is pattern"


VALUE = {
    "isrc": "USXXX1234567",
    "maybe": None,
    "either": "x",
    "choice": None,
    "rows": [{"title": "T", "colour": None}, {"title": "U", "colour": "red"}],
    "by_name": {"x": {"title": "T", "colour": "red"}},
    "anything": {"y": [1]},
    "title": "t",
    "pattern": "p",
}


def generated_titles(schema):
    """Titles that say of a schema what it is called, anywhere in it; a field of that name is none."""
    if isinstance(schema, list):
        return [title for each in schema for title in generated_titles(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema["title"]] if isinstance(schema.get("title"), str) else []
    return own + [title for each in schema.values() for title in generated_titles(each)]


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_neither_form_has_generated_titles(mode):
    assert generated_titles(document_schema(Model, mode=mode)) == []
    assert generated_titles(compact_schema(Model, mode=mode)) == []
    assert {"title", "pattern"} <= set(compact_schema(Model, mode=mode)["properties"])


def test_the_whole_schema_keeps_definitions_patterns_and_descriptions():
    schema = document_schema(Model)
    assert set(schema["$defs"]) == {"Row", "Colour"}
    assert "pattern" in schema["properties"]["isrc"]
    assert schema["description"] == "A model with what schemas are made of."


def test_references_lead_to_where_the_document_keeps_definitions():
    schema = document_schema(Model, ref_template="#/components/schemas/{model}")
    assert "#/components/schemas/Row" in json.dumps(schema)
    assert "#/$defs" not in json.dumps(schema)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_compact_schema_stands_alone(mode):
    schema = compact_schema(Model, mode=mode)
    Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)
    assert "$defs" not in schema
    assert "description" not in schema
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


def test_the_compact_schema_keeps_what_a_reader_needs():
    members = compact_schema(Model, mode="validation")["properties"]
    assert members["isrc"] == {"type": "string"}
    assert members["maybe"] == {"type": "integer", "minimum": 1, "description": "Perhaps."}
    assert members["choice"] == {"enum": ["a", "b"], "type": "string"}
    assert members["either"]["anyOf"] == [{"type": "integer"}, {"type": "string"}]
    assert members["rows"]["items"]["properties"]["title"] == {"type": "string", "description": "What it is called."}
    assert members["by_name"]["additionalProperties"]["properties"]["title"]["type"] == "string"
    assert members["anything"] == {"additionalProperties": True, "default": {}, "type": "object"}


@pytest.mark.parametrize("schema", [document_schema(Model), compact_schema(Model, mode="serialization")])
def test_a_written_value_is_as_both_forms_say(schema):
    written = Model.model_validate(VALUE).model_dump(mode="json")
    assert written == VALUE
    validator = Draft202012Validator(schema)
    validator.validate(written)
    for wrong in (
        {"maybe": "x"},
        {"choice": "c"},
        {"rows": [{"title": "T"}]},
        {"by_name": {"x": {"title": 7, "colour": None}}},
        {"surprise": 1},
    ):
        assert not validator.is_valid({**written, **wrong})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operations_schemas_are_true_of_its_example(operation):
    Draft202012Validator(document_schema(operation.request, mode="validation")).validate(operation.example.request)
    Draft202012Validator(document_schema(operation.response)).validate(operation.example.response)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tools_schemas_hold_nothing_that_points_elsewhere(tool):
    for model, mode in ((tool.arguments, "validation"), (tool.result, "serialization")):
        assert "$ref" not in json.dumps(compact_schema(model, mode=mode))
