"""Services on loopback sockets: one that repeats an answer, scripted ones, and one over a local backend."""

import json
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import pytest

from backends.local.musicengine import LocalMusicEngine
from backends.remote.client import RemoteBackend
from backends.remote.retry import RetryPolicy
from tests.remote.scripted import Asked, Script, listening
from tests.remote.served import answer_of

KEY = "isrc_live_CANARY0123456789"


class Waits(list):
    """Seconds that were waited, without waiting."""

    async def sleep(self, seconds):
        self.append(seconds)
        await anyio.lowlevel.checkpoint()

    def policy(self, **changes):
        """A policy whose every backoff is as long as it may be."""
        return RetryPolicy(sleep=self.sleep, uniform=lambda _, most: most, **changes)


@pytest.fixture
def waits():
    return Waits()


@asynccontextmanager
async def calling(script, policy=None, **where) -> AsyncGenerator[RemoteBackend]:
    """A backend that calls the scripted service, for a bounded time."""
    with anyio.fail_after(20):
        async with served(script, policy, **where) as backend:
            yield backend


@asynccontextmanager
async def served(script, policy=None, *, ssl=None, path="", scheme="http") -> AsyncGenerator[RemoteBackend]:
    """A backend that calls the scripted service."""
    async with listening(script.serve, ssl=ssl) as port:
        script.base_url = f"{scheme}://127.0.0.1:{port}{path}"
        async with aclosing(RemoteBackend(script.base_url, KEY, policy=policy)) as backend:
            yield backend


@pytest.fixture
async def backend(data_dir):
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        yield backend


@pytest.fixture
async def hosted(backend, waits):
    """A remote backend of a service that answers from the local one."""
    async with served(Script(answer=answer_of(backend)), waits.policy()) as remote:
        yield remote


@dataclass
class Service:
    base_url: str = ""
    status: int = 200
    content: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, value, status=200):
        """Answer JSON from now on."""
        self.content, self.status = json.dumps(value).encode(), status


@pytest.fixture
def service():
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(service))
    service.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def remote(service, waits):
    async with aclosing(RemoteBackend(service.base_url, KEY, policy=waits.policy())) as backend:
        yield backend


def handler(service):
    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            self.send_response(service.status)
            for name, value in {"Content-Length": str(len(service.content)), **service.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(service.content)

        do_GET = do_POST = _answer  # noqa: N815  (http.server looks for these names)

        def log_message(self, *arguments):
            """Stay quiet."""

    return Handler
