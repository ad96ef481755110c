"""`musicengine-mcp serve`: what it says, where it listens, and how it ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.conftest import IMPORT
from tests.programs import serving
from tests.serving import new_key


def run(*options, **environment):
    command = [sys.executable, "-m", "musicengine_mcp", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, env={**os.environ, **environment})


def test_it_says_where_everything_is_and_how_to_get_a_key(data_dir):
    with serving(data_dir) as (address, server):
        for path in ("/docs/api", "/openapi.json", "/llms.txt", "/docs/api.md"):
            assert httpx.get(address + path, trust_env=False).status_code == 200
        code = server.end()
    assert f"musicengine-mcp --data-dir {data_dir} keys create --name NAME" in server.said
    assert all(f"{address}{path}" in server.said for path in ("/api/v1/tracks", "/docs/api", "/mcp"))
    assert "Traceback" not in server.said
    assert code in {0, -signal.SIGTERM}


async def test_it_does_not_ask_for_a_key_where_there_is_one(data_dir):
    await new_key(data_dir)
    with serving(data_dir) as (_, server):
        pass
    assert "keys create" not in server.said


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_it_and_its_workers_without_a_traceback(data_dir, workers):
    with serving(data_dir, "--workers", workers) as (address, server):
        assert httpx.get(f"{address}/llms.txt", trust_env=False).status_code == 200
        server.end(signal.SIGINT)
    assert "Traceback" not in server.said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/llms.txt", trust_env=False)


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
    with serving(data_dir, "--host", "0.0.0.0", "--allow-host", "music.example") as (address, _):
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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_without_a_key_for_it_is_said_before_anything_listens(workers):
    result = run("--port", "0", "--workers", workers, MUSICENGINE_BASE_URL="https://music.example")
    assert result.returncode == 1
    assert "MUSICENGINE_API_KEY" in result.stderr
    assert "Serving" not in result.stderr
    assert "Traceback" not in result.stderr


def test_it_says_its_ports():
    result = run("--help")
    assert "38472" in result.stdout
    assert "38473" in result.stdout


def test_a_request_that_the_end_cuts_off_is_told_so_in_the_one_body(data_dir):
    head = f"POST {IMPORT} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {asyncio.run(new_key(data_dir))}\r\n"
    with serving(data_dir) as (address, server):
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port), 20) as connection:
            connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
            httpx.get(f"{address}/llms.txt", trust_env=False)  # it has met the other request by now
            server.end()
            received = connection.recv(65536)
    assert b"The server stopped before it had answered" in received
    assert b"x-request-id" in received
    assert "Traceback" not in server.said


def test_on_the_network_it_says_where_others_reach_it_and_that_each_has_to_be_paired(data_dir):
    with serving(data_dir, "--lan") as (address, server):
        assert address.startswith("http://127.0.0.1:")
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 20):
            pass
        server.end()
    assert "Other machines of your network can reach it" in server.said
    assert "musicengine-mcp devices arm" in server.said


def test_a_tunnel_has_a_port_of_its_own_where_nobody_is_taken_for_this_machine(data_dir):
    with serving(data_dir, "--tunnel-port", "0", "--tunnel-url", "https://Hub.example/") as (address, server):
        line = next(line for line in server.errors.read if line.startswith("For a tunnel"))
        tunnel = f"http://{line.split(': ')[1].partition(';')[0]}"
        assert "https://hub.example" in line
        with httpx.Client(trust_env=False, timeout=30) as client:
            assert client.get(f"{address}/api/tracks").status_code == 200
            assert client.get(f"{tunnel}/api/tracks").status_code == 401
            assert client.get(f"{tunnel}/api/tracks", headers={"Host": "hub.example"}).status_code == 401
            assert client.get(f"{tunnel}/api/ping", headers={"Host": "hub.example"}).json() == {"ok": True}
            assert client.get(f"{address}/api/ping", headers={"Host": "hub.example"}).status_code == 421


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--tunnel-url", "https://hub.example"), "tunnel-port"),
        (("--tunnel-port", "0", "--tunnel-url", "hub.example"), "tunnel-url must look like"),
        (("--tunnel-port", "0", "--tunnel-url", "https://hub.example/path"), "tunnel-url must look like"),
        (("--lan", "--host", "127.0.0.1"), "not allowed with"),
        (("--mpv", "--workers", "2"), "mpv plays for one process"),
    ],
)
def test_options_that_do_not_go_together_are_refused_before_anything_listens(data_dir, options, says):
    result = run("--port", "0", *options)
    assert result.returncode in {1, 2}
    assert says in result.stderr
    assert "Serving" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_token_that_could_be_guessed_is_refused_without_being_shown(data_dir):
    result = run("--port", "0", MUSIC_HUB_API_TOKEN="CANARY-too-short")
    assert result.returncode == 1
    assert "at least 32 characters" in result.stderr
    assert "CANARY" not in result.stderr
    assert "Serving" not in result.stderr
