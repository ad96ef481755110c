"""Pairing over a real socket: from a code on the hub's machine to a device elsewhere, and its end."""

import asyncio
import io
import json
import re
import subprocess
import sys
from functools import partial
from xml.etree import ElementTree as ET

import httpx
import pytest
import segno
from PIL import Image

from backends.local.storage import DEFAULT_WORKSPACE
from server.http.app import create_app
from server.http.binding import allowed_of
from server.http.listeners import Listener, Reach
from server.http.serving import bind
from server.settings import Settings
from tests.hub.pairing.desk import wrong_codes
from tests.programs import ROOT, environment_of
from tests.serving import Service, served, serving
from tests.wire.listening import listening

FROM_ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
"""Whoever brings this along is not on this machine, whatever the peer's address."""

LAN, PUBLIC = "http://192.168.1.20:38472", "https://hub.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A hub that says it can be reached on a network and by a tunnel."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    folder = tmp_path_factory.mktemp("hub")
    reach = Reach({port: Listener(allowed_of("127.0.0.1", port))}, (f"http://127.0.0.1:{port}", LAN), PUBLIC)
    with (
        serving(partial(create_app, Settings(folder, DEFAULT_WORKSPACE), reach), listener),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client,
    ):
        yield Service(folder, port, "", client)


@pytest.fixture(autouse=True)
def nobody(service):
    """No device is paired, and no code armed, when a test begins."""
    yield
    service.ask("DELETE", "/api/auth/arm")
    for device in service.get("/api/auth/devices").json()["devices"]:
        service.ask("DELETE", f"/api/auth/devices/{device['deviceId']}")


def arm(service):
    answer = service.post("/api/auth/arm", json={"minutes": 30})
    assert answer.status_code == 200, answer.text
    return answer.json()["pairingCode"]


def pair(service, code, device="agent-1"):
    body = {"pairingCode": code, "deviceId": device, "deviceName": "automation"}
    return service.post("/api/auth/pair", json=body, headers=FROM_ELSEWHERE)


def refresh(service, tokens, device="agent-1"):
    body = {"deviceId": device, "refreshToken": tokens["refreshToken"]}
    return service.post("/api/auth/refresh", json=body, headers=FROM_ELSEWHERE)


def stats(service, tokens):
    return service.get("/api/library/stats", key=tokens["accessToken"], headers=FROM_ELSEWHERE)


def command(service, *arguments):
    """`musicengine-mcp devices`, in a process of its own on the same data folder."""
    done = subprocess.run(
        [sys.executable, "-m", "musicengine_mcp", "--data-dir", str(service.folder), "devices", *arguments],
        cwd=ROOT,
        env=environment_of(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_device_elsewhere_is_paired_calls_refreshes_and_is_revoked(service):
    assert service.get("/api/library/stats", headers=FROM_ELSEWHERE).status_code == 401
    tokens = pair(service, arm(service)).json()
    assert stats(service, tokens).status_code == 200
    fresh = refresh(service, tokens).json()
    assert stats(service, fresh).status_code == 200
    assert service.ask("DELETE", "/api/auth/devices/agent-1").json()["revoked"]["state"] == "revoked"
    for answer in (stats(service, fresh), refresh(service, fresh)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "device_revoked")
        assert answer.headers["www-authenticate"] == 'Bearer realm="Music Hub"'


def test_a_paired_device_arms_nothing_lists_nothing_and_revokes_nobody(service):
    tokens = pair(service, arm(service)).json()
    for method, path, body in (
        ("POST", "/api/auth/arm", {"minutes": 30}),
        ("DELETE", "/api/auth/arm", None),
        ("GET", "/api/auth/status", None),
        ("GET", "/api/auth/devices", None),
        ("DELETE", "/api/auth/devices/agent-1", None),
        ("GET", "/api/connect/qr", None),
        ("GET", "/api/tunnel/qr", None),
    ):
        answer = service.ask(method, path, key=tokens["accessToken"], headers=FROM_ELSEWHERE, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "local_only")
    assert stats(service, tokens).status_code == 200


async def test_a_thousand_guesses_at_once_spend_five_attempts_and_the_code_with_them(service):
    code = arm(service)
    guesses = wrong_codes(code)
    answers = await asyncio.gather(*[guess(service.port, next(guesses)) for _ in range(1000)])
    last = pair(service, code)
    assert set(answers) == {(401, last.text)}
    assert (last.status_code, last.json()["error"]["code"]) == (401, "pairing_refused")
    status = service.get("/api/auth/status").json()
    assert (status["armed"], status["attemptsLeft"]) == (False, 0)


async def guess(port, code):
    """Status and body of what comes of a guess by somebody elsewhere, on a connection of its own."""
    body = json.dumps({"pairingCode": code, "deviceId": "thief", "deviceName": "thief"})
    head = (
        f"POST /api/auth/pair HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: 203.0.113.7\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write((head + body).encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1]), answer.partition("\r\n\r\n")[2]


def test_a_refresh_token_that_is_replayed_revokes_its_device(service):
    first = pair(service, arm(service)).json()
    second = refresh(service, first).json()
    third = refresh(service, second).json()
    replayed = refresh(service, first)
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (401, "refresh_token_reused")
    assert stats(service, third).json()["error"]["code"] == "device_revoked"


def test_an_answer_that_was_lost_is_given_again(service):
    tokens = pair(service, arm(service)).json()
    refresh(service, tokens)
    fresh = refresh(service, tokens)
    assert fresh.status_code == 200
    assert stats(service, fresh.json()).status_code == 200


def test_a_code_of_the_command_line_pairs_with_the_server_and_a_revocation_there_holds_at_once(service):
    arm(service)
    code = command(service, "arm", "--url", LAN).strip()
    known = service.get("/api/connect/qr?format=json").json()  # which the server can't draw, having only a hash of it
    assert (known["url"], known["hasCode"], known["armed"]) == (f"{LAN}/", False, True)
    assert known["nextStep"].startswith("Another process has armed the code")
    tokens = pair(service, code).json()
    assert stats(service, tokens).status_code == 200
    with listening(service.url, headers={**FROM_ELSEWHERE, "Authorization": f"Bearer {tokens['accessToken']}"}) as live:
        command(service, "revoke", "agent-1")
        assert stats(service, tokens).json()["error"]["code"] == "device_revoked"
        for _ in live:
            pass  # until the stream ends


def test_no_answer_about_pairing_may_be_kept(service):
    for answer in (service.post("/api/auth/arm", json={}), pair(service, "x"), service.get("/api/auth/status")):
        assert answer.headers["cache-control"] == "no-store"


def test_a_qr_code_leads_to_the_player_with_the_code_behind_a_hash(service):
    assert service.get("/api/connect/qr?format=json").json() == {
        "url": f"{LAN}/",
        "hasCode": False,
        "armed": False,
        "expiresAt": None,
        "reachable": True,
        "nextStep": "No pairing code is armed: POST /api/auth/arm makes one, and then the picture holds it.",
    }
    code = arm(service)
    answer = service.get("/api/connect/qr?format=json")
    known = answer.json()
    assert (known["url"], known["hasCode"], known["armed"]) == (f"{LAN}/#pair={code}", True, True)
    assert (known["expiresAt"], known["nextStep"]) == (service.get("/api/auth/status").json()["expiresAt"], None)
    assert answer.headers["cache-control"] == "no-store"
    assert service.get("/api/tunnel/qr?format=json").json()["url"] == f"{PUBLIC}/#pair={code}"
    pair(service, code)
    assert not service.get("/api/connect/qr?format=json").json()["hasCode"]


def test_the_picture_is_of_what_the_json_says(service):
    arm(service)
    for path in ("/api/connect/qr", "/api/tunnel/qr"):
        url = service.get(f"{path}?format=json").json()["url"]
        png, svg = service.get(f"{path}?format=png"), service.get(path)
        assert (png.headers["content-type"], svg.headers["content-type"]) == ("image/png", "image/svg+xml")
        assert svg.headers["content-security-policy"] == "default-src 'none'"
        assert svg.headers["cross-origin-resource-policy"] == "same-origin"
        with Image.open(io.BytesIO(png.content)) as picture:
            side = picture.width // 8
            drawn = [
                [picture.convert("L").getpixel((8 * x + 4, 8 * y + 4)) < 128 for x in range(side)] for y in range(side)
            ]
        expected = [list(map(bool, row)) for row in segno.make_qr(url, error="m").matrix_iter(border=4)]
        assert drawn == expected
        root = ET.fromstring(svg.text)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert not re.search("script|href|style|on[a-z]+=", svg.text)


def test_a_hub_that_listens_to_its_own_machine_alone_says_so_and_has_no_tunnel(tmp_path):
    with served(tmp_path / "data") as alone:
        arm(alone)
        known = alone.get("/api/connect/qr?format=json").json()
        assert known["url"].startswith(f"{alone.url}/#pair=")
        assert (known["reachable"], "serve --lan" in known["nextStep"]) == (False, True)
        tunnel = alone.get("/api/tunnel/qr?format=json")
        assert (tunnel.status_code, tunnel.json()["error"]["code"]) == (404, "tunnel_not_configured")


def test_a_form_that_there_is_not_is_refused(service):
    answer = service.get("/api/connect/qr?format=gif")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "format")
