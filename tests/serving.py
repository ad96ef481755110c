"""The whole application on a loopback socket, with uvicorn as `musicengine-mcp serve` sets it up, in a thread."""

import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from backends.local.database import Database
from backends.local.keys import create_key
from backends.local.storage import DEFAULT_WORKSPACE
from backends.local.workspaces import open_workspace
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.listeners import Listener, Reach
from server.http.serving import bind, server_config
from server.settings import RemoteSettings, Settings

__all__ = ["Service", "new_key", "served", "serving"]


@dataclass(frozen=True)
class Service:
    """A running server and a key of its default workspace.

    Attributes:
        far_url: Of the listener for a tunnel, at which nobody is taken for this machine.
    """

    folder: Path
    port: int
    key: str
    client: httpx.Client = field(repr=False)
    far_url: str = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def authorization(self) -> dict[str, str]:
        """The header that opens the workspace; none without a key."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask with GET."""
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Ask with POST."""
        return self.ask("POST", path, **options)

    def ask(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request with the key, or with another, or with none if it is empty."""
        key = self.key if key is None else key
        bearer = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.request(method, path, headers={**bearer, **(headers or {})}, **options)


@contextmanager
def served(
    folder: Path,
    key: str = "",
    *,
    remote: RemoteSettings | None = None,
    hub_token: str | None = None,
    far_port: int = 0,
    **allow: Any,
) -> Generator[Service, None, None]:
    """Serve the folder with the whole application until the block ends."""
    listener, tunnel = bind("127.0.0.1", 0), bind("127.0.0.1", far_port)
    port, far = listener.getsockname()[1], tunnel.getsockname()[1]
    listeners = {
        port: Listener(allowed_of("127.0.0.1", port, **allow)),
        far: Listener(allowed_of("127.0.0.1", far), is_tunnel=True),
    }
    reach = Reach(listeners, (f"http://127.0.0.1:{port}",))
    factory = partial(create_app, Settings(folder, DEFAULT_WORKSPACE, remote, hub_token=hub_token), reach)
    with (
        serving(factory, listener, tunnel),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client,
    ):
        yield Service(folder, port, key, client, f"http://127.0.0.1:{far}")


@contextmanager
def serving(factory: Callable[[], ASGIApp], *listeners: socket.socket) -> Generator[None, None, None]:
    """Serve from a thread until the block ends; the thread makes the application, since SQLite minds who opened it."""
    server = uvicorn.Server(server_config(factory))
    thread = threading.Thread(target=server.run, kwargs={"sockets": list(listeners)})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        assert server.started
        yield
    finally:
        server.should_exit = True
        thread.join()
        for listener in listeners:
            listener.close()


async def new_key(folder: Path, workspace: str = DEFAULT_WORKSPACE) -> str:
    """A key of the workspace."""
    async with aclosing(Database(folder)) as database:
        scope = await open_workspace(database, workspace)
        _, raw = await create_key(database, scope.workspace_id, "test")
        return raw
