"""Bodies that no client would send: too large, too deep, no JSON, no chunks; and requests smuggled behind others."""

import gzip

import pytest

from contract.musicengine import OPERATIONS
from contract.operation import Surface
from server.http.requests import MAX_BODY_BYTES
from tests.conformance.hostile import CANARY, COOKIE, IMPORT, TRACKS, profile, refused

WRITES = [each for each in OPERATIONS if Surface.REST in each.surfaces and each.body_fields]

DEEP = 100_000

BODIES = {
    "nothing": b"",
    "blank": b"   ",
    "half": b'{"name": "x", "cookies": [',
    "trailing": profile() + b"]",
    "two": profile() + profile(),
    "an array": b"[1]",
    "a text": f'"{CANARY}"'.encode(),
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"name": "x", "cookies": NaN}',
    "Infinity": b'{"name": "x", "cookies": [{"domain": "a", "name": "b", "value": "c", "expires": 1e999}]}',
    "single quotes": b"{'name': 'x'}",
    "a comment": b'{"name": "x" /* x */}',
    "a BOM": b"\xef\xbb\xbf" + b'{"name": 1}',
    "UTF-16": profile().decode().encode("utf-16"),
    "Latin-1": '{"name": "é", "cookies": []}'.encode("latin-1"),
    "invalid UTF-8": b'{"name": "\xff\xfe", "cookies": []}',
    "half a character": b'{"name": "\\ud800", "cookies": []}',
    "a NUL": b'{"name": "a\\u0000b", "cookies": []}',
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep in a cookie": b'{"name": "x", "cookies": [{"domain": "a", "name": "b", "value": "c", "d": '
    + b"[" * 150
    + b"]" * 150
    + b"}]}",
    "a huge whole number": b'{"name": "x", "cookies": [{"domain": "a", "name": "b", "value": "c", "n": %s}]}'
    % (b"9" * 5000),
    "an unknown member": profile(**{CANARY: 1}),
    "a prototype": profile(__proto__={"admin": True}),
    "a workspace": profile(workspace_id=2),
    "the same member twice": b'{"name": "x", "cookies": [], "cookies": []}',
    "names of other types": profile(name={"$ne": None}),
    "a cookie with a newline": profile(cookies=[{**COOKIE, "value": f"a\n{CANARY}"}]),
    "a cookie with a header": profile(cookies=[{**COOKIE, "name": f"a\r\nSet-Cookie: {CANARY}"}]),
    "a domain with a NUL": profile(cookies=[{**COOKIE, "domain": "a\x00b"}]),
    "10,000 cookies": profile(cookies=[{**COOKIE, "domain": f"d{number}.example"} for number in range(10_000)]),
    "200 cookies of a domain": profile(cookies=[COOKIE] * 200),
    "a large cookie": profile(cookies=[{**COOKIE, "value": "x" * 5000}]),
    "a cookie with 1,000 fields": profile(cookies=[{**COOKIE, **{f"f{number}": 1 for number in range(1000)}}]),
    "a long name": profile(name="x" * 100_000),
    "an unreadable name": profile(name="\u202e\u200b"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_a_body_that_the_contract_does_not_describe_is_refused(wire, operation, body):
    refused(wire.post(operation.path, body), 400, code="invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/xml",
        "Content-Type: application/jsonp",
        "Content-Type: application/vnd.api+json",
        "Content-Type: " + "x" * 5000,
        "Content-Type:",
        "Content-Encoding: gzip",
        "Content-Encoding: br, gzip",
    ],
    ids=lambda header: header[:60],
)
def test_a_body_that_is_not_declared_to_be_plain_json_is_refused(wire, header):
    refused(wire.post(IMPORT, profile(), header), 415, code="unsupported_media_type")


def test_a_bomb_is_not_unpacked(wire):
    refused(wire.post(IMPORT, gzip.compress(b" " * 50_000_000), "Content-Encoding: gzip"), 415)


def test_a_body_that_is_said_to_be_too_large_is_refused_before_it_comes(wire):
    refused(wire.post(IMPORT, b"", f"Content-Length: {MAX_BODY_BYTES + 1}"), 413, code="payload_too_large")


def test_a_body_that_turns_out_too_large_is_refused_on_the_way(wire):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    refused(wire.post(IMPORT, chunk * 21 + b"0\r\n\r\n", "Transfer-Encoding: chunked"), 413, code="payload_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"5\r\n{}\r\n0\r\n\r\n",
        b"ffffffffffffffff\r\n",
        b"2;" + b"x" * 100_000,
        b"\x00",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_chunks_that_are_none_are_refused_or_cut_off(wire, body):
    head = wire.head(f"POST {IMPORT} HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
    for answer in wire.exchange(head + body, is_all=True):
        refused(answer, 400, 408)


@pytest.mark.parametrize("behind", [b"zz\r\n", b"5\r\n{}\r\n0\r\n\r\n", b"\xff" * 100 + b"\r\n"], ids=repr)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "behind the answer"])
def test_one_request_gets_one_answer_even_if_its_body_is_none(wire, behind, at_once):
    head = wire.head(f"POST {IMPORT} HTTP/1.1", "Transfer-Encoding: chunked", key=False)
    head = head.replace(b"Connection: close\r\n", b"")
    (answer,) = wire.exchange(head + behind) if at_once else wire.exchange(head, then=behind)
    refused(answer, 400, 401)


def test_a_body_that_is_shorter_than_said_changes_nothing(wire):
    head = wire.head(f"POST {IMPORT} HTTP/1.1", "Content-Type: application/json", "Content-Length: 1000")
    for answer in wire.exchange(head + profile(), is_all=True):
        refused(answer, 400, 408)


def test_what_stands_behind_a_body_is_not_taken_for_a_part_of_it(wire):
    body = b'{"name": 1}'
    head = wire.head(f"POST {IMPORT} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(body)}")
    answers = wire.exchange(head + body + CANARY.encode())
    refused(answers[0], 400, code="invalid_request")


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding:\x0bchunked",),
        ("Content-Length: 4", "Content-Length: 5"),
        ("Content-Length: +4",),
        ("Content-Length: 0x4",),
    ],
    ids=" ".join,
)
def test_no_second_request_is_smuggled_behind_the_first(wire, headers):
    smuggled = f"GET {TRACKS}/USXXX1234567 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {wire.key}\r\n\r\n"
    body = b"0\r\n\r\n" + smuggled.encode()
    answers = wire.exchange(wire.head(f"POST {IMPORT} HTTP/1.1", "Content-Type: application/json", *headers) + body)
    assert len(answers) == 1
    refused(answers[0], 400)
    assert b"Song Name" not in answers[0].raw
