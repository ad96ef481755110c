"""What is tried again, what never is, under which key, and how long is waited in between."""

import random
import uuid
from contextlib import aclosing

import anyio
import pytest

from backends.remote.client import RemoteBackend
from backends.remote.retry import RetryPolicy
from backends.waiting import waits_told_to
from contract.errors import ContractError, InternalError, InvalidRequest, RateLimited, ServiceUnreachable
from contract.musicengine.catalogue import LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.validation import validate
from tests.remote.conftest import KEY, calling
from tests.remote.scripted import Cut, Hang, Raw, Reply, Script

TRACKS = Reply(LIST_TRACKS.example.response)
IMPORTED = Reply(IMPORT_BROWSER_PROFILE.example.response, 201)
BROKEN = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

QUICK = {"attempt_seconds": 0.3}
"""How long a try lasts where a test has to see one time out."""


async def read(backend):
    return await backend.call(LIST_TRACKS, LIST_TRACKS.request())


async def write(backend, **options):
    request = validate(IMPORT_BROWSER_PROFILE.request, IMPORT_BROWSER_PROFILE.example.request)
    return await backend.call(IMPORT_BROWSER_PROFILE, request, **options)


@pytest.mark.parametrize(
    "failure",
    [Cut(), BROKEN, Hang(), Raw(b"not http\r\n\r\n"), *(Reply(status=status) for status in (429, 502, 503, 504))],
    ids=lambda step: str(getattr(step, "status", "")) or type(step).__name__,
)
@pytest.mark.parametrize("call", [read, write])
async def test_a_passing_failure_is_tried_again(waits, failure, call):
    script = Script(failure, TRACKS if call is read else IMPORTED)
    async with calling(script, waits.policy(**QUICK)) as backend:
        assert await call(backend)
    assert len(script.asked) == 2
    assert waits == [0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 409, 413, 418, 422, 500, 501, 301])
@pytest.mark.parametrize("call", [read, write])
async def test_an_answer_that_another_try_would_not_better_is_final(waits, status, call):
    script = Script(Reply(status=status))
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(ContractError):
            await call(backend)
    assert (len(script.asked), waits) == (1, [])


async def test_tries_end_after_the_fourth_and_the_services_own_error_remains(waits):
    script = Script(Reply({"error": {"code": "down", "message": "Back soon."}}, 503))
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(InternalError, match=r"Back soon\."):
            await read(backend)
    assert len(script.asked) == 4
    assert waits == [0.5, 1, 2]


def test_a_backoff_is_anything_up_to_a_bound_that_doubles_and_ends():
    policy = RetryPolicy(uniform=random.Random(7).uniform)
    for attempt, bound in enumerate([0.5, 1, 2, 4, 8, 8, 8], start=1):
        drawn = [policy.backoff(attempt) for _ in range(500)]
        assert 0 <= min(drawn) < bound / 20
        assert bound * 0.95 < max(drawn) <= bound


async def test_a_write_carries_one_key_over_all_of_its_tries_and_another_one_each_time(waits):
    script = Script(Cut(), Reply(status=504), IMPORTED)
    async with calling(script, waits.policy()) as backend:
        await write(backend)
        await write(backend)
    first, second, third, fourth = (asked.headers["idempotency-key"] for asked in script.asked)
    assert first == second == third != fourth
    assert uuid.UUID(first).version == 4
    assert script.asked[0].body == script.asked[1].body != b""


async def test_a_callers_key_is_sent_as_it_is(waits):
    script = Script(Reply(status=503), IMPORTED)
    async with calling(script, waits.policy()) as backend:
        await write(backend, idempotency_key="mine-1")
    assert [asked.headers["idempotency-key"] for asked in script.asked] == ["mine-1", "mine-1"]


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX: y", "ü", "x" * 256])
async def test_a_key_of_another_form_is_refused_before_anything_is_sent(waits, key):
    script = Script(IMPORTED)
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(InvalidRequest) as caught:
            await write(backend, idempotency_key=key)
    assert caught.value.field == "Idempotency-Key"
    assert script.asked == []


async def test_a_read_carries_no_key(waits):
    script = Script(TRACKS)
    async with calling(script, waits.policy()) as backend:
        await backend.call(LIST_TRACKS, LIST_TRACKS.request(), idempotency_key="mine")
    assert "idempotency-key" not in script.asked[0].headers


@pytest.mark.parametrize(
    "last", [Cut(), Reply(status=504), Reply(b"[]", 201), Reply(b"<html>", 201)], ids=["cut", "504", "list", "html"]
)
async def test_a_write_whose_fate_is_not_known_says_so(waits, last):
    async with calling(Script(last), waits.policy()) as backend:
        with pytest.raises(InternalError, match="not known whether the write was carried out") as caught:
            await write(backend)
    assert "before you repeat it" in caught.value.next_step
    assert caught.value.__context__ is None or "example" not in repr(caught.value.__context__)


@pytest.mark.parametrize("last", [Reply(status=503), Reply(status=429), Reply(status=401)], ids=str)
async def test_a_write_that_was_certainly_refused_leaves_no_doubt(waits, last):
    async with calling(Script(last), waits.policy()) as backend:
        with pytest.raises(ContractError) as caught:
            await write(backend)
    assert "carried out" not in caught.value.sentence


async def test_a_read_that_failed_speaks_of_no_write(waits):
    async with calling(Script(Cut()), waits.policy()) as backend:
        with pytest.raises(ServiceUnreachable) as caught:
            await read(backend)
    assert "write" not in caught.value.sentence


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_the_wait_is_as_long_as_retry_after_asks(waits, status):
    script = Script(Reply(status=status, headers={"Retry-After": "12"}), TRACKS)
    async with calling(script, waits.policy()) as backend:
        await read(backend)
    assert waits == [12]


async def test_a_longer_wait_is_left_to_the_caller_who_is_told_how_long(waits):
    script = Script(Reply(status=429, headers={"Retry-After": "31"}), TRACKS)
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(RateLimited) as caught:
            await read(backend)
    assert "31 seconds" in caught.value.sentence
    assert (len(script.asked), waits) == (1, [])


async def test_all_waits_of_a_call_are_bounded_together(waits):
    script = Script(Reply(status=429, headers={"Retry-After": "20"}))
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(RateLimited, match="Too many requests") as caught:
            await read(backend)
    assert "20 seconds" in caught.value.sentence
    assert (len(script.asked), waits) == (2, [20])


async def test_a_wait_is_told_before_it_begins(waits):
    told = []

    async def listen(reason, seconds):
        told.append((reason, seconds, list(waits)))

    script = Script(Reply(status=429, headers={"Retry-After": "3"}), Cut(), TRACKS)
    async with calling(script, waits.policy()) as backend:
        with waits_told_to(listen):
            await read(backend)
        await read(backend)
    assert [(seconds, before) for _, seconds, before in told] == [(3, []), (1, [3])]
    assert "too many requests (try 2 of 4 follows)" in told[0][0]
    assert "could not be reached" in told[1][0]


async def test_a_call_that_is_cancelled_while_it_waits_leaves_nothing_behind():
    waiting = anyio.Event()

    async def sleep(_):
        waiting.set()
        await anyio.sleep_forever()

    script = Script(Reply(status=503), TRACKS)
    async with calling(script, RetryPolicy(sleep=sleep)) as backend:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, backend)
            await waiting.wait()
            tasks.cancel_scope.cancel()
        assert len(script.asked) == 1
        assert await read(backend)
        assert script.connections == 1


async def test_a_call_that_is_cancelled_while_it_is_answered_gives_its_connection_up(waits):
    script = Script(Hang(), TRACKS)
    async with calling(script, waits.policy()) as backend:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, backend)
            await script.asked_once.wait()
            tasks.cancel_scope.cancel()
        assert await read(backend)
    assert len(script.asked) == 2


async def test_a_whole_call_is_bounded_however_its_tries_go(waits):
    async with calling(Script(Hang()), waits.policy(attempt_seconds=5, call_seconds=0.3)) as backend:
        with pytest.raises(ServiceUnreachable, match="did not answer in time"):
            await read(backend)


async def test_calls_one_after_another_and_their_retries_use_one_connection(waits):
    script = Script(Reply(status=503), TRACKS)
    async with calling(script, waits.policy()) as backend:
        for _ in range(20):
            await read(backend)
    assert (len(script.asked), script.connections) == (21, 1)


async def test_a_connection_that_the_service_closed_meanwhile_is_replaced(waits):
    closing = Raw(TRACKS.to_bytes())
    script = Script(closing, closing, TRACKS)
    async with calling(script, waits.policy()) as backend:
        for _ in range(3):
            await read(backend)
    assert script.connections == 3


async def test_closing_closes_the_connections(waits):
    script = Script(TRACKS)
    async with calling(script, waits.policy()) as backend:
        await read(backend)
        async with aclosing(RemoteBackend(script.base_url, KEY)) as other:
            await read(other)
        await backend.aclose()
        with anyio.fail_after(5):
            while script.open:
                await anyio.lowlevel.checkpoint()
    assert script.connections == 2
