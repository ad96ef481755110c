"""Headers of limits: honoured where they make sense, and taken for missing where they don't."""

import time
from email.utils import formatdate

import anyio
import pytest

from backends.remote.limits import asked_wait
from contract.errors import RateLimited
from contract.musicengine.catalogue import LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.validation import validate
from tests.remote.conftest import calling
from tests.remote.scripted import Reply, Script

NOW = 1_772_964_000


async def read(backend):
    return await backend.call(LIST_TRACKS, LIST_TRACKS.request())


async def write(backend):
    request = validate(IMPORT_BROWSER_PROFILE.request, IMPORT_BROWSER_PROFILE.example.request)
    return await backend.call(IMPORT_BROWSER_PROFILE, request)


def said(remaining, reset_in, *, status=200, now=NOW, **headers):
    """An answer with the limit's headers, by a clock that is nobody's but the service's."""
    headers |= {"X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": str(now + reset_in)}
    return Reply(LIST_TRACKS.example.response, status, headers | {"Date": formatdate(now, usegmt=True)})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        (formatdate(NOW + 9, usegmt=True), 9),
        (formatdate(NOW - 9, usegmt=True), 0),
        (formatdate(NOW + 9), 9),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_services_clock(text, seconds):
    assert asked_wait({"Retry-After": text, "Date": formatdate(NOW, usegmt=True)}) == seconds


def test_a_date_without_the_services_clock_is_measured_by_ours():
    assert 7 <= asked_wait({"Retry-After": formatdate(time.time() + 9, usegmt=True)}) <= 9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5",
        "999999999",
        "Mon, 01 Jan 2500 00:00:00 GMT",
        "1.5",
        "NaN",
        "inf",
        "1e3",
        "soon",
        "9" * 400,
        "٣",
        "+5",
        "Mon, 99 Nov 2026 99:99:99 GMT",
        "\x00",
        "0x10",
    ],
)
async def test_a_retry_after_that_makes_no_sense_is_taken_for_missing(waits, text):
    assert asked_wait({"Retry-After": text}) is None
    if text.isascii() and "\x00" not in text:
        script = Script(Reply(status=429, headers={"Retry-After": text}), Reply(LIST_TRACKS.example.response))
        async with calling(script, waits.policy()) as backend:
            await read(backend)
        assert waits == [0.5]


async def test_when_nothing_is_left_the_next_call_waits_for_the_window_to_end(waits):
    script = Script(said(1, 20), said(0, 20), said(299, 60, now=NOW + 20))
    async with calling(script, waits.policy(clock=lambda: 1000.0)) as backend:
        await read(backend)
        await read(backend)
        assert waits == []
        await read(backend)
        await read(backend)
    assert waits == [20]
    assert len(script.asked) == 4


async def test_a_window_that_has_ended_meanwhile_is_not_waited_for(waits):
    clock = iter([1000.0, 1021.0, 1021.0, 1021.0])
    async with calling(Script(said(0, 20)), waits.policy(clock=lambda: next(clock))) as backend:
        await read(backend)
        await read(backend)
    assert waits == []


async def test_reads_and_writes_are_counted_apart(waits):
    script = Script(said(0, 20), Reply(IMPORT_BROWSER_PROFILE.example.response, 201))
    async with calling(script, waits.policy()) as backend:
        await read(backend)
        await write(backend)
    assert waits == []


async def test_a_window_that_ends_late_is_left_to_the_service(waits):
    script = Script(said(0, 3600), said(0, 3600, status=429))
    async with calling(script, waits.policy()) as backend:
        await read(backend)
        with pytest.raises(RateLimited) as caught:
            await read(backend)
    assert waits == []
    assert "3600 seconds" in caught.value.sentence


async def test_a_refusal_without_retry_after_is_waited_out_to_the_end_of_the_window(waits):
    script = Script(said(0, 5, status=429), said(299, 60, now=NOW + 5))
    async with calling(script, waits.policy(clock=lambda: 0.0)) as backend:
        await read(backend)
    assert waits[0] == 5


async def test_answers_that_arrive_in_another_order_change_nothing(waits):
    script = Script(said(0, 20), said(3, 20), said(5, -40), said(299, 60, now=NOW + 20))
    async with calling(script, waits.policy(clock=lambda: 0.0)) as backend:
        await read(backend)
        await read(backend)
        await read(backend)
    assert waits == [20, 20]


async def test_a_late_answer_of_a_window_before_closes_nothing(waits):
    script = Script(said(3, 20), said(0, 5), said(2, 20))
    async with calling(script, waits.policy(clock=lambda: 0.0)) as backend:
        for _ in range(3):
            await read(backend)
    assert waits == []


@pytest.mark.parametrize("remaining", ["-1", "NaN", "none", "", "0.0"])
@pytest.mark.parametrize("reset", ["-1", "NaN", "soon", "", "9" * 300])
async def test_limits_that_make_no_sense_are_taken_for_missing(waits, remaining, reset):
    headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset}
    headers_of_nothing_left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    answer = LIST_TRACKS.example.response
    script = Script(Reply(answer, headers=headers), Reply(answer, headers=headers_of_nothing_left), Reply(answer))
    async with calling(script, waits.policy()) as backend:
        for _ in range(3):
            await read(backend)
    assert waits == []


async def test_a_window_without_a_sensible_end_hides_no_later_one(waits):
    script = Script(said(0, 10**9), said(0, 20), said(299, 60, now=NOW + 20))
    async with calling(script, waits.policy(clock=lambda: 0.0)) as backend:
        for _ in range(3):
            await read(backend)
    assert waits == [20]


async def test_calls_side_by_side_wait_for_the_same_window(waits):
    script = Script(said(0, 20), said(290, 60, now=NOW + 20))
    async with calling(script, waits.policy(clock=lambda: 0.0)) as backend:
        await read(backend)
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(read, backend)
    assert waits == [20] * 5
