"""Requests to a service follow from the contract alone: no operation is named in the client."""

import ast
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from pydantic import BaseModel, ConfigDict

import backends.remote
from backends.remote.client import RemoteBackend, build_request
from contract.errors import InvalidRequest, NotPublished
from contract.musicengine import OPERATIONS
from contract.musicengine.catalogue import LIST_TRACKS
from contract.operation import Access, Area, Effect, Example, Operation, Surface
from contract.validation import validate
from tests.remote.conftest import KEY

SOURCES = sorted(Path(backends.remote.__file__).parent.glob("*.py"))
PUBLISHED = [operation for operation in OPERATIONS if Surface.REST in operation.surfaces]

by_name = {"ids": lambda operation: operation.name}


class Anything(BaseModel):
    """A request whose every field is awkward to send."""

    model_config = ConfigDict(extra="forbid")

    name: str
    other: str | None = None
    count: int = 1
    flag: bool = True


def awkward(route, effect=Effect.READ):
    return Operation(
        name="awkward",
        route=route,
        area=Area.CATALOGUE,
        summary="",
        description="",
        request=Anything,
        response=Anything,
        response_description="",
        effect=effect,
        access=Access.API_KEY,
        example=Example({}, {}),
    )


@pytest.mark.parametrize("operation", PUBLISHED, **by_name)
async def test_every_operations_example_makes_the_round_trip(service, remote, operation):
    service.answer(operation.example.response, operation.status)
    answer = await remote.call(operation, validate(operation.request, operation.example.request))
    assert answer.model_dump(mode="json") == operation.example.response

    [asked] = service.asked
    target = urlsplit(asked.target)
    assert asked.method == operation.method
    assert target.path == operation.path.format(**operation.example.request)
    assert dict(parse_qsl(target.query)) == {
        name: str(operation.example.request[name])
        for name in operation.query_parameters
        if name in operation.example.request
    }
    expected = {name: operation.example.request[name] for name in operation.body_fields}
    assert (json.loads(asked.body) if asked.body else {}) == expected
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["accept"] == "application/json"


async def test_an_operation_without_a_route_that_nothing_composes_is_not_published(service, remote):
    unheard_of = replace(LIST_TRACKS, name="unheard_of", route=None, surfaces=frozenset({Surface.MCP}))
    with pytest.raises(NotPublished):
        await remote.call(unheard_of, LIST_TRACKS.request())
    assert service.asked == []


@pytest.mark.parametrize(
    "name", ["../admin", "a/b", "a?b=c", "a#b", "a b", "%2e%2e", "ü", "a\r\nX: y", "{other}", "..."]
)
async def test_a_path_parameter_can_lead_nowhere_else(service, remote, name):
    service.answer({"name": "n"})
    await remote.call(awkward("GET /things/{name}/end"), Anything(name=name))
    [asked] = service.asked
    target = urlsplit(asked.target)
    assert target.path.startswith("/things/")
    assert target.path.endswith("/end")
    assert target.path.count("/") == 3
    assert unquote(target.path.split("/")[2]) == name
    assert "x" not in asked.headers


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_path_parameter_that_leads_up_is_refused(service, remote, name):
    with pytest.raises(InvalidRequest) as caught:
        await remote.call(awkward("GET /things/{name}/end"), Anything(name=name))
    assert caught.value.field == "name"
    assert service.asked == []


async def test_what_is_not_given_is_not_sent(service, remote):
    service.answer({"name": "n"})
    await remote.call(awkward("GET /things"), Anything(name="a&b=c+d", other=None))
    query = dict(parse_qsl(urlsplit(service.asked[0].target).query, keep_blank_values=True))
    assert query["name"] == "a&b=c+d"
    assert "other" not in query


async def test_a_write_sends_json_and_no_query(service, remote):
    service.answer({"name": "n"})
    await remote.call(awkward("POST /things/{name}", Effect.CREATE), Anything(name="n", other="ü"))
    [asked] = service.asked
    assert asked.target == "/things/n"
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {"other": "ü", "count": 1, "flag": True}


async def test_a_base_address_with_a_path_is_kept():
    async with httpx.AsyncClient(base_url="https://example.com/below/") as client:
        request = build_request(client, LIST_TRACKS, validate(LIST_TRACKS.request, {"limit": 1}))
    assert str(request.url).startswith("https://example.com/below/api/v1/tracks?")


async def test_a_key_from_a_file_may_end_with_a_line_break(service):
    service.answer(LIST_TRACKS.example.response)
    backend = RemoteBackend(service.base_url, f" {KEY}\n")
    await backend.call(LIST_TRACKS, LIST_TRACKS.request())
    await backend.aclose()
    await backend.aclose()
    assert service.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", ["", "  \n", "CANARY\nkey", "CANARY\x00", "CANARYé"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key):
    with pytest.raises(InvalidRequest) as caught:
        RemoteBackend("http://127.0.0.1:1", key)
    assert caught.value.field == "api_key"
    assert "CANARY" not in repr(vars(caught.value)) + caught.value.sentence


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_operation_and_no_route_is_named_in_the_client(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in modules if module and module.startswith("contract.musicengine")}
    for operation in OPERATIONS:
        for spelling in (operation.name, operation.name.upper()):
            assert spelling not in names | imported
            assert spelling not in source
        models = {operation.request.__name__, operation.response.__name__}
        assert not models & (names | imported)
        if operation.route:
            assert operation.path.split("{")[0] not in source
    assert "/api" not in source


def test_there_is_a_client_to_look_at():
    assert any("AsyncClient" in path.read_text(encoding="utf-8") for path in SOURCES)
