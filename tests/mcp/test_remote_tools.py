"""The tools over a service elsewhere answer as they do over the data on this machine."""

import json
import os
import sys
from contextlib import aclosing, asynccontextmanager

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from backends.local.musicengine import LocalMusicEngine
from backends.local.rotation import initialise_encryption
from contract.errors import EncryptionNotConfigured, KeyRevoked
from server.deferred import DeferredBackend
from server.mcp.server import build_server, instructions
from server.mcp.tool_list import listed_tools
from tests.mcp.conftest import ROOT
from tests.mcp.test_results import CALLS, CALLS_OF_A_TRACK, COOKIES
from tests.remote.conftest import KEY, Waits, served
from tests.remote.scripted import Reply, Script, listening
from tests.remote.served import answer_of

ENTERS = "Data enters at the service itself"


@pytest.fixture
async def local(data_dir):
    async with aclosing(LocalMusicEngine(data_dir)) as backend:
        yield backend


@asynccontextmanager
async def tools_over(script):
    """A client of a server whose backend calls the scripted service."""
    with anyio.fail_after(20):
        async with served(script, Waits().policy()) as remote, Client(build_server(opened_late(remote))) as client:
            yield client


def opened_late(backend):
    """The backend as the program has it: opened by its first call."""
    return DeferredBackend(lambda: backend, backend.how_data_enters)


def started(script_address, **environment):
    """How a host starts the program to read from a service."""
    settings = {"MUSICENGINE_API_KEY": KEY, "MUSICENGINE_BASE_URL": script_address}
    kept = {
        name: value for name, value in os.environ.items() if name.startswith("COV") or name == "MUSICENGINE_DATA_DIR"
    }
    return StdioServerParameters(
        command=sys.executable, args=["-m", "musicengine_mcp"], cwd=ROOT, env=kept | settings | environment
    )


async def test_every_tool_answers_from_afar_what_it_answers_here(label, local, open_client):
    async with tools_over(Script(answer=answer_of(local))) as afar, open_client() as here:
        for tool, arguments in (*CALLS, *CALLS_OF_A_TRACK):
            expected = await here.call_tool(tool, arguments)
            answered = await afar.call_tool(tool, arguments)
            assert not answered.is_error, (tool, arguments, answered.content)
            if ENTERS not in answered.structured_content.get("hint", ""):
                assert answered.structured_content == expected.structured_content, (tool, arguments)


@pytest.mark.parametrize("tool", ["catalogue_list_tracks", "catalogue_get_overview", "catalogue_what_moved"])
async def test_an_empty_workspace_elsewhere_is_not_to_be_filled_from_here(local, tool):
    async with tools_over(Script(answer=answer_of(local))) as client:
        hint = (await client.call_tool(tool, {})).structured_content["hint"]
    assert ENTERS in hint
    assert "FILE" not in hint


async def test_a_track_without_streams_elsewhere_is_not_to_be_filled_from_here(label, local):
    async with tools_over(Script(answer=answer_of(local))) as client:
        answer = await client.call_tool("catalogue_get_streams", {"isrc": "FRABC2300005"})
    assert ENTERS in answer.structured_content["hint"]


async def test_a_spotify_link_leads_to_its_track_from_afar(label, local):
    link = "https://open.spotify.com/track/0riser00000000000000Ab"
    async with tools_over(Script(answer=answer_of(local))) as client:
        track = (await client.call_tool("catalogue_get_track", {"isrc": link})).structured_content["track"]
    assert track["isrc"] == "DEABC2500001"


async def test_members_that_the_contract_does_not_know_yet_come_with_full_detail(label, local):
    def extra(operation, body):
        for row in body["data"] if isinstance(body["data"], list) else [body["data"]]:
            row["mood"] = {"of": operation.name}
            for day in row.get("historical_data", []):
                day["skips"] = 7
        return body

    async with tools_over(Script(answer=answer_of(local, extra=extra))) as client:

        async def ask(tool, **arguments):
            return (await client.call_tool(tool, arguments)).structured_content

        full = {"detail": "full"}
        isrc = {"isrc": "USXXX1234567"}
        assert (await ask("catalogue_list_tracks", **full))["tracks"][0]["mood"] == {"of": "list_tracks"}
        assert (await ask("catalogue_list_tracks", query="song", **full))["tracks"][0]["mood"] == {"of": "list_tracks"}
        assert (await ask("catalogue_get_track", **isrc, **full))["track"]["mood"] == {"of": "get_track"}
        assert (await ask("catalogue_get_streams", **isrc, **full))["daily"][0]["skips"] == 7
        assert "mood" not in (await ask("catalogue_list_tracks"))["tracks"][0]
        assert "mood" not in (await ask("catalogue_get_track", **isrc))["track"]


@pytest.mark.parametrize(
    ("tool", "arguments", "field", "value"),
    [
        ("catalogue_list_tracks", {}, "data.0.title", 7),
        ("catalogue_list_tracks", {"query": "x"}, "data.0.artist", None),
        ("catalogue_get_track", {"isrc": "USXXX1234567"}, "data.full_tracking", "yes"),
        ("catalogue_get_streams", {"isrc": "USXXX1234567"}, "data.historical_data.1.spotify_streams", "12"),
        ("catalogue_get_streams", {"isrc": "USXXX1234567"}, "data.historical_data.1.date", "2026-02-30"),
        ("catalogue_get_overview", {}, "data.best_tracks.0.streams", -0.5),
        ("catalogue_what_moved", {}, "data.stats.days_tracked", []),
    ],
)
async def test_an_answer_that_does_not_fit_is_drift_that_names_the_field(label, local, tool, arguments, field, value):
    def extra(_, body):
        *way, last = field.split(".")
        try:
            place = body
            for step in way:
                place = place[int(step) if step.isdigit() else step]
            place[last] = value
        except (KeyError, TypeError, IndexError):
            pass  # an answer of another operation
        return body

    async with tools_over(Script(answer=answer_of(local, extra=extra))) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.content[0].text.startswith(
        f"contract_drift: The service's answer is not as the contract says: {field} "
    )


@pytest.mark.parametrize("released", ["2026-02-30", "0000-00-00", "0001-01-01", "9999-99-99"])
async def test_a_release_date_that_is_no_day_is_shown_and_taken_for_unknown(label, local, released):
    def extra(_, body):
        for row in body["data"] if isinstance(body["data"], list) else [body["data"]]:
            if "release_date" in row:
                row["release_date"] = released
        return body

    async with tools_over(Script(answer=answer_of(local, extra=extra))) as client:
        for tool, arguments in (("catalogue_what_moved", {}), ("catalogue_get_streams", {"isrc": "GBXYZ2600004"})):
            assert not (await client.call_tool(tool, arguments)).is_error
        track = (await client.call_tool("catalogue_get_track", {"isrc": "GBXYZ2600004"})).structured_content["track"]
    assert track["release_date"] == released


async def test_half_a_character_in_any_text_of_a_service_is_taken_out(label, local):
    def extra(_, body):
        return json.loads(json.dumps(body).replace("Downhill", "Down\\ud800hill"))

    async with tools_over(Script(answer=answer_of(local, extra=extra))) as client:
        for tool, arguments in (
            ("catalogue_list_tracks", {}),
            ("catalogue_list_tracks", {"query": "hill", "detail": "full"}),
            ("catalogue_get_track", {"isrc": "DEABC2500002"}),
            ("catalogue_get_streams", {"isrc": "DEABC2500002"}),
            ("catalogue_get_overview", {}),
            ("catalogue_what_moved", {"min_streams": 0, "limit": 50}),
        ):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, (tool, result.content)
            assert "\ud800" not in result.content[0].text
            assert "Downhill" in result.content[0].text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Reply(status=401), "unauthorized: The Authorization header is missing or its API key is not known. Check"),
        (Reply(KeyRevoked(next_step="Ask Ana.").body(), 401), "key_revoked: This API key was revoked. Ask Ana."),
        (Reply(status=429, headers={"Retry-After": "99"}), "rate_limited: Too many requests. Try again in 99 seconds."),
        (Reply(status=500), "internal_error: The service"),
        (Reply(b"<html>"), "contract_drift: The service's answer is not JSON."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_services_refusal_is_an_answer_that_says_what_to_do(said, told):
    async with tools_over(Script(said)) as client:
        result = await client.call_tool("catalogue_list_tracks", {})
    assert result.is_error
    assert result.content[0].text.startswith(told)


async def test_waits_side_by_side_are_told_as_one(label, local):
    answer, refused, told = answer_of(local), set(), []

    async def refuse_each_once(asked):
        if "analytics" in asked.target and asked.target not in refused:
            refused.add(asked.target)
            return Reply(status=429, headers={"Retry-After": "9"})
        return await answer(asked)

    async def listen(progress, total, message):
        told.append((progress, message))

    async with tools_over(Script(answer=refuse_each_once)) as client:
        result = await client.call_tool("catalogue_what_moved", {}, progress_callback=listen)
    assert result.structured_content["rising"]
    assert len(refused) == 8
    assert told == [(1, "Waiting 9 s: the service had too many requests (try 2 of 4 follows).")]


async def test_a_browser_profile_is_sent_once_under_a_key(local, tmp_path):
    await initialise_encryption(local.database)
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    imported = {"success": True, "message": "Imported.", "profile_id": 7, "name": "session", "vault": "new"}
    script = Script(Reply(status=502), Reply(imported, 201))
    async with tools_over(script) as client:
        arguments = {"name": "session", "cookie_file": str(tmp_path / "cookies.txt")}
        result = await client.call_tool("catalogue_import_browser_profile", arguments)
    assert result.structured_content == {"profile_id": 7, "name": "session", "cookies": 1, "message": "Imported."}
    first, second = script.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert json.loads(first.body)["cookies"][0]["name"] == "sp_dc"


async def test_a_service_without_encryption_is_not_to_be_set_up_from_here(tmp_path):
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    refused = {"error": {"code": EncryptionNotConfigured.code, "message": "No."}}
    async with tools_over(Script(Reply(refused, 403))) as client:
        arguments = {"name": "session", "cookie_file": str(tmp_path / "cookies.txt")}
        result = await client.call_tool("catalogue_import_browser_profile", arguments)
    assert "Whoever runs the service" in result.content[0].text
    assert "secrets init" not in result.content[0].text


async def test_the_program_reads_from_the_service_that_its_environment_names(label, local, data_dir, era, tmp_path):
    script = Script(answer=answer_of(local))
    log = tmp_path / "stderr.txt"
    with anyio.fail_after(20), log.open("w") as stderr:
        async with listening(script.serve) as port:
            parameters = started(f"http://127.0.0.1:{port}", MUSICENGINE_DATA_DIR=str(tmp_path / "untouched"))
            mode = "legacy" if era == "legacy" else "auto"
            async with Client(stdio_client(parameters, errlog=stderr), mode=mode) as client:
                assert ENTERS in client.instructions
                assert "musicengine-mcp import FILE" in instructions()
                assert "musicengine-mcp import FILE" not in client.instructions
                moved = (await client.call_tool("catalogue_what_moved", {})).structured_content
                found = (await client.call_tool("catalogue_list_tracks", {"query": "song"})).structured_content
    assert {"Aufwärts", "Out This Week"} <= {movement["title"] for movement in moved["rising"]}
    assert found["total"] == 1
    assert all(asked.headers["authorization"] == f"Bearer {KEY}" for asked in script.asked)
    assert log.read_text() == ""
    assert not (tmp_path / "untouched").exists()


async def test_a_certificate_that_can_not_be_read_is_an_error_that_names_its_variable(tmp_path):
    parameters = started("https://service.test", SSL_CERT_FILE=str(tmp_path / "missing.pem"))
    with anyio.fail_after(20):
        async with Client(stdio_client(parameters)) as client:
            assert len((await client.list_tools()).tools) == len(listed_tools(with_library=True))
            result = await client.call_tool("catalogue_get_overview", {})
    assert result.is_error
    assert result.content[0].text.startswith("invalid_request: SSL_CERT_FILE does not name a readable file")
