"""Every operation of the hub by every way to it, and every tool: the same question has the same answer everywhere.

Each cell has a hub of its own, with the same library; all are asked the same questions in the same order. What is made
up anew each time, ids and moments, is compared by its form.
"""

import json
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from backends.backend import Backend
from backends.local.hub.hub import LocalHub
from backends.remote.hub import RemoteHub
from contract.errors import ContractError
from contract.hub.ids import Kind
from contract.hub.library import LIST_ARTISTS, LIST_LIBRARY_TRACKS
from contract.hub.operations import OPERATIONS
from contract.hub.playlist_entries import ADD_PLAYLIST_TRACKS
from contract.hub.playlists import CREATE_PLAYLIST
from contract.hub.tools import TOOLS
from contract.operation import Effect, Operation, Trust
from contract.validation import validate
from tests.conformance.cases import Case, cases_of
from tests.conformance.cells import Reply, StdioCell
from tests.hub.library import SONGS, put
from tests.programs import environment_of, running
from tests.serving import served

TOKEN = "an-api-token-of-the-hub-with-44-characters-x"

ITS_OWN = {"rebuild_database", "start_scan", "cancel_scan", "get_scan", "list_roots", "remove_root"}
"""Speak of a folder of the hub's machine, and of work that takes its time there; tests of their own ask them."""

ASKED = sorted(
    (operation for operation in OPERATIONS if not operation.is_raw and operation.name not in ITS_OWN),
    key=lambda operation: operation.effect is Effect.DELETE,
)
"""What deletes comes last. Raw ones have but one way: tests/wire."""

ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{8,32}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SECRET = re.compile(r"\b(mhub|hub)_[a-z]+_[\w-]{20,}|\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")
RUNNING = {"positionNowMs", "positionMs", "expiresIn", "caller", "url", "reach", "nextStep"}
ADDRESS = re.compile(r"https?://[^/\"]+")


class OperationCell:
    """A backend, called as every surface calls it."""

    def __init__(self, name: str, backend: Backend, portal: BlockingPortal) -> None:
        self.name = name
        self._backend = backend
        self._portal = portal

    def ask(self, operation: Operation[Any, Any], arguments: Mapping[str, Any]) -> Reply:
        """Call it."""
        return self._portal.call(self._ask, operation, arguments)

    async def _ask(self, operation: Operation[Any, Any], arguments: Mapping[str, Any]) -> Reply:
        try:
            wanted = validate(operation.request, arguments, strict=operation.method != "GET")
            found = await self._backend.call(operation, wanted)
        except ContractError as error:
            return Reply(error.status, error.body())
        return Reply(operation.status, found.model_dump(mode="json"))


class RestCell:
    """The routes."""

    def __init__(self, name: str, http: httpx.Client) -> None:
        self.name = name
        self._http = http

    def ask(self, operation: Operation[Any, Any], arguments: Mapping[str, Any]) -> Reply:
        """Send the arguments where the route has them."""
        in_path = operation.path_parameters
        path = operation.path.format(**{name: quote(str(arguments[name]), safe="") for name in in_path})
        others = {name: value for name, value in arguments.items() if name not in in_path}
        sent = {"params": others} if operation.method == "GET" else {"json": others}
        response = self._http.request(operation.method, path, **sent)
        return Reply(response.status_code, response.json())


@dataclass(frozen=True)
class Hubs:
    """The cells, and by cell what stands in each for the examples' ids."""

    cells: list[Any]
    tools: list[StdioCell]
    names: Mapping[str, Mapping[str, str]]


@contextmanager
def opened(library: Path, folder: Path) -> Generator[Hubs, None, None]:
    """All cells, each over a copy of the library."""
    folders = {}
    for name in ("direct", "rest", "remote", "stdio", "remote stdio"):
        folders[name] = folder / name
        shutil.copytree(library, folders[name])
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        rest = stack.enter_context(served(folders["rest"]))
        remote = stack.enter_context(served(folders["remote"], hub_token=TOKEN))
        behind = stack.enter_context(served(folders["remote stdio"], hub_token=TOKEN))
        local = LocalHub(folders["direct"])
        stack.callback(portal.call, local.aclose)
        far = portal.call(_remote, remote.far_url)
        stack.callback(portal.call, far.aclose)
        pipe = stack.enter_context(running(folders["stdio"], environment=environment_of()))
        afar = environment_of(MUSIC_HUB_URL=behind.far_url, MUSIC_HUB_API_TOKEN=TOKEN)
        far_pipe = stack.enter_context(running(folder / "nothing", environment=afar))
        cells = [
            OperationCell("direct", local, portal),
            RestCell("rest", rest.client),
            OperationCell("remote", far, portal),
        ]
        tools = [StdioCell("stdio", pipe), StdioCell("remote stdio", far_pipe)]
        yield Hubs(cells, tools, {cell.name: _made(cell) for cell in cells})


async def _remote(url: str) -> RemoteHub:
    return RemoteHub(url, TOKEN)


def _made(cell: Any) -> dict[str, str]:
    """A playlist, and a track, an album and an artist of the library, by the examples' ids of each."""
    playlist = cell.ask(CREATE_PLAYLIST, {"name": "Mix"}).body["playlist"]["id"]
    tracks = cell.ask(LIST_LIBRARY_TRACKS, {}).body["tracks"]
    track = next(track for track in tracks if track["albumId"] and track["isrc"])
    other = next(each for each in tracks if each["id"] != track["id"])
    added = cell.ask(ADD_PLAYLIST_TRACKS, {"id": playlist, "trackIds": [other["id"]]}).body
    artist = cell.ask(LIST_ARTISTS, {}).body["artists"][0]
    return {
        Kind.PLAYLIST.example: playlist,
        Kind.PLAYLIST_ENTRY.example: added["entryIds"][0],
        Kind.TRACK.example: track["id"],
        Kind.ALBUM.example: track["albumId"],
        Kind.ARTIST.example: artist["id"],
        "USXXX1234567": track["isrc"],
    }


@pytest.fixture(scope="module")
def hubs(tmp_path_factory) -> Generator[Hubs, None, None]:
    folder = tmp_path_factory.mktemp("hubs")
    put(folder / "library", SONGS)
    with opened(folder / "library", folder) as hubs:
        yield hubs


@pytest.mark.parametrize("operation", ASKED, ids=lambda operation: operation.name)
def test_an_operation_has_the_same_answers_in_process_by_rest_and_from_elsewhere(hubs, operation):
    cells = [cell for cell in hubs.cells if cell.name != "remote" or operation.trust is not Trust.LOCAL]
    for case in cases_of(operation):
        if not all(isinstance(case.arguments.get(name), str) for name in operation.path_parameters):
            continue  # no path can say that
        answers = {cell.name: essence(cell.ask(operation, own(case, hubs.names[cell.name]))) for cell in cells}
        assert all(answer == answers["direct"] for answer in answers.values()), (str(case), answers)
        if case.error:
            assert answers["direct"][1] == case.error.code, str(case)


@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if tool.name not in {"hub_scan", "hub_rebuild"}], ids=lambda tool: tool.name
)
def test_a_tool_has_the_same_answer_with_a_hub_elsewhere(hubs, tool):
    here, there = (cell.ask_tool(tool.name, dict(tool.example)) for cell in hubs.tools)
    assert formed(here.body) == formed(there.body)


def own(case: Case, names: Mapping[str, str]) -> dict[str, Any]:
    """The case's arguments, with what stands in this cell for the examples' ids."""
    text = json.dumps(dict(case.arguments))
    for example, real in names.items():
        text = text.replace(example, real)
    return json.loads(text)


def essence(reply: Reply) -> tuple[Any, ...]:
    """What has to be the same: of errors the code and what was wrong, in whatever words."""
    if isinstance(reply.body, dict) and "error" in reply.body:
        error = reply.body["error"]
        return (reply.status, error["code"], error.get("field"))
    return (reply.status, formed(reply.body))


def formed(value: Any) -> Any:
    """The value with what is made up anew each time given by its form."""
    if isinstance(value, dict):
        return {name: 0 if name in RUNNING else formed(member) for name, member in value.items()}
    if isinstance(value, list):
        return [formed(item) for item in value]
    if isinstance(value, str):
        if value.startswith("{"):  # the JSON text of a tool's result
            return formed(json.loads(value))
        return ADDRESS.sub("http://hub", SECRET.sub("secret", MOMENT.sub("moment", ID.sub(r"\1_", value))))
    return value
