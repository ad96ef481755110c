"""Answers of a service: checked against the contract; errors become the contract's, and none shows the key."""

import json
import logging
from contextlib import aclosing
from copy import deepcopy

import anyio
import pytest

from backends.remote.client import RemoteBackend
from contract.errors import (
    ContractDrift,
    ContractError,
    InternalError,
    InvalidRequest,
    KeyRevoked,
    RateLimited,
    TrackNotFound,
    Unauthorized,
)
from contract.musicengine import OPERATIONS
from contract.musicengine.catalogue import GET_TRACK, LIST_TRACKS
from contract.operation import Surface
from contract.validation import validate
from tests.canaries import Search
from tests.remote.conftest import KEY

PUBLISHED = [operation for operation in OPERATIONS if Surface.REST in operation.surfaces]


async def ask(backend, operation=GET_TRACK):
    with anyio.fail_after(10):
        return await backend.call(operation, validate(operation.request, operation.example.request))


async def refusal(backend, operation=GET_TRACK):
    with pytest.raises(ContractError) as caught:
        await ask(backend, operation)
    return caught.value


def track(**changes):
    return {"data": {**GET_TRACK.example.response["data"], **changes}}


@pytest.mark.parametrize(
    ("operation", "error"),
    [(operation, error) for operation in PUBLISHED for error in operation.all_errors],
    ids=lambda value: getattr(value, "name", None) or value.code,
)
async def test_every_error_of_every_operation_arrives_as_itself(service, remote, operation, error):
    sent = error(field="somewhere", next_step="Do this.")
    service.answer(sent.body(), error.status)
    arrived = await refusal(remote, operation)
    assert type(arrived) is error
    assert arrived.body() == sent.body()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "track_vanished", TrackNotFound),
        (401, "key_revoked", KeyRevoked),
        (401, "unheard_of", Unauthorized),
        (400, "key_revoked", InvalidRequest),
        (500, "unheard_of", InternalError),
        (503, "unavailable", InternalError),
        (418, "teapot", InternalError),
    ],
)
async def test_an_error_is_told_by_its_code_and_else_by_its_status(service, remote, status, code, expected):
    service.answer({"error": {"code": code, "message": "What happened."}}, status)
    error = await refusal(remote)
    assert type(error) is expected
    assert error.message == "What happened."


@pytest.mark.parametrize(
    "content", [b"", b"<html>Bad Gateway</html>", b"[]", b'{"error":"text"}', b"\xff", b"[" * 10**5]
)
@pytest.mark.parametrize(
    ("status", "expected"), [(404, TrackNotFound), (429, RateLimited), (502, InternalError), (451, InternalError)]
)
async def test_an_error_without_the_contracts_body_is_told_by_its_status(service, remote, status, content, expected):
    service.content, service.status = content, status
    error = await refusal(remote)
    assert type(error) is expected
    if expected is InternalError:
        assert str(status) in error.message


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff\xfe", b"{", b"[" * 10**5], ids=len)
async def test_an_answer_that_is_not_json_is_drift(service, remote, content):
    service.content = content
    error = await refusal(remote)
    assert isinstance(error, ContractDrift)
    assert "not JSON" in error.message


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ([], "answer"),
        ({}, "data"),
        ({"data": None}, "data"),
        (track(isrc=None), "data.isrc"),
        (track(full_tracking="perhaps"), "data.full_tracking"),
        (track(release_date="01/02/2024"), "data.release_date"),
        (track(duration_ms=1.5), "data.duration_ms"),
        (track(duration_ms="187000"), "data.duration_ms"),
        (track(full_tracking="true"), "data.full_tracking"),
        ({"data": {name: value for name, value in track()["data"].items() if name != "title"}}, "data.title"),
    ],
    ids=str,
)
async def test_an_answer_of_another_shape_is_drift_that_names_the_member(service, remote, answer, field):
    service.answer(answer)
    error = await refusal(remote)
    assert isinstance(error, ContractDrift)
    assert error.field == field
    assert error.message.startswith(f"The service's answer is not as the contract says: {field} ")


async def test_a_member_deep_in_a_list_is_named_by_its_place(service, remote):
    rows = LIST_TRACKS.example.response["data"]
    service.answer({**LIST_TRACKS.example.response, "data": [*rows, {**rows[0], "title": 7}]})
    assert (await refusal(remote, LIST_TRACKS)).field == "data.1.title"


async def test_members_that_the_contract_does_not_know_yet_are_kept_at_every_depth(service, remote):
    service.answer({**track(mood="new"), "took_ms": 3})
    answer = (await ask(remote)).model_dump(mode="json")
    assert answer["took_ms"] == 3
    assert answer["data"] == {**GET_TRACK.example.response["data"], "mood": "new"}


async def test_members_of_rows_that_the_contract_does_not_know_yet_are_kept(service, remote):
    answered = deepcopy(LIST_TRACKS.example.response)
    answered["data"][0]["mood"] = ["new", {"deep": 1}]
    answered["pagination"]["cursor"] = "abc"
    service.answer(answered)
    assert (await ask(remote, LIST_TRACKS)).model_dump(mode="json") == answered


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304, 300])
async def test_a_redirect_is_not_followed_with_the_key(service, remote, status):
    service.status, service.headers = status, {"Location": f"{service.base_url}/elsewhere"}
    error = await refusal(remote)
    assert isinstance(error, ContractDrift)
    assert str(status) in error.message
    assert "MUSICENGINE_BASE_URL" in error.next_step
    assert [asked.target for asked in service.asked] == ["/api/v1/tracks/USXXX1234567"]


async def test_the_key_is_in_no_error_and_no_log_even_if_the_service_repeats_it(service, remote, waits, caplog):
    caplog.set_level(logging.DEBUG)
    search = Search()
    search.canaries.append(KEY)
    echo = {"error": {"code": "unauthorized", "message": f"Bad key {KEY}", "field": KEY, "next_step": KEY}}
    for number, (content, status) in enumerate(
        [
            (json.dumps(echo).encode(), 401),
            (KEY.encode(), 500),
            (KEY.encode(), 200),
            (json.dumps({"data": KEY}).encode(), 200),
            (json.dumps({KEY: KEY}).encode(), 200),
        ]
    ):
        service.content, service.status = content, status
        search.add(f"error {number}", await refusal(remote))
    async with aclosing(RemoteBackend("http://127.0.0.1:1", KEY, policy=waits.policy())) as nowhere:
        search.add("unreachable", await refusal(nowhere))
    search.add("repr", remote)
    for number, record in enumerate(caplog.records):
        search.add(f"log {number}", record)
    assert caplog.records
    assert search.leaks() == []
