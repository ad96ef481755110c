"""Whoever need not be known may send little: strangers don't use up what the bodies of all may take of memory."""

import socket
from contextlib import suppress

import pytest

from contract.hub.operations import OPERATIONS
from contract.operation import Trust
from server.http.body_budget import BODIES
from server.http.protocol import MAX_CONNECTIONS
from server.http.requests import MAX_BODY_BYTES_OF_STRANGERS
from tests.wire.media_server import PROXIED, error

PUBLIC = [operation.path for operation in OPERATIONS if operation.trust is Trust.ANYBODY and operation.method == "POST"]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_large_body_of_a_stranger_is_refused(media, path, chunked):
    large = b'{"x": "' + b"x" * MAX_BODY_BYTES_OF_STRANGERS + b'"}'
    headers = {**PROXIED, "Content-Type": "application/json"}
    answer = media.service.post(path, content=iter([large]) if chunked else large, headers=headers)
    assert error(answer)[:2] == (413, "payload_too_large")


def test_as_many_such_bodies_as_there_may_be_connections_leave_room_for_others():
    assert BODIES._most // 2 >= MAX_CONNECTIONS * MAX_BODY_BYTES_OF_STRANGERS


def test_a_body_of_a_stranger_that_never_ends_keeps_nobody_from_writing(media, monkeypatch):
    monkeypatch.setattr(BODIES, "_most", 4 * MAX_BODY_BYTES_OF_STRANGERS)
    with socket.create_connection(("127.0.0.1", media.service.port), 5) as connection:
        begin(connection, media)
        assert media.service.post("/api/playlists", json={"name": "meanwhile"}).status_code == 201
        assert media.service.post("/api/auth/arm", json={"minutes": 5}).status_code == 200


def begin(connection, media):
    """Send all of a body but its end; return once the server has had enough of it."""
    most = BODIES._most
    head = ("POST /api/auth/pair HTTP/1.1", f"Host: 127.0.0.1:{media.service.port}", "X-Forwarded-For: 203.0.113.7")
    body = ("Content-Type: application/json", f"Content-Length: {most}", "", "")
    with suppress(OSError):  # it may close before it has read all
        connection.sendall("\r\n".join((*head, *body)).encode() + b" " * (most - 10))
        connection.recv(1)
