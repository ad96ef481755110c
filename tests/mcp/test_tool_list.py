"""What `tools/list` shows: what contract/published/tools.json holds, so that a change of it is seen in review."""

import json

import pytest
from jsonschema import Draft202012Validator

from contract.hub.operations import OPERATIONS as HUB_OPERATIONS
from contract.hub.tools import TOOLS as HUB_TOOLS
from contract.musicengine import OPERATIONS as CATALOGUE_OPERATIONS
from contract.musicengine.tools import TOOLS as CATALOGUE_TOOLS
from contract.operation import Effect, Surface
from contract.publish.tools import describe_tool

REACHED_BY_MANY_VERBS = {"put_playback_session"}
"""A player's own: agents change the session by verbs, of which none can undo what another has just done."""

TOOLS = (*CATALOGUE_TOOLS, *HUB_TOOLS)
OPERATIONS = (*CATALOGUE_OPERATIONS, *HUB_OPERATIONS)

each_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


def described(tool):
    return describe_tool(tool)


def parts(schema):
    """Every schema inside of a schema, itself included."""
    yield schema
    for member in schema.get("properties", {}).values():
        yield from parts(member)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from parts(schema[keyword])
    for choice in schema.get("anyOf", []):
        yield from parts(choice)


async def test_every_client_sees_the_same_tools_in_the_same_order(connect):
    async with connect() as client:
        first = (await client.list_tools(cache_mode="bypass")).tools
        second = (await client.list_tools(cache_mode="bypass")).tools
    seen = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in first]
    assert seen == [described(tool) for tool in TOOLS]
    assert first == second


async def test_the_list_may_be_kept_for_an_hour(open_client):
    async with open_client() as client:
        listed = await client.list_tools(cache_mode="bypass")
    assert (listed.ttl_ms, listed.cache_scope) == (3_600_000, "public")


def test_every_operation_that_agents_may_reach_has_a_tool():
    reached = {operation.name for tool in TOOLS for operation in tool.operations} | REACHED_BY_MANY_VERBS
    assert reached == {operation.name for operation in OPERATIONS if Surface.MCP in operation.surfaces}


@each_tool
def test_a_tool_is_named_in_its_namespace_and_has_a_title_and_a_description(tool):
    shown = described(tool)
    assert shown["name"].startswith("hub_" if tool.needs_library else "catalogue_")
    assert shown["title"]
    assert shown["description"].endswith(".")


@each_tool
def test_a_tool_says_all_four_hints_outright(tool):
    effects = {operation.effect for operation in tool.operations}
    assert described(tool)["annotations"] == {
        "readOnlyHint": effects == {Effect.READ},
        "destructiveHint": Effect.DELETE in effects,
        "idempotentHint": Effect.CREATE not in effects,
        "openWorldHint": False,
    }


@each_tool
def test_arguments_are_flat_and_no_others_are_taken(tool):
    schema = described(tool)["inputSchema"]
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert not {"anyOf", "oneOf", "allOf", "$ref", "$defs"} & set(schema)
    for name, argument in schema["properties"].items():
        if argument["type"] == "array":
            assert argument["items"]["type"] == "string"
        elif (tool.name, name) != ("hub_fix_metadata", "set"):  # a field and its value each
            assert argument["type"] in {"string", "integer", "number", "boolean"}


@each_tool
def test_schemas_are_valid_whole_and_without_generated_titles(tool):
    shown = described(tool)
    for schema in (shown["inputSchema"], shown["outputSchema"]):
        Draft202012Validator.check_schema(schema)
        assert "$ref" not in json.dumps(schema)
        assert "$defs" not in schema
        assert not [part for part in parts(schema) if isinstance(part.get("title"), str)]
    assert not {"anyOf", "oneOf", "allOf"} & set(shown["outputSchema"])


@each_tool
def test_an_output_schema_describes_every_member_of_a_result(tool):
    for part in parts(described(tool)["outputSchema"]):
        assert {"type", "anyOf"} & set(part) or part == {}


@each_tool
def test_the_example_is_as_the_input_schema_says(tool):
    Draft202012Validator(described(tool)["inputSchema"]).validate(dict(tool.example))
