"""`musicengine-mcp serve`: what it says, where it listens, and how it ends."""

import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.conftest import IMPORT, new_key
from tests.http.processes import Serving, serve


def run(*options):
    command = [sys.executable, "-m", "musicengine_mcp", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_it_says_where_everything_is_and_how_to_get_a_key(data_dir):
    server = Serving(data_dir)
    for path in ("/docs/api", "/openapi.json", "/llms.txt", "/docs/api.md"):
        assert httpx.get(server.address + path, trust_env=False).status_code == 200
    code, said = server.end()
    assert f"musicengine-mcp --data-dir {data_dir} keys create --name NAME" in said
    assert all(f"{server.address}{path}" in said for path in ("/api/v1/tracks", "/docs/api", "/mcp"))
    assert "Traceback" not in said
    assert code in {0, -signal.SIGTERM}


async def test_it_does_not_ask_for_a_key_where_there_is_one(data_dir):
    await new_key(data_dir)
    _, said = Serving(data_dir).end()
    assert "keys create" not in said


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_it_and_its_workers_without_a_traceback(data_dir, workers):
    server = Serving(data_dir, "--workers", workers)
    assert httpx.get(f"{server.address}/llms.txt", trust_env=False).status_code == 200
    _, said = server.end(signal.SIGINT)
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.address}/llms.txt", trust_env=False)


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "in use" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_it_does_not_listen_beyond_this_machine_unless_names_are_said(host):
    result = run("--host", host, "--port", "0")
    assert result.returncode == 1
    assert "--allow-host" in result.stderr


def test_with_a_name_it_listens_everywhere_under_that_name_and_those_of_this_machine(data_dir):
    with serve(data_dir, "--host", "0.0.0.0", "--allow-host", "music.example") as address:
        assert address.startswith("http://music.example:")
        port = address.rpartition(":")[2]
        statuses = [
            httpx.post(f"http://127.0.0.1:{port}/mcp", headers={"Host": name}, trust_env=False).status_code
            for name in ("music.example", f"music.example:{port}", "evil.example", f"127.0.0.1:{port}")
        ]
    assert statuses == [401, 401, 421, 401]


@pytest.mark.parametrize(
    "options",
    [("--port", "x"), ("--port", "65536"), ("--port", "-1"), ("--workers", "0"), ("--workers", "65"),
     ("--dev", "--port", "1"), ("--host", "256.1.1.1", "--allow-host", "a.example")],
)  # fmt: skip
def test_bad_options_are_refused(options):
    result = run(*options)
    assert result.returncode in {1, 2}
    assert "error:" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_workspace_that_is_not_there_is_said_before_anything_listens():
    result = run("--port", "0", "--workspace", "CANARY")
    assert result.returncode == 1
    assert "workspace" in result.stderr
    assert "Serving" not in result.stderr


def test_the_dev_port_is_the_hubs():
    result = run("--help")
    assert "38472" in result.stdout
    assert "38473" in result.stdout


async def test_a_request_that_the_end_cuts_off_is_told_so_in_the_one_body(data_dir):
    server = Serving(data_dir)
    place = urlsplit(server.address)
    head = f"POST {IMPORT} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {await new_key(data_dir)}\r\n"
    with socket.create_connection((place.hostname, place.port), 20) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        httpx.get(f"{server.address}/llms.txt", trust_env=False)  # it has met the other request by now
        _, said = server.end()
        received = connection.recv(65536)
    assert b"The server stopped before it had answered" in received
    assert b"x-request-id" in received
    assert "Traceback" not in said
