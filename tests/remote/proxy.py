"""A forward proxy on a loopback socket: tunnels for https, absolute addresses for http; every host is one service."""

import asyncio
from contextlib import suppress

from tests.remote.scripted import Asked, Reply, read_request

__all__ = ["ForwardProxy"]


class ForwardProxy:
    """Leads every request to the service's port, or refuses all with a status."""

    def __init__(self, port: int, refuses_with: int | None = None) -> None:
        self.port = port
        self.refuses_with = refuses_with
        self.asked: list[Asked] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await read_request(reader)
            if asked is None:
                return
            self.asked.append(asked)
            if self.refuses_with is not None:
                writer.write(Reply(status=self.refuses_with).to_bytes())
                await writer.drain()
                return
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.port)
            if asked.method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                path = "/" + asked.target.split("/", 3)[3]
                head = [
                    f"{asked.method} {path} HTTP/1.1",
                    *(f"{name}: {value}" for name, value in asked.headers.items()),
                ]
                up_writer.write("\r\n".join([*head, "", ""]).encode() + asked.body)
            await asyncio.gather(_pipe(reader, up_writer), _pipe(up_reader, writer))
        finally:
            writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
