"""Who may call /mcp: whose key it is, and where a request says that it comes from and goes to."""

import asyncio
import socket
from contextlib import aclosing
from dataclasses import replace

import pytest

from backends.local.database import Database
from backends.local.keys import list_keys, revoke_key, rotate_key
from tests.http.mcp_client import ERAS, era_headers, request, send
from tests.serving import new_key, served


@pytest.fixture(params=ERAS)
def era(request) -> str:
    return request.param


@pytest.fixture
async def key(data_dir) -> str:
    return await new_key(data_dir)


@pytest.fixture
def service(key, data_dir):
    with served(data_dir, key, allow_hosts=["music.example"], allow_origins=["https://tool.example"]) as running:
        yield running


def list_tools(service, era="2025-11-25", **headers):
    message = request("tools/list", era=era)
    return send(service, message, **era_headers(message, era), **headers)


async def change_key(data_dir, change, *arguments):
    """Carry the change out on the folder's first key, as another process would."""
    async with aclosing(Database(data_dir)) as database:
        [first, *_] = await list_keys(database, 1)
        return await change(database, 1, first.id, *arguments)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Basic dXNlcjpwYXNz", "Bearer isrc_live_CANARY", "isrc_live_CANARY", "Bearer a b"],
)
def test_without_a_key_of_ours_nobody_gets_in(service, era, authorization):
    answer = list_tools(service, era, Authorization=authorization)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "CANARY" not in answer.text


def test_a_key_works_until_it_is_revoked_and_not_once_more(service, data_dir, era):
    assert list_tools(service, era).status_code == 200
    asyncio.run(change_key(data_dir, revoke_key))
    answer = list_tools(service, era)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "key_revoked")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_that_was_rotated_out_is_refused_and_its_successor_works(service, data_dir, era):
    _, successor = asyncio.run(change_key(data_dir, rotate_key, 0))
    answer = list_tools(service, era)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "key_expired")
    assert list_tools(replace(service, key=successor), era).status_code == 200


def test_the_key_is_asked_for_before_the_message_is_looked_at(service):
    answer = send(service, content=b"{", Authorization="")
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "music.example"])
def test_the_names_of_this_server_are_taken_with_and_without_its_port(service, era, name):
    for host in (name, f"{name}:{service.port}"):
        assert list_tools(service, era, Host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost:{other}", "music.example.evil"]
)
def test_any_other_name_is_refused_before_the_key_is_looked_at(service, era, host):
    named = host.format(port=service.port, other=service.port + 1)
    for authorization in (f"Bearer {service.key}", ""):
        answer = list_tools(service, era, Host=named, Authorization=authorization)
        assert answer.status_code == 421
        assert "--allow-host" in answer.json()["error"]["message"]
        assert "evil" not in answer.text


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:{port}", "http://localhost:{port}", "https://music.example", "https://tool.example"]
)
def test_pages_of_this_server_and_those_that_are_allowed_may_call(service, era, origin):
    assert list_tools(service, era, Origin=origin.format(port=service.port)).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://evil.example",
        "http://evil.example:{port}",
        "https://tool.example.evil",
        "http://tool.example",
    ],
)
def test_pages_of_others_may_not(service, era, origin):
    answer = list_tools(service, era, Origin=origin.format(port=service.port))
    assert answer.status_code == 403
    assert "--allow-origin" in answer.json()["error"]["message"]
    assert "evil" not in answer.text


@pytest.mark.parametrize("name", ["LOCALHOST:{port}", "Music.Example", "[::1]:{port}"])
def test_the_case_of_a_host_makes_no_difference(service, era, name):
    assert list_tools(service, era, Host=name.format(port=service.port)).status_code == 200


def test_a_browser_is_told_that_a_page_of_an_allowed_origin_may_call(service, era):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    for origin, status in (("https://tool.example", 200), ("http://evil.example", 400)):
        answer = service.ask("OPTIONS", "/mcp", key="", headers={"Origin": origin, **asked})
        assert answer.status_code == status
        assert (answer.headers.get("access-control-allow-origin") == origin) == (status == 200)
    answer = list_tools(service, era, Origin="https://tool.example")
    assert answer.headers["access-control-allow-origin"] == "https://tool.example"
    refused = list_tools(service, era, Origin="https://tool.example", Authorization="")
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://tool.example")


def test_a_request_without_a_host_is_refused(service):
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    head = (
        f"POST /mcp HTTP/1.0\r\nAuthorization: Bearer {service.key}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        assert connection.recv(100).split(b"\r\n")[0].split()[1] == b"421"
