"""Paths, queries, headers, methods and lines that no client would send: each is refused in one form, or bounded.

After each of them the server answers a good request as before (see the fixture `wire`), has told nothing of the other
workspace, and has repeated nothing of what it was sent.
"""

import asyncio
import json

import pytest

from contract.musicengine import OPERATIONS
from contract.operation import Surface
from tests.conformance.data import NEIGHBOURS_MARK, keys_of
from tests.conformance.hostile import CANARY, IMPORT, TRACKS, harmless, profile, refused

READS = [each for each in OPERATIONS if Surface.REST in each.surfaces and not each.body_fields]


@pytest.mark.parametrize(
    "target",
    [
        f"{TRACKS}/../../../etc/passwd",
        f"{TRACKS}/%2e%2e/%2e%2e/etc/passwd",
        f"{TRACKS}/..%2f..%2fetc%2fpasswd",
        f"{TRACKS}/%252e%252e%252fpasswd",
        f"{TRACKS}/..%5c..%5cetc",
        f"{TRACKS}/%c0%ae%c0%ae/",
        "/../../etc/passwd",
        "//etc/passwd",
        "/docs/../../pyproject.toml",
        "/docs/%2e%2e/%2e%2e/pyproject.toml",
        f"{TRACKS}/%00",
        f"{TRACKS}/USXXX1234567%00.json",
        f"{TRACKS}/USXXX1234567/",
        f"{TRACKS}//USXXX1234567",
        f"{TRACKS}/.",
        f"{TRACKS}/%2e",
        f"/{CANARY}",
        f"{TRACKS}/{CANARY}",
        f"{TRACKS}/USXXX1234567;{CANARY}",
        f"{TRACKS}/%ff%fe",
        f"{TRACKS}/%F0%9F%8E%B5",
        f"{TRACKS}/{'A' * 20000}",
        f"{TRACKS}/%",
        f"{TRACKS}/%zz",
        "/api/v2/tracks",
        "/API/V1/TRACKS",
    ],
    ids=lambda target: target[:60],
)
def test_a_path_that_leads_nowhere_is_refused(wire, target):
    refused(wire.get(target), 400, 404)


@pytest.mark.parametrize(
    "query",
    [
        f"{CANARY}=1",
        f"limit={CANARY}",
        "limit=1&limit=2",
        "limit=",
        "limit",
        "limit=%00",
        "limit=%ff",
        "limit=\xff",
        "limit=1%0d%0aX-Injected:%20yes",
        "limit=1;DROP%20TABLE%20tracks",
        "limit=1e3",
        "limit=0x10",
        "limit=NaN",
        "limit=Infinity",
        "limit=-1",
        "limit=999999999999999999999999999999",
        f"limit={'9' * 5000}",
        "limit=%D9%A1x",
        "limit[]=1",
        "limit=1&workspace=neighbour",
        "user_id=2",
        f"offset={'1' * 30000}",
        "&".join(f"a{number}=1" for number in range(5000)),
        "%",
        "=",
        "?",
    ],
    ids=lambda query: query[:40],
)
def test_a_query_that_the_contract_does_not_describe_is_refused(wire, query):
    refused(wire.get(f"{TRACKS}?{query}".encode("latin-1")), 400)


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_a_parameter_that_is_not_known_is_refused_by_name_of_those_that_are(wire, operation):
    target = operation.path.format(**operation.example.request)
    error = refused(wire.get(f"{target}?{CANARY}=1"), 400)
    for name in operation.query_parameters:
        assert name in error["next_step"]


@pytest.mark.parametrize(
    "header",
    [
        "X-Filler: " + "x" * 60_000,
        b"X-Bytes: \xff\xfe\x80",
        b"X-Nul: a\x00b",
        b"X-Bare: a\rb",
        b"X-Folded: a\r\n folded",
        b"Bad Name: x",
        b": no name",
        b"no colon",
        b"X-\xc3\xa9: x",
        "Host: evil.example",
        "Content-Length: nonsense",
        "Content-Length: -1",
        "Content-Length: 5, 6",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, identity",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "Expect: 200-maybe",
        "Range: bytes=0-0,5-6",
        "If-None-Match: " + "*" * 1000,
        f"X-Request-Id: {CANARY} {CANARY}",
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=127.0.0.1",
        "X-HTTP-Method-Override: DELETE",
        "X-Original-URL: /admin",
        "Accept: text/html",
        "Accept-Encoding: " + ",".join(["gzip;q=1"] * 2000),
        "\r\n".join(f"X-{number}: x" for number in range(5000)),
        "Cookie: " + "; ".join(f"c{number}=x" for number in range(3000)),
    ],
    ids=lambda header: repr(header[:40]),
)
def test_a_header_of_any_kind_breaks_nothing(wire, header):
    answers = wire.exchange(wire.head(f"GET {TRACKS}?limit=1 HTTP/1.1", header))
    assert len(answers) == 1
    harmless(answers[0])
    assert "x-injected" not in answers[0].headers


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {CANARY}",
        f"Basic {CANARY}",
        f"Bearer isrc_live_{CANARY}",
        f"isrc_live_{CANARY}",
        "Bearer " + "x" * 60_000,
        b"Bearer \xff\xfe",
        "Bearer isrc_live_'; DROP TABLE api_keys;--",
        "Bearer null",
        "Bearer undefined",
    ],
    ids=lambda value: repr(value[:40]),
)
def test_what_is_no_key_opens_nothing_and_is_not_repeated(wire, value):
    raw = value if isinstance(value, bytes) else value.encode()
    line = b"Authorization: " + raw
    for target in (TRACKS, f"{TRACKS}/NBNBN2600001"):
        refused(wire.send(wire.head(f"GET {target} HTTP/1.1", line, key=False)), 401, 400)


def test_two_authorization_headers_are_not_two_chances(wire):
    second = f"Authorization: Bearer {wire.key}"
    refused(wire.send(wire.head(f"GET {TRACKS} HTTP/1.1", "Authorization: Bearer x", second, key=False)), 401, 400)


@pytest.mark.parametrize(
    "injected",
    ["a\r\nX-Injected: yes", "a\nX-Injected: yes", "a\rX-Injected: yes", "a%0d%0aX-Injected: yes", "é\u2028b"],
    ids=repr,
)
@pytest.mark.parametrize("name", ["X-Request-Id", "Idempotency-Key", "Origin", "If-None-Match", "Content-Type"])
def test_a_header_cannot_bring_another_into_the_answer(wire, name, injected):
    body = profile()
    head = wire.head(
        f"POST {IMPORT} HTTP/1.1",
        f"{name}: {injected}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    for answer in wire.exchange(head + body):
        harmless(answer)
        assert "x-injected" not in answer.headers


@pytest.mark.parametrize("method", ["BREW", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get"])
@pytest.mark.parametrize("path", [TRACKS, IMPORT, "/openapi.json", "/mcp", f"/{CANARY}"])
def test_a_method_that_a_route_does_not_have_is_refused(wire, method, path):
    answer = wire.send(wire.head(f"{method} {path} HTTP/1.1", "Content-Length: 0"))
    if path == "/mcp":
        assert answer.status == 405
        assert "error" in json.loads(answer.body)
    else:
        refused(answer, 405, 404)
    if answer.status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("path", [TRACKS, IMPORT])
def test_a_read_or_write_by_the_other_method_is_refused(wire, path):
    method = "POST" if path == TRACKS else "GET"
    refused(wire.send(wire.head(f"{method} {path} HTTP/1.1", "Content-Length: 0")), 405)


def test_pipelined_requests_are_answered_in_their_order_and_each_by_its_own_key(wire):
    first = wire.head(f"GET {TRACKS}/USXXX1234567 HTTP/1.1").replace(b"Connection: close\r\n", b"")
    stranger = wire.head(f"GET {TRACKS}/DEABC2500001 HTTP/1.1", key=False).replace(b"Connection: close\r\n", b"")
    last = wire.head(f"GET {TRACKS}/DEABC2500002 HTTP/1.1")
    answers = wire.exchange(first + stranger + last)
    assert [answer.status for answer in answers] == [200, 401, 200]
    assert [b"Song Name" in answers[0].body, b"Downhill" in answers[2].body] == [True, True]


@pytest.mark.parametrize(
    "data",
    [
        b"GET /\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET / HTTP/2.0\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b" GET / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 1000,
        b"\r\n\r\n\r\n",
        b"A" * 200_000,
        f"GET /{CANARY}".encode(),
        b"{}",
        b"GET http://evil.example/api/v1/tracks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
    ids=lambda data: repr(data[:40]),
)
def test_what_is_not_http_1_1_is_refused_or_cut_off(wire, data):
    for answer in wire.exchange(data, is_all=b"\r\n\r\n" not in data):
        if answer.status >= 400:
            refused(answer, 400, 401, 404, 405, 421)
        else:
            assert answer.status in {307, 200}
            harmless(answer)


def test_http_1_0_is_answered(wire):
    answer = wire.send(wire.head(f"GET {TRACKS}?limit=1 HTTP/1.0"))
    assert answer.status == 200


@pytest.mark.parametrize("isrc", ["NBNBN2600001", "nbnbn2600001", "NB-NBN-26-00001"])
@pytest.mark.parametrize("path", [TRACKS, "/api/v1/analytics/spotify"])
def test_the_other_workspaces_track_is_not_there(wire, path, isrc):
    refused(wire.get(f"{path}/{isrc}"), 404, code="track_not_found")


def test_the_neighbour_is_really_there(folders, wire):
    """Else the tests above would find nothing of it whatever the server did."""
    (key,) = asyncio.run(keys_of(folders.label, 1, workspace_id=2))
    answer = wire.send(wire.head(f"GET {TRACKS} HTTP/1.1", f"Authorization: Bearer {key}", key=False))
    assert NEIGHBOURS_MARK.encode() in answer.body
