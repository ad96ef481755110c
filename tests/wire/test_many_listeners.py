"""Many who listen, half of whom never read: the others are told in time, and whoever writes notices nothing."""

import selectors
import socket
import sqlite3
import time
from contextlib import ExitStack, closing

import pytest

from backends.local.checksums import prepare
from backends.local.hub.live import streams
from backends.local.hub.user_schema import USER_LAYOUT
from server.http import protocol
from tests.serving import served
from tests.wire.listening import LIBRARY

EACH = 50
ASKED = f"GET {LIBRARY} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


@pytest.fixture
def service(data_dir):
    with served(data_dir) as service:
        yield service


def connected(service, stack, *, buffer=None):
    """A stream of events, on a connection that holds no more than that unread."""
    connection = stack.enter_context(socket.socket())
    if buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", service.port))
    connection.sendall(ASKED)
    return connection


def begun(connection):
    """Read up to the end of what comes at once."""
    received = b""
    while b"retry: " not in received or not received.endswith(b"\n\n\r\n"):
        received += connection.recv(65536)


def heard(connections, what):
    """Read from all until each has been sent that."""
    with selectors.DefaultSelector() as selector:
        received = dict.fromkeys(connections, b"")
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        deadline = time.monotonic() + 30
        while selector.get_map():
            assert time.monotonic() < deadline
            for key, _ in selector.select(1):
                received[key.fileobj] += key.fileobj.recv(1 << 18)
                if what in received[key.fileobj]:
                    selector.unregister(key.fileobj)
    return received


def note(service, count):
    """Tell of as many playlists, in one transaction."""
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    with closing(sqlite3.connect(service.folder / USER_LAYOUT.name, timeout=20)) as hub, hub:
        prepare(hub)
        hub.execute(
            f"INSERT INTO changes (at, kind, id) {numbers} SELECT 1, 'playlist', printf('pls_%016x', i) FROM n",
            (count,),
        )


def test_those_who_read_are_told_beside_those_who_do_not_and_writes_go_on(service):
    with ExitStack() as stack:
        dead = [connected(service, stack, buffer=4096) for _ in range(EACH)]
        live = [connected(service, stack) for _ in range(EACH)]
        for connection in (*dead, *live):
            begun(connection)
        for number in range(5):
            made = service.post("/api/playlists", json={"name": f"Mix {number}"}).json()["playlist"]["id"]
            heard(live, made.encode())
        note(service, 400)
        heard(live, b"pls_%016x" % 400)
        assert service.get("/api/playlists").status_code == 200
    with ExitStack() as stack:  # and there is room for as many again
        for connection in [connected(service, stack) for _ in range(EACH)]:
            begun(connection)


def test_one_that_does_not_read_is_dropped(service, monkeypatch):
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 1.0)
    monkeypatch.setattr(streams, "MOST_STREAMS", 2)
    with ExitStack() as stack:
        live = connected(service, stack)
        for connection in (live, connected(service, stack, buffer=4096)):
            begun(connection)
        deadline = time.monotonic() + 60
        while b" 200 " not in (answer := connected(service, stack).recv(65536)):
            assert b" 503 " in answer
            assert time.monotonic() < deadline
            note(service, 500)
            heard([live], b"pls_%016x" % 500)
