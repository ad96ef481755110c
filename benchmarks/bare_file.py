"""The floor of streaming: one Starlette route on uvicorn that answers with a FileResponse.

python benchmarks/bare_file.py FILE  (prints the port on standard output)
"""

import asyncio
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

path = sys.argv[1]


async def file(_request: Request) -> FileResponse:
    return FileResponse(path, media_type="audio/wav")


app = Starlette(routes=[Route("/file", file)])
# With the protocol said, as uvicorn's own sockets have it: asyncio sets TCP_NODELAY on no others.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
# uvicorn as it comes, with the parser that our server uses.
config = uvicorn.Config(app, http="h11", access_log=False, log_level="warning")
asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
