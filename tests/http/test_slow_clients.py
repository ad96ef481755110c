"""Clients that are slow, silent or many hold a connection, but not for long, and keep nobody else waiting."""

import json
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from server.http import protocol, requests
from server.http.body_budget import BODIES
from tests.http.conftest import BODY, IMPORT
from tests.programs import serving

BRIEF = 0.3
"""Seconds, in place of the real bounds."""


def connect(service):
    connection = socket.create_connection(("127.0.0.1", service.port), 20)
    connection.settimeout(20)
    return connection


def everything(connection):
    """All bytes until the server closes the connection."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def head(service, *lines):
    text = f"POST {IMPORT} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {service.key}\r\n"
    return (text + "".join(f"{line}\r\n" for line in (*lines, "Content-Type: application/json", ""))).encode()


def test_a_head_that_comes_byte_by_byte_is_cut_off(service, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", BRIEF)
    with connect(service) as connection:
        started = time.monotonic()
        connection.sendall(b"GET /api/v1/tracks HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        connection.settimeout(BRIEF / 20)
        while time.monotonic() < started + 20:
            try:
                connection.sendall(b"X")
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("sent", [b"", b"GET / HT"])
def test_a_connection_on_which_nothing_more_comes_is_closed(service, monkeypatch, sent):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", BRIEF)
    with connect(service) as connection:
        connection.sendall(sent)
        assert everything(connection) == b""


def test_the_clock_starts_anew_for_a_second_request(service, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", BRIEF)
    with connect(service) as connection:
        connection.sendall(b"GET /llms.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(1) == b"H"
        connection.sendall(b"GET /llms")
        assert everything(connection).count(b"TTP/1.1 200 OK") == 1


def test_an_answer_that_takes_longer_than_a_head_may_is_not_cut_off(service, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", BRIEF)
    body = json.dumps(BODY).encode()
    with connect(service) as connection:
        connection.sendall(head(service, f"Content-Length: {len(body)}", "Connection: close"))
        connection.settimeout(2 * BRIEF)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(20)
        connection.sendall(body)
        assert b"HTTP/1.1 201" in everything(connection)


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_arrive_is_408(service, monkeypatch, framing):
    monkeypatch.setattr(requests, "BODY_SECONDS", BRIEF)
    with connect(service) as connection:
        connection.sendall(head(service, framing) + (b'4\r\n{"na\r\n' if "chunked" in framing else b'{"na'))
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 408")
    assert b"request_timeout" in received


def test_a_client_that_does_not_read_its_answer_is_cut_off(service, monkeypatch):
    monkeypatch.setattr(protocol, "STALLED_SECONDS", BRIEF)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", service.port))
        connection.settimeout(20)
        asked = b"GET /docs/api.md HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        with pytest.raises((ConnectionResetError, BrokenPipeError)):  # with more unread than any buffer holds
            connection.sendall(asked * 100_000)


def test_what_is_no_http_is_400_in_the_one_body(service):
    with connect(service) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 CANARY\r\n\r\n")
        received = everything(connection)
    start, _, body = received.partition(b"\r\n\r\n")
    assert start.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"]["code"] == "invalid_request"
    assert b"CANARY" not in received


def test_more_large_bodies_than_memory_should_hold_are_refused_and_the_others_go_on(service, monkeypatch):
    body = json.dumps(BODY).encode()
    monkeypatch.setattr(BODIES, "_most", len(body) + 10)
    with connect(service) as first:
        first.sendall(head(service, f"Content-Length: {len(body)}", "Connection: close") + body[:-1])
        while not BODIES._held:
            service.get("/llms.txt")
        refused = service.post(IMPORT, json=BODY)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert service.get("/api/v1/tracks").status_code == 200
        first.sendall(body[-1:])
        assert b"HTTP/1.1 201" in everything(first)
    assert BODIES._held == 0
    assert service.post(IMPORT, json=BODY).status_code == 201


def test_a_thousand_silent_connections_keep_nobody_waiting(service):
    with ExitStack() as stack:
        with open_files(512):  # fewer than it needs: it asks for more itself
            address, _ = stack.enter_context(serving(service.folder))
        place = urlsplit(address)
        stack.enter_context(open_files(1500))
        silent = [stack.enter_context(socket.create_connection((place.hostname, place.port), 20)) for _ in range(1000)]
        with ThreadPoolExecutor(8) as threads:
            # In less time than the silent ones have, after which there would be room again.
            in_time = protocol.HEAD_SECONDS / 2
            answers = list(threads.map(lambda _: service.get(f"{address}/api/v1/tracks", timeout=in_time), range(50)))
        assert not any(is_closed(connection) for connection in silent)
    assert {answer.status_code for answer in answers} == {200}


def is_closed(connection):
    """Whether the server has closed it."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False


@contextmanager
def open_files(number):
    """Let this process, and those that it starts, have so many files open for as long as the block lasts."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_beyond_the_most_connections_another_is_closed_at_once(service, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 3)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connect(service))
        with connect(service) as one_more:
            one_more.settimeout(protocol.HEAD_SECONDS / 2)
            assert everything(one_more) == b""
    assert service.get("/llms.txt").status_code == 200
