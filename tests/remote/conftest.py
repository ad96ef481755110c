"""A service on a loopback socket that keeps what it was asked, and answers bytes that it was told to."""

import json
import threading
from contextlib import aclosing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backends.remote.client import RemoteBackend

KEY = "isrc_live_CANARY0123456789"


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


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
def service(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
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
async def remote(service):
    async with aclosing(RemoteBackend(service.base_url, KEY)) as backend:
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
