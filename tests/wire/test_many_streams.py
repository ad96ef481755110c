"""More tracks are sent at once than the system gives files to who does not ask: nobody else notices."""

import resource
import socket
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx

from tests.programs import serving

STREAMS = 1100
"""With a file for each they take more than 2,200."""


def test_each_connection_may_have_a_track_open_and_the_server_still_opens_what_it_needs(media):
    with ExitStack() as stack:
        with open_files(1024):  # of which it asks for more itself
            address, _ = stack.enter_context(serving(media.service.folder))
        stack.enter_context(open_files(STREAMS + 500))
        streams = [
            begun(stack.enter_context(socket.socket()), address, media.track("long.wav")) for _ in range(STREAMS)
        ]
        assert {stream.recv(12) for stream in streams} == {b"HTTP/1.1 200"}
        with httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
            assert client.post("/api/playlists", json={"name": "made meanwhile"}).status_code == 201
            assert client.get("/api/auth/status").status_code == 200
            assert client.get(media.track("b.mp3")).content == media.content("b.mp3")


def begun(connection, address, path):
    """The connection, on which a track is asked for; nobody reads on."""
    place = urlsplit(address)
    connection.settimeout(20)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.connect((place.hostname, place.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    return connection


@contextmanager
def open_files(number):
    """Let this process, and those that it starts, have so many files open for as long as the block lasts."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
