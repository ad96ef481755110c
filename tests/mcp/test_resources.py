"""Resources: the published documents, one operation's documentation, and a track by ISRC."""

import json

import pytest
from mcp import MCPError

from contract.publish.files import documents
from contract.systems import OPERATIONS, SYSTEMS
from server.mcp import resources
from tests.mcp.conftest import in_process

DOCUMENTS = {
    "musicengine://openapi.json": ("application/json", "openapi.json"),
    "musicengine://docs/api.md": ("text/markdown", "api.md"),
    "musicengine://llms.txt": ("text/markdown", "llms.txt"),
}
LIST_THEM = "List the resources and templates"
NOT_THERE = {
    "musicengine://nothing": LIST_THEM,
    "musicengine://openapi.json/": LIST_THEM,
    "musicengine://openapi.json?x=1": LIST_THEM,
    "musicengine://docs/../openapi.json": LIST_THEM,
    "musicengine://operations/get_nothing": "Operations: list_tracks, get_track",
    "musicengine://operations/": LIST_THEM,
    "musicengine://tracks/": LIST_THEM,
    "musicengine://tracks/USXXX1234567/more": LIST_THEM,
    "musicengine://tracks/not-an-isrc": "such as USXXX1234567",
    "musicengine://tracks/QZZZZ9999999": "track_not_found",
    "musicengine://tracks/%ff%fe": "such as USXXX1234567",
    "file:///etc/passwd": LIST_THEM,
    "": LIST_THEM,
}
HOUR = 3_600_000
MINUTE = 60_000


async def read(client, uri):
    answer = await client.read_resource(uri, cache_mode="bypass")
    [contents] = answer.contents
    assert str(contents.uri) == uri
    return answer, contents


async def test_every_listed_document_is_read_with_the_type_and_the_size_that_were_listed(label, connect, era):
    async with connect() as client:
        listed = await client.list_resources(cache_mode="bypass")
        again = await client.list_resources(cache_mode="bypass")
        assert listed.resources == again.resources
        documents = [each for each in listed.resources if str(each.uri).startswith("musicengine:")]
        assert {str(each.uri): (each.mime_type, each.name) for each in documents} == DOCUMENTS
        for each in documents:
            answer, contents = await read(client, str(each.uri))
            assert contents.mime_type == each.mime_type
            assert len(contents.text.encode()) == each.size
            assert each.title
            assert each.description
            if era != "legacy":
                assert (answer.ttl_ms, answer.cache_scope) == (HOUR, "public")
    if era != "legacy":
        assert (listed.ttl_ms, listed.cache_scope) == (MINUTE, "private"), "the hub's playlists are listed, too"


async def test_the_documents_are_those_that_are_published(open_client):
    published = {document.path.rpartition("/")[2]: document.text for document in documents(SYSTEMS)}
    async with open_client() as client:
        for uri, (mime_type, name) in DOCUMENTS.items():
            _, contents = await read(client, uri)
            if mime_type == "application/json":
                served, written = json.loads(contents.text), json.loads(published[name])
                assert written.pop("x-generated-by")
                assert served.pop("x-generated-by", None) in {None, "musicengine-mcp docs --write"}
                assert served == written
            else:
                assert contents.text == published[name]


@in_process
async def test_the_templates_name_every_operation_and_the_track(label, connect, era):
    async with connect() as client:
        listed = await client.list_resource_templates(cache_mode="bypass")
    assert {each.uri_template: each.mime_type for each in listed.resource_templates} == {
        "musicengine://operations/{name}": "text/markdown",
        "musicengine://tracks/{isrc}": "application/json",
        "hub://playlists/{id}": "application/json",
        "hub://tracks/{id}": "application/json",
    }
    assert all(operation.name in listed.resource_templates[0].description for operation in OPERATIONS)
    if era != "legacy":
        assert (listed.ttl_ms, listed.cache_scope) == (HOUR, "public")


@in_process
async def test_each_operations_documentation_can_be_read_by_its_name(label, connect, era):
    async with connect() as client:
        for operation in OPERATIONS:
            answer, contents = await read(client, f"musicengine://operations/{operation.name}")
            assert contents.mime_type == "text/markdown"
            assert operation.summary in contents.text
            if era != "legacy":
                assert (answer.ttl_ms, answer.cache_scope) == (HOUR, "public")


async def test_a_track_is_read_as_json_and_kept_for_a_minute_by_its_reader_alone(label, connect, era):
    async with connect() as client:
        answer, contents = await read(client, "musicengine://tracks/DEABC2500001")
    assert contents.mime_type == "application/json"
    assert json.loads(contents.text)["title"] == "Aufwärts"
    if era != "legacy":
        assert (answer.ttl_ms, answer.cache_scope) == (MINUTE, "private")


@pytest.mark.parametrize("isrc", ["deabc2500001", "DE-ABC-25-00001", "DE%2DABC%2D25%2D00001", "DE%20ABC%2025%2000001"])
async def test_a_tracks_isrc_may_be_written_in_any_way(label, open_client, isrc):
    async with open_client() as client:
        _, contents = await read(client, f"musicengine://tracks/{isrc}")
    assert json.loads(contents.text)["isrc"] == "DEABC2500001"


async def test_a_resource_that_is_not_there_is_the_protocols_error_with_the_next_step(label, connect):
    async with connect() as client:
        for uri, says in NOT_THERE.items():
            with pytest.raises(MCPError) as caught:
                await client.read_resource(uri)
            assert caught.value.error.code == -32602, uri
            assert says in caught.value.error.message, uri


class Failing:
    """A backend with a bug."""

    async def call(self, operation, request):
        raise ZeroDivisionError("CANARY")

    async def aclose(self):
        """Nothing to close."""


async def test_a_bug_behind_a_resource_is_an_internal_error_that_shows_nothing(caplog):
    with pytest.raises(MCPError) as caught:
        await resources.read_resource(Failing(), "musicengine://tracks/USXXX1234567")
    assert caught.value.error.code == -32603
    assert "CANARY" not in caught.value.error.message
    assert "CANARY" in caplog.text
