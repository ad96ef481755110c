"""MCP over HTTP: what stdio serves, for the key's workspace, one request at a time, in both eras."""

import json
import socket
import threading
from contextlib import aclosing, suppress
from dataclasses import replace

import anyio
import httpx
import mcp_types as types
import pytest
from mcp import Client
from mcp.server.lowlevel import Server
from starlette.applications import Starlette
from starlette.routing import Route

from backends.local.database import Database
from backends.local.keys import Principal
from backends.local.musicengine import LocalMusicEngine
from backends.local.workspaces import create_workspace
from server.http.binding import allowed_of
from server.http.mcp import McpEndpoint, caller_of, security_of
from server.http.mcp_transport import StatelessTransport
from server.http.serving import bind
from server.mcp.server import build_server, build_shared_server
from tests.http.mcp_client import ERAS, HEADERS, client_of, era_headers, request, send
from tests.label import LABEL, store
from tests.serving import new_key, served, serving

CALLS = [
    ("catalogue_list_tracks", {"limit": 50, "detail": "full"}),
    ("catalogue_list_tracks", {"query": "kathe olsen"}),
    ("catalogue_get_track", {"isrc": "us-xxx-12-34567", "detail": "full"}),
    ("catalogue_get_streams", {"isrc": "USXXX1234567", "days": 14, "detail": "full"}),
    ("catalogue_get_overview", {}),
    ("catalogue_what_moved", {"days": 7}),
    ("catalogue_get_track", {"isrc": "QZZZZ9999999"}),
    ("catalogue_list_tracks", {"limit": 5000}),
]


@pytest.fixture(params=ERAS)
def era(request) -> str:
    return request.param


@pytest.fixture
async def label_key(data_dir) -> str:
    """A key of the data folder's default workspace, with the label in it."""
    async with aclosing(Database(data_dir)) as database:
        await store(database)
    return await new_key(data_dir)


@pytest.fixture
def service(label_key, data_dir):
    with served(data_dir, label_key) as running:
        yield running


async def all_of(client) -> dict:
    """Everything that a host can see of a server, as JSON."""
    lists = {
        "tools": await client.list_tools(cache_mode="bypass"),
        "resources": await client.list_resources(cache_mode="bypass"),
        "templates": await client.list_resource_templates(cache_mode="bypass"),
    }
    uris = [str(each.uri) for each in lists["resources"].resources]
    uris += ["musicengine://operations/get_track", "musicengine://tracks/USXXX1234567"]
    read = {uri: await client.read_resource(uri, cache_mode="bypass") for uri in uris}
    calls = [await client.call_tool(tool, arguments) for tool, arguments in CALLS]
    return {
        "instructions": client.instructions,
        "info": client.server_info.model_dump(mode="json"),
        **{name: answer.model_dump(mode="json") for name, answer in (lists | read).items()},
        "calls": [answer.model_dump(mode="json") for answer in calls],
    }


async def test_http_serves_what_a_server_of_the_catalogue_alone_serves(service, data_dir, era):
    mode = "auto" if era == "2026-07-28" else "legacy"
    with anyio.fail_after(30):
        async with (
            aclosing(LocalMusicEngine(data_dir)) as backend,
            Client(build_server(backend), mode=mode) as client,
        ):
            by_stdio = await all_of(client)
    async with client_of(f"{service.url}/mcp", service.key, era) as client:
        assert client.protocol_version == era
        by_http = await all_of(client)
    assert json.dumps(by_http, sort_keys=True) == json.dumps(by_stdio, sort_keys=True)
    assert [call["is_error"] for call in by_http["calls"]] == [False] * 6 + [True] * 2


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_every_handshake_revision_is_spoken_without_a_session(service, revision):
    hello = request(
        "initialize", {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    )
    answer = send(service, hello)
    assert answer.json()["result"]["protocolVersion"] == revision
    assert "mcp-session-id" not in answer.headers
    listed = send(service, request("tools/list"), Mcp_Protocol_Version=revision)
    assert len(listed.json()["result"]["tools"]) == 6


def test_a_caller_that_names_no_revision_is_served(service):
    assert len(send(service, request("tools/list")).json()["result"]["tools"]) == 6


async def test_two_workspaces_that_call_at_once_never_see_each_other(service, data_dir):
    async with aclosing(Database(data_dir)) as database:
        other = await create_workspace(database, "other")
        await store(database, LABEL[:1], workspace_id=other.id)
    keys = {8: service.key, 1: await new_key(data_dir, "other")}
    seen: list[tuple[int, int]] = []

    async def ask(http, tracks, era, progress):
        params = {"name": "catalogue_list_tracks", "arguments": {"limit": 50}, "_meta": progress}
        message = request("tools/call", params, era=era)
        headers = {name.replace("_", "-"): value for name, value in era_headers(message, era).items()}
        headers |= {**HEADERS, "Authorization": f"Bearer {keys[tracks]}"}
        answer = await http.post(f"{service.url}/mcp", json=message, headers=headers)
        text = answer.text.partition("data: ")[2] or answer.text
        seen.append((tracks, json.loads(text)["result"]["structuredContent"]["total"]))

    with anyio.fail_after(60):
        async with httpx.AsyncClient(timeout=60, trust_env=False) as http, anyio.create_task_group() as tasks:
            for turn in range(25):
                for tracks in keys:
                    for era in ERAS:
                        tasks.start_soon(ask, http, tracks, era, {"progressToken": turn} if turn % 2 else {})
    assert len(seen) == 100
    assert [pair for pair in seen if pair[0] != pair[1]] == []


async def test_a_resource_of_another_workspace_is_not_there(service, data_dir):
    async with aclosing(Database(data_dir)) as database:
        await create_workspace(database, "empty")
    stranger = replace(service, key=await new_key(data_dir, "empty"))
    message = request("resources/read", {"uri": "musicengine://tracks/USXXX1234567"})
    assert "Song Name" in send(service, message).text
    assert "track_not_found" in send(stranger, message).json()["error"]["message"]


PRINCIPAL = Principal(key_id=1, workspace_id=1, workspace="default")


def endpoint_alone(backend, server=None):
    """An application with nothing but the endpoint, for one backend, and its socket."""
    listener = bind("127.0.0.1", 0)
    allowed = allowed_of("127.0.0.1", listener.getsockname()[1])

    async def principal_of(_request):
        return PRINCIPAL

    def create():
        security = security_of(allowed)
        transport = StatelessTransport(server or build_shared_server(caller_of), security)
        endpoint = McpEndpoint(principal_of, lambda _principal: backend, transport, security)
        return Starlette(routes=[Route("/mcp", endpoint)], lifespan=lambda _app: endpoint.run())

    return create, listener


class Endless:
    """A backend that never answers, and says when it was called and when it was given up."""

    def __init__(self):
        self.called = threading.Event()
        self.given_up = threading.Event()

    async def call(self, operation, asked, *, idempotency_key=None):
        self.called.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.given_up.set()

    async def aclose(self):
        """Nothing."""


@pytest.mark.parametrize("progress", [{}, {"progressToken": "p"}])
def test_a_caller_that_goes_away_ends_its_call(era, progress):
    backend = Endless()
    create, listener = endpoint_alone(backend)
    with serving(create, listener):
        address = listener.getsockname()
        message = request("tools/call", {"name": "catalogue_list_tracks", "_meta": progress}, era=era)
        headers = {name.replace("_", "-"): value for name, value in era_headers(message, era).items()}
        sent = httpx.Request("POST", f"http://127.0.0.1:{address[1]}/mcp", json=message, headers={**HEADERS, **headers})
        with socket.create_connection(address, timeout=20) as connection:
            head = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
            connection.sendall(f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + sent.content)
            assert backend.called.wait(20)
            assert not backend.given_up.is_set()
        assert backend.given_up.wait(20)


async def count_to_three(ctx, _params):
    """A tool that says how far it is."""
    for done in (1, 2, 3):
        await ctx.session.report_progress(done, 3)
    assert caller_of(ctx).backend == "the caller's"
    return types.CallToolResult(content=[types.TextContent(type="text", text="counted")])


async def list_counter(_ctx, _params):
    return types.ListToolsResult(tools=[types.Tool(name="count", input_schema={"type": "object"})])


async def test_progress_arrives_before_the_answer_and_only_if_it_was_asked_for(era):
    counter = Server("counter", on_list_tools=list_counter, on_call_tool=count_to_three)
    create, listener = endpoint_alone("the caller's", counter)
    heard = []

    async def hear(progress, total, _message):
        heard.append((progress, total))

    with serving(create, listener):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        async with client_of(url, "any", era) as client:
            answer = await client.call_tool("count", {}, progress_callback=hear)
            assert (answer.content[0].text, heard) == ("counted", [(1, 3), (2, 3), (3, 3)])
            answer = await client.call_tool("count", {})
            assert (answer.content[0].text, len(heard)) == ("counted", 3)


def test_an_answer_is_json_unless_progress_is_asked_for_by_a_caller_that_takes_events(service):
    def content_type(accept, meta):
        message = request("tools/call", {"name": "catalogue_list_tracks", "_meta": meta})
        return send(service, message, Accept=accept).headers["content-type"]

    both, asks = HEADERS["Accept"], {"progressToken": 1}
    assert content_type(both, {}) == "application/json"
    assert content_type(both, asks).startswith("text/event-stream")
    assert content_type("application/json", asks) == "application/json"


def test_nothing_waits_for_a_session_that_is_not_there(service):
    message = request("tools/list")
    assert send(service, message, Mcp_Session_Id="of another server").status_code == 200
    for method in ("GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"):
        answer = service.ask(method, "/mcp", headers=HEADERS)
        assert (method, answer.status_code, answer.headers["allow"]) == (method, 405, "POST")


def test_the_address_has_one_form(service):
    for path in ("/", "/x"):
        assert service.post(f"/mcp{path}", json=request("tools/list")).status_code == 404


def test_the_server_ends_though_a_call_is_under_way():
    backend = Endless()
    create, listener = endpoint_alone(backend)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"

    def call():
        with suppress(httpx.HTTPError):
            httpx.post(url, json=request("tools/call", {"name": "catalogue_list_tracks"}), headers=HEADERS, timeout=60)

    caller = threading.Thread(target=call)
    with serving(create, listener):
        caller.start()
        assert backend.called.wait(20)
    assert backend.given_up.wait(20)
    caller.join(20)
    assert not caller.is_alive()
