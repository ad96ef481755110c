"""The whole application on a loopback socket, as `musicengine-mcp serve` runs it, over a small label."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn

from backends.local.database import Database
from backends.local.keyring import new_keyring, write_keyring
from backends.local.keys import create_key
from backends.local.storage import prepare_folder
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.serving import bind, server_config
from server.settings import RemoteSettings, Settings
from tests.label import store

IMPORT = IMPORT_BROWSER_PROFILE.path
BODY = dict(IMPORT_BROWSER_PROFILE.example.request)


@dataclass
class Service:
    """A running server and a key of its default workspace."""

    folder: Path
    port: int
    key: str
    client: httpx.Client = field(repr=False)

    def get(self, path: str, **options) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options) -> httpx.Response:
        return self.ask("POST", path, **options)

    def ask(self, method: str, path: str, *, key: str | None = None, headers=None, **options) -> httpx.Response:
        """Send a request with the key, or with another, or with none if it is empty."""
        key = self.key if key is None else key
        bearer = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.request(method, path, headers={**bearer, **(headers or {})}, **options)


@contextmanager
def serving(folder: Path, key: str = "", remote: RemoteSettings | None = None) -> Generator[Service, None, None]:
    """Serve the folder from a thread until the block ends."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    factory = partial(create_app, Settings(folder, "default", remote), allowed_of("127.0.0.1", port))
    server = uvicorn.Server(server_config(factory))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        assert server.started
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
            yield Service(folder, port, key, client)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


async def new_key(folder: Path, workspace_id: int = 1, name: str = "test") -> str:
    """A key of the workspace."""
    database = Database(folder)
    try:
        return (await create_key(database, workspace_id, name))[1]
    finally:
        await database.aclose()


@pytest.fixture
async def service(data_dir):
    prepare_folder(data_dir)
    write_keyring(data_dir, new_keyring())
    database = Database(data_dir)
    await store(database)
    await database.aclose()
    with serving(data_dir, await new_key(data_dir)) as service:
        yield service


def error_of(response: httpx.Response) -> dict:
    """The one member of an error's body."""
    body = json.loads(response.content)
    assert list(body) == ["error"]
    assert response.headers["content-type"] == "application/json"
    return body["error"]
