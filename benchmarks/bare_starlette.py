"""The floor of REST: one Starlette route on uvicorn that answers bytes which are ready.

python benchmarks/bare_starlette.py FILE  (prints the port on standard output)
"""

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

content = Path(sys.argv[1]).read_bytes()


async def tracks(_request: Request) -> Response:
    return Response(content, media_type="application/json")


app = Starlette(routes=[Route("/api/v1/tracks", tracks)])
# With the protocol said, as uvicorn's own sockets have it: asyncio sets TCP_NODELAY on no others.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
# uvicorn as it comes, with the parser that our server uses.
config = uvicorn.Config(app, http="h11", access_log=False, log_level="warning")
asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
