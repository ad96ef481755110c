"""REST behaves as the reference says, to the header: statuses, the one error body, methods, and request ids."""

import json
import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing

import pytest

from backends.local.database import Database
from backends.local.importing.importer import import_file
from backends.local.importing.options import Options
from backends.local.keyring import new_keyring, write_keyring
from backends.local.keys import create_key, revoke_key, rotate_key
from backends.local.storage import DATABASE_NAME, prepare_folder
from backends.local.workspaces import create_workspace, set_access
from contract.musicengine import OPERATIONS
from contract.operation import Area, Surface
from server.http import operations
from tests.http.conftest import BODY, IMPORT, error_of
from tests.programs import serving
from tests.serving import new_key, served

PUBLISHED = [operation for operation in OPERATIONS if Surface.REST in operation.surfaces]
READS = [operation for operation in PUBLISHED if operation.method == "GET"]
LIMIT_HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")

each_read = pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
each_published = pytest.mark.parametrize("operation", PUBLISHED, ids=lambda operation: operation.name)


def target(operation):
    """The path of the operation's example."""
    return operation.path.format(**operation.example.request)


@each_read
def test_a_read_is_answered_with_its_status_and_the_limits_of_its_class(service, operation):
    answer = service.get(target(operation))
    assert answer.status_code == operation.status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-ratelimit-limit"] == "300"
    assert answer.headers["x-ratelimit-remaining"] == "299"
    assert operation.response.model_validate_json(answer.content)


def test_a_process_that_has_just_started_answers_every_read(service):
    with serving(service.folder) as (address, _):
        answers = {operation.name: service.get(f"{address}{target(operation)}") for operation in READS}
    assert {name: answer.status_code for name, answer in answers.items()} == {read.name: read.status for read in READS}


def test_an_import_is_created_and_counts_as_a_write(service):
    answer = service.post(IMPORT, json=BODY)
    assert answer.status_code == 201
    assert answer.json()["name"] == BODY["name"]
    assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("60", "59")
    assert service.get("/api/v1/tracks").headers["x-ratelimit-remaining"] == "299"


@each_read
def test_head_is_a_read_without_the_body(service, operation):
    whole, head = service.get(target(operation)), service.ask("HEAD", target(operation))
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["x-ratelimit-remaining"] == "298"


@each_published
def test_any_other_method_is_405_and_the_allowed_ones_are_named(service, operation):
    for method in ("DELETE", "PATCH", "PUT", "OPTIONS", "BREW", "POST" if operation.method == "GET" else "GET"):
        answer = service.ask(method, target(operation))
        assert answer.status_code == 405, method
        assert error_of(answer)["code"] == "method_not_allowed"
        assert operation.method in answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/tracks/", "/api/v2/tracks", "/api/v1/tracks/a/b", "/docs", "/API/V1/TRACKS"]
)
def test_an_unknown_route_is_404_in_the_one_body(service, path):
    answer = service.get(path)
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "not_found"


async def test_each_way_for_a_key_to_be_wrong_is_401_with_its_own_code(service):
    async with aclosing(Database(service.folder)) as database:
        revoked, old = await create_key(database, 1, "revoked"), await create_key(database, 1, "old")
        await revoke_key(database, 1, revoked[0].id)
        await rotate_key(database, 1, old[0].id, 0)
    for key, code in (("", "unauthorized"), ("isrc_live_no", "unauthorized"), (revoked[1], "key_revoked")):
        answer = service.get("/api/v1/tracks", key=key)
        assert answer.status_code == 401
        assert error_of(answer)["code"] == code
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert all(name in answer.headers for name in LIMIT_HEADERS)
    assert error_of(service.get("/api/v1/tracks", key=old[1]))["code"] == "key_expired"


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "{key}", "Token {key}", "Bearer {key}x"])
def test_only_a_whole_bearer_token_opens(service, header):
    answer = service.get("/api/v1/tracks", key="", headers={"Authorization": header.format(key=service.key)})
    assert answer.status_code == 401


def test_the_scheme_is_bearer_in_any_case(service):
    answer = service.get("/api/v1/tracks", key="", headers={"Authorization": f"bEARER  {service.key}"})
    assert answer.status_code == 200


async def test_a_key_that_is_revoked_between_two_requests_opens_only_the_first(service):
    assert service.get("/api/v1/tracks").status_code == 200
    async with aclosing(Database(service.folder)) as database:
        await revoke_key(database, 1, 1)
    assert error_of(service.get("/api/v1/tracks"))["code"] == "key_revoked"


async def test_a_surface_that_is_withheld_is_403_until_it_is_granted_again(service):
    async with aclosing(Database(service.folder)) as database:
        assert service.get("/api/v1/tracks").status_code == 200
        await set_access(database, "default", Area.CATALOGUE, withheld=True)
        for operation in READS:
            answer = service.get(target(operation))
            assert (answer.status_code, error_of(answer)["code"]) == (403, "forbidden")
            assert all(name in answer.headers for name in LIMIT_HEADERS)
        assert service.post(IMPORT, json=BODY).status_code == 201
        await set_access(database, "default", Area.CATALOGUE, withheld=False)
    assert service.get("/api/v1/tracks").status_code == 200


async def test_an_answer_to_whoever_came_in_before_a_surface_was_withheld_is_for_nobody_else(service, monkeypatch):
    """The change falls between the two steps of a request: its key was looked at, and its answer is not yet there."""
    look = operations.read_request

    async def read_while_it_is_withheld(*arguments):
        async with aclosing(Database(service.folder)) as database:
            await set_access(database, "default", Area.CATALOGUE, withheld=True)
        return await look(*arguments)

    monkeypatch.setattr(operations, "read_request", read_while_it_is_withheld)
    service.get("/api/v1/tracks")
    monkeypatch.undo()
    assert service.get("/api/v1/tracks").status_code == 403


async def test_a_database_that_another_process_is_writing_to_is_503_and_says_when_to_come_again(data_dir, monkeypatch):
    monkeypatch.setitem(Database.__init__.__kwdefaults__, "busy_seconds", 0.5)
    prepare_folder(data_dir)
    write_keyring(data_dir, new_keyring())
    key = await new_key(data_dir)
    with served(data_dir, key) as service, closing(sqlite3.connect(data_dir / DATABASE_NAME)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(8) as threads:
            started = time.monotonic()
            answers = list(threads.map(lambda _: service.post(IMPORT, json=BODY), range(8)))
        assert time.monotonic() - started < 8 * 0.5, "each waited until those before it had given up"
        other.execute("ROLLBACK")
        assert {answer.status_code for answer in answers} == {503}
        assert error_of(answers[0])["code"] == "storage_busy"
        assert answers[0].headers["retry-after"] == "5"
        assert service.post(IMPORT, json=BODY).status_code == 201


async def test_a_key_opens_its_own_workspace_and_no_other(service):
    async with aclosing(Database(service.folder)) as database:
        other = await create_workspace(database, "other label")
    key = await new_key(service.folder, other.name)
    assert service.get("/api/v1/tracks").json()["pagination"]["total"] > 0
    assert service.get("/api/v1/tracks", key=key).json()["data"] == []
    assert service.get("/api/v1/tracks/USXXX1234567").status_code == 200
    assert service.get("/api/v1/tracks/USXXX1234567", key=key).status_code == 404
    assert service.get("/api/v1/tracks").json()["pagination"]["total"] > 0


async def test_an_answer_follows_what_was_imported_since_it_was_last_given(service):
    before = service.get("/api/v1/tracks").json()["pagination"]["total"]
    added = service.folder / "more.csv"
    added.write_text("isrc,title,artist\nQZMEM2600003,New One,Somebody\n")
    async with aclosing(Database(service.folder)) as database:
        await import_file(database, 1, added, Options.checked())
    assert service.get("/api/v1/tracks").json()["pagination"]["total"] == before + 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/tracks?limit=0", "limit"),
        ("/api/v1/tracks?limit=many", "limit"),
        ("/api/v1/tracks?limit=1&limit=2", "limit"),
        ("/api/v1/tracks?offset=-1", "offset"),
        ("/api/v1/tracks?CANARY=1", None),
        ("/api/v1/tracks?isrc=USXXX1234567", None),
        ("/api/v1/tracks/CANARY", "isrc"),
        ("/api/v1/analytics/spotify/USXXX1234567?days=366", "days"),
        ("/api/v1/catalogue/overview?date=2026-02-30", "date"),
        ("/api/v1/catalogue/overview?date=%FF%FE", "date"),
    ],
)
def test_a_bad_parameter_is_400_and_named_but_not_repeated(service, path, field):
    answer = service.get(path)
    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_request"
    assert error_of(answer).get("field") == field
    assert "CANARY" not in answer.text


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b"null", b'{"name": NaN}', b"\xff\xfe", b'{"name": "\xff"}', b"[" * 100_000, b"{}"],
)
def test_a_body_that_is_no_good_json_object_is_400(service, content):
    answer = service.post(IMPORT, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_request"


def test_a_member_that_is_not_known_is_refused_and_nothing_is_stored(service):
    answer = service.post(IMPORT, json={**BODY, "workspace_id": 2})
    assert answer.status_code == 400
    assert service.post(IMPORT, json=BODY).json()["profile_id"] == 1


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_body_that_is_not_declared_to_be_json_is_415(service, media_type):
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = service.post(IMPORT, content=json.dumps(BODY).encode(), headers=headers)
    assert (answer.status_code, error_of(answer)["code"]) == (415, "unsupported_media_type")


def test_a_charset_beside_the_media_type_is_fine_and_a_compressed_body_is_not(service):
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert service.post(IMPORT, content=json.dumps(BODY).encode(), headers=headers).status_code == 201
    answer = service.post(IMPORT, content=b"\x1f\x8b", headers={**headers, "Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_past_every_bound_is_413(service, chunked, monkeypatch):
    monkeypatch.setattr("server.http.requests.MAX_BODY_BYTES", 1000)
    body = b'{"name": "' + b"x" * 2000 + b'"}'
    content = iter([body]) if chunked else body
    answer = service.post(IMPORT, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (413, "payload_too_large")


def test_without_an_encryption_key_imports_are_403_with_their_own_code(service):
    (service.folder / "encryption-keys.json").unlink()
    answer = service.post(IMPORT, json=BODY)
    assert (answer.status_code, error_of(answer)["code"]) == (403, "encryption_not_configured")


def test_every_response_has_a_request_id_and_a_sensible_one_of_the_callers_is_kept(service):
    paths = ("/api/v1/tracks", "/nowhere", "/openapi.json")
    ids = [service.get(path).headers["x-request-id"] for path in paths]
    assert len(set(ids)) == len(paths)
    assert all(re.fullmatch(r"[0-9a-f]{16}", name) for name in ids)
    assert service.get(paths[0], headers={"X-Request-Id": "mine-1.2_3"}).headers["x-request-id"] == "mine-1.2_3"
    for bad in ("a b", "x" * 65, "a\tb", "<script>"):
        assert service.get(paths[0], headers={"X-Request-Id": bad}).headers["x-request-id"] != bad


def test_a_database_that_is_gone_bad_is_500_with_its_code_and_no_traceback(service, caplog):
    with (service.folder / DATABASE_NAME).open("r+b") as file:
        file.write(b"\x00" * 100_000)
    answer = service.get("/api/v1/tracks")
    assert answer.status_code == 500
    assert error_of(answer)["code"].startswith("storage_")
    assert "Traceback" not in answer.text
    assert "sqlite" not in answer.text.lower()


def test_an_error_nobody_foresaw_is_500_with_limits_and_is_logged_and_says_nothing_of_itself(
    service, monkeypatch, caplog
):
    def fail(*_):
        raise RuntimeError("CANARY")

    monkeypatch.setattr(operations, "read_request", fail)
    answer = service.get("/api/v1/tracks", headers={"X-Request-Id": "find-me"})
    assert answer.status_code == 500
    assert error_of(answer) == {"code": "internal_error", "message": "The service failed while processing the request."}
    assert answer.headers["x-ratelimit-remaining"] == "299"
    assert "CANARY" in caplog.text
    assert "find-me" in caplog.text
