"""A write under an Idempotency-Key is carried out once, whatever happens between it and its answer."""

import json
import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from urllib.parse import urlsplit

import httpx
import pytest

from backends.local.database import Database
from backends.local.keys import rotate_key
from backends.local.storage import DATABASE_NAME
from backends.local.workspaces import create_workspace
from contract.idempotency import HEADER, KEPT_HOURS
from tests.http.conftest import BODY, IMPORT, error_of
from tests.programs import serving
from tests.serving import new_key

KEY = {HEADER: "5f6c1d1e-6f0e-4a55-9a1c-0d6c2f1b7a34"}


def profiles(folder):
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        return connection.execute("SELECT count(*) FROM browser_profiles").fetchone()[0]


def age(folder, hours):
    """Make all stored answers so many hours older."""
    with closing(sqlite3.connect(folder / DATABASE_NAME, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE idempotency_keys SET created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at, ?)",
            (f"-{hours} hours",),
        )


def test_the_same_request_under_the_same_key_gets_the_stored_answer(service):
    first, second = (service.post(IMPORT, json=BODY, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert profiles(service.folder) == 1


def test_without_a_key_each_request_is_carried_out(service):
    ids = [service.post(IMPORT, json=BODY).json()["profile_id"] for _ in range(2)]
    assert ids == [1, 2]


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(service):
    service.post(IMPORT, json=BODY, headers=KEY)
    answer = service.post(IMPORT, json={**BODY, "name": "another"}, headers=KEY)
    assert answer.status_code == 422
    assert error_of(answer)["code"] == "idempotency_key_reused"
    assert error_of(answer)["field"] == HEADER
    assert profiles(service.folder) == 1


def test_the_order_of_a_bodys_members_makes_no_other_request(service):
    service.post(IMPORT, json=BODY, headers=KEY)
    again = service.post(IMPORT, json=dict(reversed(BODY.items())), headers=KEY)
    assert again.status_code == 201
    assert profiles(service.folder) == 1


def test_a_refused_request_leaves_its_key_free(service):
    assert service.post(IMPORT, json={**BODY, "cookies": []}, headers=KEY).status_code == 400
    (service.folder / "encryption-keys.json").rename(service.folder / "away")
    assert service.post(IMPORT, json=BODY, headers=KEY).status_code == 403
    (service.folder / "away").rename(service.folder / "encryption-keys.json")
    assert service.post(IMPORT, json=BODY, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\there", "ünï"])
def test_a_key_of_another_form_is_400(service, key):
    answer = service.post(IMPORT, json=BODY, headers={HEADER: key.encode()})
    assert answer.status_code == 400
    assert error_of(answer)["field"] == HEADER
    assert profiles(service.folder) == 0


def test_a_read_takes_no_notice_of_a_key(service):
    assert service.get("/api/v1/tracks", headers=KEY).status_code == 200
    assert service.get("/api/v1/tracks/ZZZZZ0000000", headers=KEY).status_code == 404


async def test_a_key_belongs_to_the_workspace_and_outlives_the_api_key(service):
    first = service.post(IMPORT, json=BODY, headers=KEY)
    async with aclosing(Database(service.folder)) as database:
        _, rotated = await rotate_key(database, 1, 1, 60)
        other = await create_workspace(database, "other label")
    stranger = await new_key(service.folder, other.name)
    assert service.post(IMPORT, json=BODY, headers=KEY, key=rotated).content == first.content
    assert service.post(IMPORT, json=BODY, headers=KEY, key=stranger).json()["profile_id"] == 2


def test_two_at_the_same_moment_are_one_write(service):
    start = threading.Barrier(8)

    def post(_):
        with httpx.Client(base_url=service.client.base_url, trust_env=False, timeout=20) as client:
            start.wait(10)
            bearer = {"Authorization": f"Bearer {service.key}"}
            return client.post(IMPORT, json=BODY, headers={**bearer, **KEY})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert profiles(service.folder) == 1


def test_an_answer_is_kept_for_its_hours_and_then_forgotten(service):
    first = service.post(IMPORT, json=BODY, headers=KEY)
    age(service.folder, KEPT_HOURS - 1)
    assert service.post(IMPORT, json=BODY, headers=KEY).content == first.content
    age(service.folder, 2)
    assert service.post(IMPORT, json=BODY, headers=KEY).json()["profile_id"] == 2


def test_neither_the_key_nor_anything_of_the_cookies_is_stored_in_clear(service):
    cookie = {**BODY["cookies"][0], "value": "COOKIE-CANARY"}
    service.post(IMPORT, json={**BODY, "cookies": [cookie]}, headers=KEY)
    stored = b"".join(path.read_bytes() for path in service.folder.iterdir() if path.is_file())
    assert KEY[HEADER].encode() not in stored
    assert b"COOKIE-CANARY" not in stored


def test_what_is_stored_of_a_request_can_not_be_compared_without_its_key(service):
    for key in ("one", "another"):
        assert service.post(IMPORT, json=BODY, headers={HEADER: key}).status_code == 201
    with closing(sqlite3.connect(service.folder / DATABASE_NAME)) as connection:
        fingerprints = connection.execute("SELECT fingerprint FROM idempotency_keys").fetchall()
    assert len(fingerprints) == len(set(fingerprints)) == 2


def test_a_crash_between_commit_and_response_is_answered_by_the_next_process(service):
    with serving(service.folder) as (address, crashed), send_and_never_read(address, service.key):
        while not profiles(service.folder):
            assert crashed.process.poll() is None
        crashed.kill()
    with serving(service.folder) as (address, _):
        answer = service.post(f"{address}{IMPORT}", json=BODY, headers=KEY)
    assert (answer.status_code, answer.json()["profile_id"]) == (201, 1)
    assert profiles(service.folder) == 1


def test_a_crash_before_the_commit_leaves_nothing_and_the_repeat_is_carried_out(service):
    held = sqlite3.connect(service.folder / DATABASE_NAME, isolation_level=None)
    with closing(held):
        held.execute("BEGIN IMMEDIATE")  # so that the write can't commit
        with serving(service.folder) as (address, crashed), send_and_never_read(address, service.key):
            crashed.kill()
        held.execute("ROLLBACK")
    assert profiles(service.folder) == 0
    assert service.post(IMPORT, json=BODY, headers=KEY).json()["profile_id"] == 1


def send_and_never_read(address, api_key):
    """Send a whole write, over a connection whose answer nobody reads; return the connection."""
    place = urlsplit(address)
    body = json.dumps(BODY).encode()
    head = (
        f"POST {IMPORT} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{HEADER}: {KEY[HEADER]}\r\n\r\n"
    )
    connection = socket.create_connection((place.hostname, place.port), 20)
    connection.sendall(head.encode() + body)
    return connection
