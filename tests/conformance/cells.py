"""The cells of the matrix: {local, remote} × {direct call, REST, MCP stdio, MCP HTTP}, each asked in the same words.

Local is this machine's database. Remote is our own server over HTTP, which has the same database; whoever asks it is
started on a data folder that holds nothing but keys, so that no answer can come from there.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import mcp_types as types
from anyio.from_thread import BlockingPortal, start_blocking_portal

from backends.backend import Backend
from backends.local.musicengine import LocalMusicEngine
from backends.remote.client import RemoteBackend
from contract import idempotency
from contract.errors import ContractError
from contract.operation import Operation, Surface
from contract.validation import check_answer, validate
from server.mcp.caller import Caller, calling
from server.mcp.catalogue import HANDLERS
from server.mcp.tools import call_tool
from tests.conformance.data import Folders
from tests.http.mcp_client import HEADERS, era_headers, request
from tests.programs import Program, environment_of, running, serving

__all__ = ["BACKENDS", "SURFACES", "Asked", "Cell", "Reply", "open_cells"]

BACKENDS = ("local", "remote")

SURFACES = ("direct call", "REST", "MCP stdio", "MCP HTTP")

_ERA = "2026-07-28"

_SECONDS = 30


@dataclass(frozen=True)
class Reply:
    """An answer as JSON, and the HTTP status that it has or would have."""

    status: int
    body: Any


@dataclass(frozen=True)
class Asked:
    """An operation with arguments, and the key under which a write is asked for."""

    operation: Operation[Any, Any]
    arguments: Mapping[str, Any]
    idempotency_key: str | None = None


class Cell(Protocol):
    """One cell. It is asked operations, tools, or both; None is what it has no way to be asked."""

    backend: str
    surface: str

    def ask(self, asked: Asked) -> Reply | None:
        """The answer to an operation, if this surface has it."""
        ...

    def ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> Reply | None:
        """What a `tools/call` brings, if this surface has tools."""
        ...


@contextmanager
def open_cells(folders: Folders) -> Generator[list[Cell], None, None]:
    """All eight, for as long as the block lasts."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        url, _ = stack.enter_context(serving(folders.label))
        service = {"MUSICENGINE_BASE_URL": url, "MUSICENGINE_API_KEY": folders.upstream.raw}
        front_url, _ = stack.enter_context(serving(folders.keys_only, **service))
        pipe = stack.enter_context(running(folders.label, environment=environment_of()))
        remote_pipe = stack.enter_context(running(folders.keys_only, environment=environment_of(**service)))
        engine = LocalMusicEngine(folders.label)
        stack.callback(portal.call, engine.aclose)
        remote = portal.call(lambda: _remote(url, folders.upstream.raw))
        stack.callback(portal.call, remote.aclose)
        key = folders.caller.raw
        yield [
            DirectCell("local", engine, portal),
            stack.enter_context(RestCell("local", url, key)),
            StdioCell("local", pipe),
            stack.enter_context(HttpCell("local", url, key)),
            DirectCell("remote", remote, portal),
            stack.enter_context(RestCell("remote", front_url, key)),
            StdioCell("remote", remote_pipe),
            stack.enter_context(HttpCell("remote", front_url, key)),
        ]


async def _remote(url: str, key: str) -> RemoteBackend:
    return RemoteBackend(url, key)


class DirectCell:
    """The backend in this process."""

    surface = "direct call"

    def __init__(self, backend: str, engine: Backend, portal: BlockingPortal) -> None:
        self.backend = backend
        self._engine = engine
        self._portal = portal

    def ask(self, asked: Asked) -> Reply:
        """Call it, with arguments checked as every surface checks them."""
        return self._portal.call(self._ask, asked)

    def ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        """Call the tool's handler upon it."""
        return self._portal.call(self._ask_tool, tool, arguments)

    async def _ask(self, asked: Asked) -> Reply:
        operation = asked.operation
        try:
            wanted = validate(operation.request, asked.arguments)
            found = await self._engine.call(operation, wanted, idempotency_key=asked.idempotency_key)
        except ContractError as error:
            return Reply(error.status, error.body())
        written = found.model_dump(mode="json")
        assert check_answer(operation.response, written).model_dump(mode="json") == written
        return Reply(operation.status, written)

    async def _ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        params = types.CallToolRequestParams(name=tool, arguments=dict(arguments))
        with calling(Caller(self._engine, is_on_this_machine=lambda: True)) as backend:
            return Reply(200, await call_tool(HANDLERS, backend, params))


class _Client:
    """A connection to a server, with a key."""

    def __init__(self, backend: str, url: str, key: str) -> None:
        self.backend = backend
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=_SECONDS
        )

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


class RestCell(_Client):
    """The published routes."""

    surface = "REST"

    def ask(self, asked: Asked) -> Reply | None:
        """Send the arguments where the route has them."""
        operation = asked.operation
        if Surface.REST not in operation.surfaces:
            return None
        in_path = operation.path_parameters
        path = operation.path.format(**{name: quote(str(asked.arguments[name]), safe="") for name in in_path})
        others = {name: value for name, value in asked.arguments.items() if name not in in_path}
        key = asked.idempotency_key
        response = self._http.request(
            operation.method,
            path,
            headers={idempotency.HEADER: key} if key else {},
            **({"json": others} if operation.body_fields else {"params": others}),
        )
        assert response.headers["content-type"] == "application/json"
        return Reply(response.status_code, response.json())

    def ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> None:
        """There are none."""


class StdioCell:
    """The program that a host starts."""

    surface = "MCP stdio"

    def __init__(self, backend: str, program: Program) -> None:
        self.backend = backend
        self._program = program

    def ask(self, asked: Asked) -> None:
        """MCP has tools."""

    def ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        """Write a line, read a line."""
        self._program.input.write(json.dumps(_call(tool, arguments)).encode() + b"\n")
        self._program.input.flush()
        return Reply(200, _result(json.loads(self._program.output.next())))


class HttpCell(_Client):
    """MCP over streamable HTTP."""

    surface = "MCP HTTP"

    def ask(self, asked: Asked) -> None:
        """MCP has tools."""

    def ask_tool(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        """Send a message; whoever is not let in gets the same body as on a published route."""
        message = _call(tool, arguments)
        headers = {name.replace("_", "-"): value for name, value in era_headers(message, _ERA).items()}
        response = self._http.post("/mcp", json=message, headers={**HEADERS, **headers})
        body = response.json()
        return Reply(response.status_code, _result(body) if "jsonrpc" in body else body)


def _call(tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return request("tools/call", {"name": tool, "arguments": dict(arguments)}, era=_ERA)


def _result(message: Mapping[str, Any]) -> dict[str, Any]:
    """The result, without what the wire adds about the server itself."""
    return {name: value for name, value in message["result"].items() if name != "_meta"}
