"""The floor of an HTTP service: it answers every request on one port with the same ready bytes, and prints the port.

Run as `python benchmarks/bare_service.py BODY`, where the file holds a JSON body.
"""

import asyncio
import sys
from pathlib import Path


class _Answer(asyncio.Protocol):
    def __init__(self, answer):
        self._answer = answer

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        # The requests have no body and come one after another, so that each ends where the blank line does.
        if data.endswith(b"\r\n\r\n"):
            self._transport.write(self._answer)


async def _serve(body):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    limits = "X-RateLimit-Limit: 300\r\nX-RateLimit-Remaining: 299\r\nX-RateLimit-Reset: 1772964060\r\n\r\n"
    answer = (head + limits).encode() + body
    server = await asyncio.get_running_loop().create_server(lambda: _Answer(answer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))
