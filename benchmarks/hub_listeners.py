"""Listeners to a hub's events, of whom some never read.

Run as `python -m benchmarks.hub_listeners PORT READING DEAD`, until standard input ends. It says `ready`; then, each
time that all who read have heard of a further revision, that one, and when, in nanoseconds since 1970.
"""

import re
import selectors
import socket
import sys
import time
from contextlib import ExitStack

from contract.hub.events import FOLLOW_LIBRARY

_ASK = f"GET {FOLLOW_LIBRARY.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

_REVISION = re.compile(rb'"revision":(\d+)')


def main(port: int, reading: int, dead: int) -> None:
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        connections = [_begun(stack, port) for _ in range(reading + dead)]
        for connection in connections[:reading]:
            selector.register(connection, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        heard = dict.fromkeys(connections[:reading], 0)
        behind, newest = set[socket.socket](), 0
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return
                revisions = _REVISION.findall(key.fileobj.recv(1 << 16))
                if not revisions:
                    continue
                heard[key.fileobj] = int(revisions[-1])
                if heard[key.fileobj] > newest:
                    newest = heard[key.fileobj]
                    behind = {connection for connection, revision in heard.items() if revision < newest}
                behind.discard(key.fileobj)
                if not behind:
                    print(newest, time.time_ns(), flush=True)


def _begun(stack: ExitStack, port: int) -> socket.socket:
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
    connection.sendall(_ASK)
    received = b""
    while b"retry: " not in received:
        received += connection.recv(1 << 16)
    return connection


main(*map(int, sys.argv[1:]))
