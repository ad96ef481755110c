"""Who may listen to events, and for how long."""

import signal
import sqlite3
import time
from contextlib import ExitStack, closing

import pytest

from backends.local.checksums import prepare
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.devices import REVOKE_DEVICE
from contract.hub.pairing import ARM_PAIRING, PAIR_DEVICE
from server.http.hub import sse
from tests.programs import serving
from tests.serving import served
from tests.wire.listening import LIBRARY, SCAN, listening

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with served(tmp_path_factory.mktemp("callers")) as service:
        yield service


def paired(service, device):
    """What a device elsewhere sends with each request."""
    code = service.post(ARM_PAIRING.path, json={}).json()["pairingCode"]
    asked = {"pairingCode": code, "deviceId": device, "deviceName": device}
    token = service.post(PAIR_DEVICE.path, json=asked).json()["accessToken"]
    return {**ELSEWHERE, "Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", [LIBRARY, SCAN])
def test_the_stream_of_a_device_ends_when_it_is_revoked_and_no_other(service, path):
    headers = paired(service, "one")
    with (
        listening(service.url, path, headers=headers) as revoked,
        listening(service.url, headers=paired(service, "other")) as other,
        listening(service.url) as local,
    ):
        if path == SCAN:
            revoked.next()
        revoked_at = time.monotonic()
        service.ask("DELETE", REVOKE_DEVICE.path.format(deviceId="one"))
        assert revoked.ends()
        assert time.monotonic() - revoked_at < sse.HEARTBEAT_SECONDS / 2, "not only with the next sign of life"
        service.post("/api/playlists", json={"name": path})
        assert other.next().kind == local.next().kind == "playlist"
    assert service.get(path, headers=headers).status_code == 401


@pytest.mark.parametrize("path", [LIBRARY, SCAN])
def test_the_stream_of_a_token_that_expires_ends_with_the_next_sign_of_life(service, path, monkeypatch):
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.1)
    with listening(service.url, path, headers=paired(service, "short-lived")) as events:
        if path == SCAN:
            events.next()
        while len(events.comments) < 3:
            events.block()
        with closing(sqlite3.connect(service.folder / USER_LAYOUT.name, timeout=20)) as hub, hub:
            prepare(hub)
            hub.execute("UPDATE device_tokens SET access_expires_at = 1")
        assert events.ends()


@pytest.mark.parametrize("path", [LIBRARY, SCAN])
def test_a_caller_that_is_not_known_is_refused(service, path):
    assert service.get(path, headers=ELSEWHERE).status_code == 401
    assert service.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 401


def test_ctrl_c_ends_the_server_at_once_whoever_listens(data_dir):
    with ExitStack() as stack, serving(data_dir) as (address, server):
        streams = [stack.enter_context(listening(address, path)) for path in (LIBRARY, SCAN)]
        streams[1].next()
        started = time.monotonic()
        server.end(signal.SIGINT)
        took = time.monotonic() - started
        assert all(stream.ends() for stream in streams), "as a stream ends, not as a connection breaks"
    assert took < 3
    assert "Traceback" not in server.said
    assert "ERROR" not in server.said
