"""A database that fails is an answer that says what to do, and the process goes on serving."""

import json
import logging
import sqlite3
import sys
from contextlib import aclosing, closing

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client

from backends.local.database import Database
from backends.local.rotation import initialise_encryption
from backends.local.storage import DATABASE_NAME, prepare_folder
from contract.errors import NotPublished, ServiceUnreachable, StorageBusy, StorageFull, family
from contract.musicengine.analytics import GET_COVERAGE
from contract.musicengine.tools import TOOLS
from server.mcp.server import build_server
from server.mcp.tool_list import listed_tools
from tests.mcp.conftest import ROOT, in_process

OVERVIEW = "catalogue_get_overview"


def text(result):
    assert result.is_error is True
    assert result.structured_content is None
    return result.content[0].text


def foreign(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (value)")


def newer(path):
    foreign(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {0x4D454D43}")
        connection.execute("PRAGMA user_version = 9999")


def file_for_a_folder(path):
    path.parent.rmdir()
    path.parent.write_text("not a folder")


FAILURES = {
    "storage_corrupt": lambda path: path.write_text("not a database, " * 1000),
    "storage_corrupt: The file is a database of another program": foreign,
    "storage_too_new": newer,
    "storage_read_only": file_for_a_folder,
}
NEXT_STEPS = {
    "storage_corrupt": "'musicengine-mcp restore' puts a backup in a database's place",
    "storage_too_new": "Upgrade",
    "storage_read_only": "--data-dir",
}


@in_process
@pytest.mark.parametrize("failure", FAILURES)
async def test_each_failure_is_an_error_with_the_next_step_and_serving_goes_on(data_dir, connect, failure):
    prepare_folder(data_dir)
    path = data_dir / DATABASE_NAME
    FAILURES[failure](path)
    before = path.read_bytes() if path.exists() else None
    async with connect() as client:
        for tool in TOOLS:
            if tool.read_only:
                said = text(await client.call_tool(tool.name, dict(tool.example)))
                assert said.startswith(failure)
                assert NEXT_STEPS[failure.partition(":")[0]] in said
                assert str(data_dir) not in said
        with pytest.raises(MCPError) as caught:
            await client.read_resource("musicengine://tracks/USXXX1234567")
        assert (caught.value.error.code, failure.partition(":")[0] in caught.value.error.message) == (-32603, True)
        # What needs no database is answered as ever.
        assert len((await client.list_tools()).tools) == len(listed_tools(with_library=True))
        assert (await client.read_resource("musicengine://llms.txt")).contents
    if before is not None:
        assert path.read_bytes() == before


async def test_once_the_cause_is_gone_the_same_process_answers(data_dir, connect):
    prepare_folder(data_dir)
    path = data_dir / DATABASE_NAME
    path.write_text("not a database")
    async with connect() as client:
        assert text(await client.call_tool(OVERVIEW)).startswith("storage_corrupt")
        path.rename(path.with_name("aside"))
        assert (await client.call_tool(OVERVIEW)).structured_content["total_tracks"] == 0


async def test_an_unknown_workspace_says_how_to_list_and_add_them(label, open_client):
    async with open_client(label, "nowhere") as client:
        said = text(await client.call_tool(OVERVIEW))
    assert said.startswith("not_found: There is no workspace of that name.")
    assert "workspaces list" in said


async def test_a_full_disk_stops_a_write_leaves_nothing_half_written_and_reads_go_on(label, tmp_path):
    """The shell's limit on the size of files stands in for the disk's."""
    async with aclosing(Database(label)) as database:
        await initialise_encryption(database)
    size = (label / DATABASE_NAME).stat().st_size
    cookies = tmp_path / "cookies.txt"
    lines = [f".d{number}.example\tTRUE\t/\tTRUE\t0\tc\t{'x' * 4000}" for number in range(400)]
    cookies.write_text("# Netscape HTTP Cookie File\n" + "\n".join(lines) + "\n", encoding="utf-8")
    limit = size // 1024 + 300  # in kilobytes; the cookies take 1,600
    script = f'ulimit -f {limit} && exec "$0" -m musicengine_mcp --data-dir "$1"'
    command = StdioServerParameters(command="bash", args=["-c", script, sys.executable, str(label)], cwd=ROOT)
    with anyio.fail_after(20):
        async with Client(stdio_client(command)) as client:
            assert not (await client.call_tool(OVERVIEW)).is_error
            arguments = {"name": "session", "cookie_file": str(cookies)}
            said = text(await client.call_tool("catalogue_import_browser_profile", arguments))
            assert said.startswith("storage_full: ")
            assert "Free some space" in said
            assert (await client.call_tool(OVERVIEW)).structured_content["total_tracks"] == 8
    with closing(sqlite3.connect(label / DATABASE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM browser_profiles").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class Raising:
    """A backend whose every call fails in the same way."""

    def __init__(self, error):
        self.error = error

    async def call(self, operation, request):
        raise self.error

    async def aclose(self):
        """Nothing to close."""


@pytest.mark.parametrize("error", family(), ids=lambda error: error.code)
async def test_every_error_of_the_contract_reaches_the_model_as_its_code_and_what_to_do(error):
    async with Client(build_server(Raising(error()))) as client:
        said = text(await client.call_tool("catalogue_what_moved", {}))
    expected = error()
    assert said.startswith(f"{error.code}: {expected.message}")
    assert said.endswith(expected.agent_next_step or expected.next_step or expected.message)


async def test_a_services_message_comes_out_inert():
    error = StorageBusy("wait\u202e a \x1b[31mmoment\u200b")
    async with Client(build_server(Raising(error))) as client:
        assert text(await client.call_tool("catalogue_what_moved", {})).startswith("storage_busy: wait a [31mmoment")


async def test_a_bug_is_an_internal_error_that_shows_nothing_and_is_logged(caplog):
    caplog.set_level(logging.ERROR)
    async with Client(build_server(Raising(ZeroDivisionError("CANARY")))) as client:
        said = text(await client.call_tool("catalogue_what_moved", {}))
    assert said.startswith("internal_error: ")
    assert "CANARY" not in said
    assert "CANARY" in caplog.text


class HalfACharacter:
    """A service whose stored metadata hold half of a character, as JSON can write it."""

    async def call(self, operation, request):
        example = operation.example.response
        if operation.name == "get_track":
            example = {"data": {**example["data"], "metadata": {"note": "half \ud800"}}}
        return operation.response.model_validate(example)

    async def aclose(self):
        """Nothing to close."""


async def test_text_that_no_encoding_can_write_is_taken_out():
    arguments = {"isrc": "USXXX1234567", "detail": "full"}
    async with Client(build_server(HalfACharacter()), mode="legacy") as client:
        result = await client.call_tool("catalogue_get_track", arguments)
        resource = await client.read_resource("musicengine://tracks/USXXX1234567")
    assert result.structured_content["track"]["metadata"] == {"note": "half "}
    assert json.loads(resource.contents[0].text)["metadata"] == {"note": "half "}


class Remote:
    """A service that answers everything but how far its data reach."""

    def __init__(self, error=NotPublished):
        self.error = error

    async def call(self, operation, request):
        if operation is GET_COVERAGE:
            raise self.error
        return operation.response.model_validate(operation.example.response)

    async def aclose(self):
        """Nothing to close."""


async def test_an_overview_needs_no_coverage():
    async with Client(build_server(Remote())) as client:
        answer = (await client.call_tool(OVERVIEW, {})).structured_content
    assert (answer["date"], answer["spotify_latest_day"]) == (None, None)
    assert answer["best_tracks"]


@pytest.mark.parametrize("error", [StorageFull, ServiceUnreachable])
async def test_an_overview_hides_no_other_failure_of_coverage(error):
    async with Client(build_server(Remote(error))) as client:
        assert text(await client.call_tool(OVERVIEW, {})).startswith(f"{error.code}: ")
