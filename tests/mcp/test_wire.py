"""The running program as a host sees it: pipes, signals, and a terminal."""

import json
import os
import pty
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from pathlib import Path

import anyio
import pytest
from anyio.streams.buffered import BufferedByteReceiveStream

from backends.local.storage import DATABASE_NAME
from server.mcp.tool_list import listed_tools

ROOT = Path(__file__).resolve().parents[2]

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "pipe", "version": "1"},
    },
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "pipe", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Pipe:
    """The program's three streams."""

    def __init__(self, process):
        self.process = process
        self._out = BufferedByteReceiveStream(process.stdout)

    async def send(self, *messages):
        for message in messages:
            text = message if isinstance(message, bytes) else json.dumps(message).encode()
            await self.process.stdin.send(text + b"\n")

    async def receive(self):
        """The next line, which must be JSON-RPC."""
        message = json.loads(await self._out.receive_until(b"\n", 10_000_000))
        assert message["jsonrpc"] == "2.0"
        return message

    async def rest(self):
        """What is left on both streams after the program's end."""
        out, errors = b"", b""
        async with anyio.create_task_group() as tasks:

            async def read_errors():
                nonlocal errors
                errors = b"".join([chunk async for chunk in self.process.stderr])

            tasks.start_soon(read_errors)
            out = b"".join([chunk async for chunk in self.process.stdout])
        return self._out.buffer + out, errors.decode()


@asynccontextmanager
async def program(data_dir, **environment):
    arguments = [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(data_dir)]
    with anyio.fail_after(20):
        async with await anyio.open_process(arguments, cwd=ROOT, env={**os.environ, **environment}) as process:
            try:
                yield Pipe(process)
            finally:
                if process.returncode is None:
                    process.kill()


def call(number, tool, **arguments):
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


async def test_a_handshake_then_calls_then_the_end_of_input_ends_it_with_zero(label):
    async with program(label) as pipe:
        await pipe.send(INITIALIZE)
        answer = await pipe.receive()
        assert answer["result"]["protocolVersion"] == "2025-06-18"
        assert len(answer["result"]["instructions"]) < 2048
        await pipe.send(INITIALIZED, call(2, "catalogue_list_tracks", limit=1))
        answer = await pipe.receive()
        assert (answer["id"], answer["result"]["structuredContent"]["remaining"]) == (2, 7)
        assert "resultType" not in answer["result"], "the handshake revisions know no such member"
        await pipe.process.stdin.aclose()
        assert await pipe.process.wait() == 0
        assert await pipe.rest() == (b"", "")


async def test_without_a_handshake_discover_tells_what_there_is(label):
    async with program(label) as pipe:
        await pipe.send({"jsonrpc": "2.0", "id": "d", "method": "server/discover", "params": {"_meta": META}})
        answer = (await pipe.receive())["result"]
        assert "2026-07-28" in answer["supportedVersions"]
        assert len(answer["instructions"]) < 2048
        assert (answer["ttlMs"], answer["cacheScope"]) == (3_600_000, "public")
        request = call("c", "catalogue_what_moved")
        request["params"]["_meta"] = META
        await pipe.send(request)
        answer = (await pipe.receive())["result"]
        assert answer["resultType"] == "complete"
        assert answer["structuredContent"]["rising"]


MALFORMED = (
    b"this is not json",
    b"{",
    b'{"jsonrpc":"2.0"}',
    b"[]",
    b"null",
    b"",
    b"\xff\xfe\x00",
    b'{"jsonrpc":"2.0","id":1,"method":7}',
    b'{"jsonrpc":"2.0","id":9,"method":"no/such/method"}',
    b'{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":7}}',
    b'{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"catalogue_list_tracks","arguments":[]}}',
    b'{"jsonrpc":"2.0","id":12,"method":"resources/read","params":{}}',
    b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}',
    b'{"jsonrpc":"2.0","id":13,"method":"x","params":' + b"[" * 5000 + b"]" * 5000 + b"}",
)


async def test_malformed_lines_neither_end_it_nor_put_anything_but_json_rpc_on_its_output(label):
    async with program(label) as pipe:
        await pipe.send(INITIALIZE)
        await pipe.receive()
        await pipe.send(INITIALIZED, *MALFORMED, call("last", "catalogue_get_overview"))
        while (answer := await pipe.receive())["id"] != "last":
            assert answer["error"]["code"] in {-32700, -32600, -32601, -32602}
        assert answer["result"]["structuredContent"]["total_tracks"] == 8
        await pipe.process.stdin.aclose()
        assert await pipe.process.wait() == 0
        out, _ = await pipe.rest()
        assert out == b""


async def test_only_json_rpc_reaches_the_output_even_if_python_is_verbose(label):
    async with program(label, PYTHONWARNINGS="always", PYTHONASYNCIODEBUG="1") as pipe:
        await pipe.send(INITIALIZE, INITIALIZED)
        await pipe.receive()
        for number in range(5):
            await pipe.send(call(number, "catalogue_get_track", isrc="USXXX1234567"))
            assert (await pipe.receive())["id"] == number
        await pipe.process.stdin.aclose()
        assert await pipe.process.wait() == 0
        out, _ = await pipe.rest()
        assert out == b""


async def test_tools_are_listed_without_a_database(data_dir):
    async with program(data_dir) as pipe:
        await pipe.send(INITIALIZE, INITIALIZED, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        await pipe.receive()
        assert len((await pipe.receive())["result"]["tools"]) == len(listed_tools(with_library=True))
        assert not data_dir.exists()
        await pipe.send(call(3, "catalogue_list_tracks"))
        assert "musicengine-mcp import" in (await pipe.receive())["result"]["structuredContent"]["hint"]
        assert (data_dir / DATABASE_NAME).exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "after a call"])
async def test_a_signal_ends_it_at_once_and_quietly(label, number, code, busy):
    async with program(label) as pipe:
        await pipe.send(INITIALIZE, INITIALIZED)
        await pipe.receive()
        if busy:
            await pipe.send(call(2, "catalogue_get_overview"))
            await pipe.receive()
        pipe.process.send_signal(number)
        with anyio.fail_after(5):
            assert await pipe.process.wait() == code
        assert await pipe.rest() == (b"", "")
    with closing(sqlite3.connect(label / DATABASE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_cancelled_call_leaves_it_serving(label):
    async with program(label) as pipe:
        await pipe.send(INITIALIZE, INITIALIZED)
        await pipe.receive()
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}}
        await pipe.send(call(2, "catalogue_what_moved"), cancel, call(3, "catalogue_get_overview"))
        while (answer := await pipe.receive())["id"] != 3:
            pass
        assert answer["result"]["structuredContent"]["total_tracks"] == 8


AT_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches the program
os.execv(sys.executable, [sys.executable, "-m", "musicengine_mcp", "--data-dir", sys.argv[1]])
"""


@pytest.mark.parametrize(("key", "code"), [(b"\x04", 0), (b"\x03", 130)], ids=["Ctrl-D", "Ctrl-C"])
async def test_a_person_at_a_terminal_gets_two_lines_and_can_leave(data_dir, key, code):
    controller, terminal = pty.openpty()
    arguments = [sys.executable, "-c", AT_A_TERMINAL, str(data_dir)]
    with anyio.fail_after(20):
        async with await anyio.open_process(arguments, stdin=terminal, cwd=ROOT, start_new_session=True) as process:
            os.close(terminal)
            try:
                told = BufferedByteReceiveStream(process.stderr)
                lines = [(await told.receive_until(b"\n", 1000)).decode() for _ in range(2)]
                os.write(controller, key)
                assert await process.wait() == code
                out, errors = await Pipe(process).rest()
            finally:
                if process.returncode is None:
                    process.kill()
                os.close(controller)
    assert "waiting for an MCP host" in lines[0]
    assert "musicengine-mcp --help" in lines[1]
    assert out == b""
    assert told.buffer.decode() + errors in {"", "Interrupted.\n"}, "as early as this, it may not be listening yet"
    assert not data_dir.exists()


async def test_a_pipe_gets_no_lines_for_a_person(data_dir):
    async with program(data_dir) as pipe:
        await pipe.process.stdin.aclose()
        assert await pipe.process.wait() == 0
        assert await pipe.rest() == (b"", "")
