"""The OpenAPI document is valid, complete, and true to its own schemas."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from contract.errors import ErrorBody, RateLimited
from contract.hub.about import HUB
from contract.hub.playlists import UPDATE_PLAYLIST
from contract.musicengine.about import MUSICENGINE
from contract.musicengine.analytics import GET_STREAMS
from contract.musicengine.catalogue import GET_OVERVIEW, LIST_TRACKS
from contract.operation import Effect, Operation, Trust
from contract.publish.openapi import openapi_document, openapi_operation, openapi_text
from contract.systems import OPERATIONS, SYSTEMS, system_of

DOCUMENT = openapi_document(SYSTEMS)
PUBLISHED = [operation for operation in OPERATIONS if operation.route]
each_operation = pytest.mark.parametrize("operation", PUBLISHED, ids=lambda operation: operation.name)
each_of_musicengine = pytest.mark.parametrize(
    "operation", [operation for operation in MUSICENGINE.operations if operation.route], ids=lambda found: found.name
)
each_of_the_hub = pytest.mark.parametrize("operation", HUB.operations, ids=lambda operation: operation.name)


NAMED_BY_THE_REFERENCE = {
    "GET /api/library/stats",
    "GET /api/library/filters",
    "GET /api/tracks",
    "GET /api/track/{id}",
    "GET /api/albums",
    "GET /api/album/{id}",
    "GET /api/artists",
    "GET /api/artist/{id}",
    "GET /api/search",
    "GET /api/playlists",
    "GET /api/playlists/{id}",
    "GET /api/playback/session",
    "GET /api/search/history",
    "GET /api/saved",
    "GET /api/browse",
    "PUT /api/playback/session",
    "POST /api/playback/history/back",
    "POST /api/playlists",
    "POST /api/playlists/{id}/tracks",
    "PUT /api/tracks/{id}/metadata/overrides",
    "POST /api/tracks/{id}/enrichment/apply",
    "GET /api/ping",
    "GET /api/info",
    "POST /api/auth/pair",
    "POST /api/auth/refresh",
    "POST /api/media/session",
    "GET /api/share/playlist/{id}/bootstrap",
    "GET /api/share/artist/{id}/bootstrap",
    "GET /api/share/album/{id}/bootstrap",
    "GET /api/share/track/{id}/bootstrap",
    "POST /api/share/session/heartbeat",
    "GET /api/scan/progress",
    "GET /api/library/events",
    "GET /api/auth/status",
    "POST /api/auth/arm",
    "GET /api/connect/qr",
    "GET /api/tunnel/qr",
    "POST /api/database/rebuild",
}


def test_a_validator_accepts_the_document() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []
    assert DOCUMENT["openapi"] == "3.1.0"


@each_operation
def test_a_document_of_one_operation_is_valid_and_has_only_what_it_uses(operation: Operation[Any, Any]) -> None:
    document = openapi_operation(operation, system_of(operation))
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert list(document["paths"]) == [operation.path]
    whole = dict(_documented(operation))
    assert whole.pop("servers", document["servers"]) == document["servers"]
    assert document["paths"][operation.path] == {operation.method.lower(): whole}
    assert _components(document) == _used(document)


def test_an_operation_without_a_route_has_no_document() -> None:
    [agents_only, *_] = [operation for operation in OPERATIONS if operation.route is None]
    with pytest.raises(ValueError, match="no published route"):
        openapi_operation(agents_only, MUSICENGINE)


def test_operations_that_only_agents_reach_are_not_in_the_document() -> None:
    found = [item["operationId"] for path in DOCUMENT["paths"].values() for item in path.values()]
    ours = ["list_tracks", "get_track", "get_streams", "import_browser_profile", "get_overview"]
    assert found[:5] == ours
    assert sorted(found[5:]) == sorted(operation.name for operation in HUB.operations)


def test_every_example_of_a_body_follows_its_schema() -> None:
    bodies = list(_bodies(DOCUMENT))
    assert len(bodies) > 22 + 3 * len(HUB.operations)
    for body in bodies:
        for example in body["examples"].values():
            _validator(body["schema"]).validate(example["value"])


def test_every_example_of_a_parameter_and_of_a_header_follows_its_schema() -> None:
    items = [item for operation in _operations() for item in operation.get("parameters", ())]
    items += DOCUMENT["components"]["headers"].values()
    assert len(items) > 12
    for item in items:
        if "example" in item:
            _validator(item["schema"]).validate(item["example"])
        else:
            assert not item["required"]


def test_every_schema_is_a_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_no_component_is_unused_and_none_is_missing() -> None:
    assert _components(DOCUMENT) == _used(DOCUMENT)


@each_operation
def test_every_declared_error_has_its_status_and_an_example_with_its_code(operation: Operation[Any, Any]) -> None:
    responses = _documented(operation)["responses"]
    documented = {
        (int(status), code)
        for status, response in responses.items()
        if int(status) >= 400
        for code in _resolved(response)["content"]["application/json"]["examples"]
    }
    assert documented == {(error.status, error.code) for error in operation.all_errors}
    for response in responses.values():
        body = _resolved(response).get("content", {}).get("application/json", {})
        for code, example in body.get("examples", {}).items():
            assert code == "example" or example["value"]["error"]["code"] == code


@each_operation
def test_what_a_success_comes_as_is_said_and_what_is_no_json_has_no_schema_of_members(
    operation: Operation[Any, Any],
) -> None:
    content = _documented(operation)["responses"][str(operation.status)]["content"]
    assert tuple(content) == operation.media_types
    for media_type, body in content.items():
        assert ("$ref" in body.get("schema", {})) == (media_type == "application/json")
    for status in operation.other_statuses:
        assert str(status) in _documented(operation)["responses"]


@each_of_musicengine
def test_every_response_carries_the_rate_limit_headers_and_a_request_id(operation: Operation[Any, Any]) -> None:
    for response in _documented(operation)["responses"].values():
        assert list(_resolved(response)["headers"]) == [
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "Retry-After",
            "X-Request-Id",
        ]


def test_a_refused_request_is_shown_with_the_field_of_its_own_operation() -> None:
    bodies = {
        operation["operationId"]: operation["responses"]["400"]["content"]["application/json"]["examples"]
        for operation in _operations()
    }
    shown = {
        operation.name: bodies[operation.name]["invalid_request"]["value"]["error"]["field"]
        for operation in MUSICENGINE.operations
        if operation.route
    }
    assert shown == {
        "list_tracks": "limit",
        "get_track": "isrc",
        "get_streams": "isrc",
        "import_browser_profile": "name",
        "get_overview": "date",
    }


def test_a_refused_request_without_a_field_to_blame_shows_the_general_body() -> None:
    class Anything(BaseModel):
        text: str = ""

    lenient = replace(LIST_TRACKS, request=Anything)
    [operation] = openapi_operation(lenient, MUSICENGINE)["paths"]["/api/v1/tracks"].values()
    [example] = operation["responses"]["400"]["content"]["application/json"]["examples"].values()
    assert example["value"]["error"] == {
        "code": "invalid_request",
        "message": "The request is not as the contract says.",
    }


def test_two_models_of_one_name_are_refused() -> None:
    class TrackPage(BaseModel):
        other: int

    with pytest.raises(ValueError, match="two schemas are called TrackPage"):
        openapi_document((replace(MUSICENGINE, operations=(LIST_TRACKS, replace(GET_OVERVIEW, response=TrackPage))),))


def test_a_path_parameter_stays_out_of_the_body() -> None:
    moved = replace(GET_STREAMS, route="POST /api/v1/tracks/{isrc}/windows", effect=Effect.CREATE)
    document = openapi_operation(moved, MUSICENGINE)
    [operation] = document["paths"]["/api/v1/tracks/{isrc}/windows"].values()
    assert [parameter["name"] for parameter in operation["parameters"]] == ["isrc", "Idempotency-Key"]
    assert operation["requestBody"]["content"]["application/json"]["examples"]["example"]["value"] == {"days": 7}
    assert list(document["components"]["schemas"]["GetStreams"]["properties"]) == ["days"]
    assert "required" not in document["components"]["schemas"]["GetStreams"]
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_text_names_its_generator_in_the_first_line_and_says_the_same() -> None:
    text = openapi_text(DOCUMENT)
    assert text.splitlines()[0] == '{ "x-generated-by": "musicengine-mcp docs --write",'
    assert json.loads(text) == DOCUMENT
    assert text == openapi_text(openapi_document(SYSTEMS))


def test_models_of_one_name_in_two_systems_are_told_apart() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert "spotify_track_url" in schemas["TrackSummary"]["properties"]
    assert "durationMs" in schemas["HubTrackSummary"]["properties"]


@each_of_the_hub
def test_the_hubs_operations_name_its_own_servers_and_need_no_token_on_its_own_machine(
    operation: Operation[Any, Any],
) -> None:
    documented = _documented(operation)
    assert [server["url"] for server in documented["servers"]] == ["http://localhost:38472", "http://localhost:38473"]
    with_token = operation.trust in {Trust.PAIRED, Trust.MEDIA}
    assert documented["security"] == ([{}, {"hubToken": []}] if with_token else [{}])
    assert documented["x-trust"] == operation.trust
    assert DOCUMENT["components"]["securitySchemes"]["hubToken"]["scheme"] == "bearer"


@each_of_the_hub
def test_nothing_of_the_hub_is_counted_and_so_nothing_speaks_of_limits(operation: Operation[Any, Any]) -> None:
    documented = _documented(operation)
    assert "x-rate-limit" not in documented
    for status, response in documented["responses"].items():
        assert "headers" not in _resolved(response)
        assert status != "429" or RateLimited in operation.errors


@each_operation
def test_what_the_reference_does_not_name_is_marked_and_said_to_be_ours(operation: Operation[Any, Any]) -> None:
    documented = _documented(operation)
    assert documented.get("x-in-reference", True) is operation.in_reference
    assert ("An addition of this project" in documented["description"]) is not operation.in_reference


def test_what_is_not_marked_is_what_the_hubs_reference_names() -> None:
    assert {f"{o.method} {o.path}" for o in HUB.operations if o.in_reference} == NAMED_BY_THE_REFERENCE


@each_of_the_hub
def test_a_failure_of_the_hub_is_not_put_down_to_musicengine(operation: Operation[Any, Any]) -> None:
    assert "MusicEngine" not in json.dumps(_documented(operation))
    for response in _documented(operation)["responses"].values():
        described = _resolved(response)["description"]
        assert "MusicEngine" not in described
        assert "workspace" not in described


def test_a_stale_revision_is_answered_with_the_present_state_beside_the_error() -> None:
    conflict = _resolved(_documented(UPDATE_PLAYLIST)["responses"]["409"])["content"]["application/json"]
    assert conflict["schema"] == {"$ref": "#/components/schemas/ConflictBody"}
    assert conflict["examples"]["stale_revision"]["value"].keys() == {"error", "current"}
    assert conflict["examples"]["conflict"]["value"].keys() == {"error"}
    body = DOCUMENT["components"]["schemas"]["ConflictBody"]
    assert body["required"] == ["error"]
    assert "present state" in body["properties"]["current"]["description"]
    assert set(body["properties"]) - set(ErrorBody.model_fields) == {"current"}


def test_each_tag_is_described_and_each_operation_has_one() -> None:
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert {tag for operation in _operations() for tag in operation["tags"]} == set(tags)
    assert len(tags) == len(DOCUMENT["tags"])
    assert tags["playlists"].startswith("Hub playlists: ")


def _documented(operation: Operation[Any, Any]) -> dict[str, Any]:
    return DOCUMENT["paths"][operation.path][operation.method.lower()]


def _operations() -> Iterator[dict[str, Any]]:
    for path in DOCUMENT["paths"].values():
        yield from path.values()


def _bodies(value: Any) -> Iterator[dict[str, Any]]:
    """Every media type of the document: what has both a schema and examples."""
    match value:
        case {"schema": _, "examples": _}:
            yield value
        case dict():
            for item in value.values():
                yield from _bodies(item)
        case list():
            for item in value:
                yield from _bodies(item)


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _resolved(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in response:
        return response
    return DOCUMENT["components"]["responses"][response["$ref"].removeprefix("#/components/responses/")]


def _components(document: dict[str, Any]) -> set[str]:
    return {
        f"#/components/{kind}/{name}"
        for kind, components in document["components"].items()
        if kind != "securitySchemes"
        for name in components
    }


def _used(document: dict[str, Any]) -> set[str]:
    return set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)))
