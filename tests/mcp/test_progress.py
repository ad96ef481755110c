"""A wait for the service reaches the host as progress, if it asked for that, and can be cancelled."""

from contextlib import asynccontextmanager

import anyio
import pytest
from mcp import Client, stdio_client

from contract.musicengine.catalogue import LIST_TRACKS
from tests.mcp.test_remote_tools import started
from tests.mcp.test_wire import INITIALIZE, INITIALIZED, META, call, program
from tests.remote.conftest import KEY
from tests.remote.scripted import Reply, Script, listening

TRACKS = Reply(LIST_TRACKS.example.response)


def busy(seconds):
    return Reply(status=429, headers={"Retry-After": str(seconds)})


async def test_a_short_wait_is_told_as_progress_in_both_eras(era):
    told = []

    async def listen(progress, total, message):
        told.append((progress, total, message))

    with anyio.fail_after(20):
        async with listening(Script(busy(1), busy(1), TRACKS).serve) as port:
            mode = "legacy" if era == "legacy" else "auto"
            async with Client(stdio_client(started(f"http://127.0.0.1:{port}")), mode=mode) as client:
                result = await client.call_tool("catalogue_list_tracks", {}, progress_callback=listen)
    assert result.structured_content["tracks"]
    assert [progress for progress, _, _ in told] == [1, 2]
    assert told[0][2] == "Waiting 1 s: the service had too many requests (try 2 of 4 follows)."


@asynccontextmanager
async def reading_from(script, data_dir):
    """The program on pipes, reading from a scripted service."""
    async with (
        listening(script.serve) as port,
        program(data_dir, MUSICENGINE_API_KEY=KEY, MUSICENGINE_BASE_URL=f"http://127.0.0.1:{port}") as pipe,
    ):
        yield pipe


@pytest.mark.parametrize("meta", [None, META], ids=["legacy", "2026-07-28"])
async def test_without_a_token_nothing_is_sent_but_the_answer(data_dir, meta):
    request = call(2, "catalogue_list_tracks")
    async with reading_from(Script(busy(1), TRACKS), data_dir) as pipe:
        if meta is None:
            await pipe.send(INITIALIZE, INITIALIZED)
            await pipe.receive()
        else:
            request["params"]["_meta"] = meta
        await pipe.send(request)
        answer = await pipe.receive()
    assert answer["id"] == 2
    assert answer["result"]["structuredContent"]["tracks"]


async def test_a_wait_that_is_cancelled_ends_at_once_and_leaves_the_program_serving(data_dir):
    script = Script(busy(25), TRACKS)
    request = call(2, "catalogue_list_tracks")
    request["params"]["_meta"] = {"progressToken": "p"}
    async with reading_from(script, data_dir) as pipe:
        await pipe.send(INITIALIZE, INITIALIZED)
        await pipe.receive()
        await pipe.send(request)
        notification = await pipe.receive()
        assert notification["method"] == "notifications/progress"
        assert notification["params"]["progressToken"] == "p"
        assert "25 s" in notification["params"]["message"]
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}}
        await pipe.send(cancel, call(3, "catalogue_list_tracks"))
        while (answer := await pipe.receive())["id"] != 3:
            assert answer["id"] == 2
        assert answer["result"]["structuredContent"]["tracks"]
        await pipe.process.stdin.aclose()
        assert await pipe.process.wait() == 0
        assert await pipe.rest() == (b"", "")
    assert len(script.asked) == 2
