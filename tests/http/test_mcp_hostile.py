"""What nobody means well by sending: /mcp answers each with an error of the caller's, and goes on."""

import json
import socket

import pytest

from server.http import mcp_transport
from server.http.mcp_transport import MAX_MESSAGE_BYTES
from tests.http.mcp_client import ERAS, META, era_headers, request, send
from tests.serving import new_key, served

CANARY = "CANARY7f3a"

BROKEN_JSON = {
    "nothing": b"",
    "half": b'{"jsonrpc":',
    "a zero byte": b"\0",
    "not UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"\xff"}',
    "UTF-16": json.dumps(request("tools/list")).encode("utf-16"),
    "half a character": b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
    "no number": b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
    "a very long number": b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"ping"}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "compressed": b"\x1f\x8b\x08",
}

NO_MESSAGE = {
    "a batch": json.dumps([request("tools/list")]),
    "an empty batch": "[]",
    "text": f'"{CANARY}"',
    "a number": "1",
    "null": "null",
    "an empty object": "{}",
    "another protocol": '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    "no method": f'{{"jsonrpc":"2.0","id":1,"{CANARY}":1}}',
    "a method that is no text": '{"jsonrpc":"2.0","id":1,"method":1}',
    "parameters in a list": f'{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":["{CANARY}"]}}',
    "id null": '{"jsonrpc":"2.0","id":null,"method":"tools/list"}',
    "id true": '{"jsonrpc":"2.0","id":true,"method":"tools/list"}',
    "a fraction as id": '{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}',
    "an object as id": f'{{"jsonrpc":"2.0","id":{{"{CANARY}":1}},"method":"tools/list"}}',
}

WRONG_PARAMS = [
    ("tools/call", {"name": CANARY}),
    ("tools/call", {"name": 7}),
    ("tools/call", {"name": "catalogue_get_track", "arguments": CANARY}),
    ("tools/call", {}),
    ("resources/read", {"uri": f"file:///{CANARY}"}),
    ("resources/read", {"uri": 7}),
    ("tools/list", {"cursor": {CANARY: 1}}),
]

UNKNOWN_METHODS = ("prompts/list", "logging/setLevel", "resources/subscribe", "subscriptions/listen", "no/such", "")


@pytest.fixture(params=ERAS)
def era(request) -> str:
    return request.param


@pytest.fixture
async def key(data_dir) -> str:
    return await new_key(data_dir)


@pytest.fixture
def service(key, data_dir):
    with served(data_dir, key) as running:
        yield running
        assert send(running, request("tools/list")).status_code == 200, "it goes on serving"


def headers_of(era):
    return era_headers(request("tools/list", era=era), era)


def refused(answer, status, code):
    """Assert that this is such a JSON-RPC error, and that it repeats nothing."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert CANARY not in answer.text
    assert "pydantic" not in answer.text
    assert "Traceback" not in answer.text
    return answer.json()


def test_a_body_that_is_no_json_is_refused(service, era):
    for what, content in BROKEN_JSON.items():
        error = refused(send(service, content=content, **headers_of(era)), 400, -32700)
        assert error["error"]["message"] == "The body must be JSON, in UTF-8.", what


def test_a_body_that_is_no_single_message_is_refused(service, era):
    for text in NO_MESSAGE.values():
        refused(send(service, content=text.encode(), **headers_of(era)), 400, -32600)


def test_wrong_parameters_are_refused(service, era):
    for method, params in WRONG_PARAMS:
        message = request(method, params, era=era)
        headers = {**era_headers(message, era), "Mcp_Name": str(params.get("name") or params.get("uri") or "")}
        answer = send(service, message, **(headers if era == "2026-07-28" else era_headers(message, era)))
        assert answer.status_code in (200, 400)
        assert answer.json()["error"]["code"] in (-32602, -32020)
        assert CANARY not in answer.text


def test_a_method_that_is_not_offered_is_said_to_be_missing(service, era):
    for method in UNKNOWN_METHODS:
        params = {"notifications": {}, "level": "info", "uri": "x:y"} if method else {}
        message = request(method, params, era=era)
        answer = send(service, message, **era_headers(message, era))
        assert answer.json()["error"]["code"] in (-32601, -32602, -32020), method
        assert answer.status_code < 500


def test_a_message_may_be_large_but_not_larger(service, era):
    message = request("tools/list", {"_meta": {"padding": ""}}, era=era)
    room = MAX_MESSAGE_BYTES - len(json.dumps(message).encode())
    message["params"]["_meta"]["padding"] = "x" * room
    assert send(service, message, **headers_of(era)).status_code == 200
    message["params"]["_meta"]["padding"] += "x"
    refused(send(service, message, **headers_of(era)), 413, -32600)


def test_headers_that_do_not_fit_are_refused(service, era):
    message = request("tools/list", era=era)
    headers = headers_of(era)
    for content_type in ("text/plain", "", "application/jsonp", "multipart/form-data; boundary=x"):
        refused(send(service, message, **headers, Content_Type=content_type), 415, -32600)
    for accept in ("text/html", "text/event-stream", "image/png", ""):
        refused(send(service, message, **headers, Accept=accept), 406, -32600)
    assert send(service, message, **headers, Content_Type="application/json; charset=utf-8").status_code == 200


def test_a_revision_that_nobody_knows_is_refused_with_those_that_are_served(service):
    for revision in ("2099-01-01", "1", "v999.0.0"):
        message = request("tools/list", era="2026-07-28")
        message["params"]["_meta"][f"{META}protocolVersion"] = revision
        answer = send(service, message, Mcp_Protocol_Version=revision, Mcp_Method="tools/list")
        assert answer.status_code == 400
        assert answer.json()["error"]["data"]["supported"] == ["2026-07-28"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Mcp_Method": "tools/list"},
        {"Mcp_Method": ""},
        {"Mcp_Name": "catalogue_get_track"},
        {"Mcp_Name": ""},
        {"Mcp_Protocol_Version": "2099-01-01"},
    ],
)
def test_headers_that_contradict_the_message_are_refused(service, wrong):
    message = request("tools/call", {"name": "catalogue_list_tracks"}, era="2026-07-28")
    right = era_headers(message, "2026-07-28")
    assert send(service, message, **right).status_code == 200
    refused(send(service, message, **{**right, **wrong}), 400, -32020)


def test_a_notification_and_a_reply_to_nothing_are_taken_note_of(service):
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "no/such"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ):
        answer = send(service, message, Mcp_Protocol_Version="2025-11-25")
        assert (answer.status_code, answer.content) == (202, b"")


def raw_head(service, length):
    return (
        f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nAuthorization: Bearer {service.key}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_body_may_come_in_pieces(service):
    body = json.dumps(request("tools/list")).encode()
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        for piece in (raw_head(service, len(body)), *(body[at : at + 1] for at in range(len(body)))):
            connection.sendall(piece)
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


def test_a_body_that_never_ends_is_given_up(service, monkeypatch):
    monkeypatch.setattr(mcp_transport, "BODY_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(raw_head(service, 100) + b"{")
        assert connection.recv(12) == b"HTTP/1.1 408"


def test_a_caller_that_leaves_in_the_middle_of_its_body_leaves_nothing_behind(capfd, service):
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(raw_head(service, 100) + b"{")
    assert send(service, request("tools/list")).status_code == 200
    assert "Traceback" not in capfd.readouterr().err
