"""No service can exhaust this machine, be it broken or hostile; and odd bytes are drift rather than a crash."""

import gzip
import json
import zlib

import pytest

from backends.remote.exchange import MAX_ANSWER_BYTES
from contract.errors import ContractDrift, ContractError, RateLimited, ServiceUnreachable
from contract.musicengine.catalogue import LIST_TRACKS
from contract.validation import validate
from tests.remote.conftest import calling
from tests.remote.scripted import Raw, Reply, Script, Stall

TRACKS = LIST_TRACKS.example.response
BODY = json.dumps(TRACKS).encode()
TOO_LARGE = BODY + b" " * MAX_ANSWER_BYTES


async def read(backend, operation=LIST_TRACKS):
    return await backend.call(operation, validate(operation.request, operation.example.request))


async def refusal(waits, step, **bounds):
    script = Script(step)
    async with calling(script, waits.policy(**bounds)) as backend:
        with pytest.raises(ContractError) as caught:
            await read(backend)
    return caught.value


def packed(content, times=1, encoding="gzip"):
    for _ in range(times):
        content = gzip.compress(content)
    return Reply(content, headers={"Content-Encoding": encoding})


async def test_a_compressed_answer_is_asked_for_and_read(waits):
    script = Script(packed(BODY))
    async with calling(script, waits.policy()) as backend:
        assert (await read(backend)).model_dump(mode="json") == TRACKS
    assert script.asked[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "step",
    [
        Reply(TOO_LARGE),
        packed(TOO_LARGE),
        Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 300),
    ],
    ids=["plain", "compressed", "endless"],
)
async def test_an_answer_that_is_too_large_is_refused_after_as_many_bytes(waits, step):
    error = await refusal(waits, step)
    assert isinstance(error, ContractDrift)
    assert "larger than 16 MiB" in error.message


async def test_an_error_that_is_too_large_is_refused_as_well(waits):
    assert isinstance(await refusal(waits, Reply(TOO_LARGE, 404)), ContractDrift)


@pytest.mark.parametrize(
    "step",
    [
        packed(BODY, 2, "gzip, gzip"),
        Reply(zlib.compress(BODY), headers={"Content-Encoding": "deflate"}),
        Reply(BODY, headers={"Content-Encoding": "br"}),
        Reply(BODY, headers={"Content-Encoding": "gzip"}),
        Reply(gzip.compress(BODY)[:-9] + b"x" * 9, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["twice", "deflate", "brotli", "not compressed", "damaged"],
)
async def test_a_compression_that_was_not_asked_for_or_is_broken_is_drift(waits, step):
    error = await refusal(waits, step)
    assert isinstance(error, ContractDrift)
    assert waits == []


async def test_the_connection_of_a_refused_answer_is_given_up_and_the_next_call_works(waits):
    script = Script(Reply(TOO_LARGE), Reply(TRACKS))
    async with calling(script, waits.policy()) as backend:
        with pytest.raises(ContractDrift):
            await read(backend)
        assert await read(backend)


@pytest.mark.parametrize("text", ["Beyoncé".encode("latin-1"), b"\xff\xfe{\x00", b"\xed\xa0\x80"])
async def test_bytes_that_are_no_utf8_are_drift(waits, text):
    error = await refusal(waits, Reply(BODY.replace(b"Song Name", text)))
    assert isinstance(error, ContractDrift)
    assert "not JSON" in error.message


async def test_a_byte_order_mark_is_no_offence(waits):
    async with calling(Script(Reply(b"\xef\xbb\xbf" + BODY)), waits.policy()) as backend:
        assert await read(backend)


async def test_an_answer_that_stops_halfway_is_given_up(waits):
    halfway = Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    error = await refusal(waits, halfway, attempt_seconds=0.2, attempts=2)
    assert isinstance(error, ServiceUnreachable)
    assert "did not answer in time" in error.message
    assert len(waits) == 1


async def test_headers_without_end_are_a_connection_that_breaks_off(waits):
    endless = Raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(500)))
    assert isinstance(await refusal(waits, endless, attempt_seconds=2), ServiceUnreachable)


async def test_a_services_long_message_is_cut(waits):
    error = await refusal(waits, Reply({"error": {"code": "rate_limited", "message": "x" * 100_000}}, 429))
    assert isinstance(error, RateLimited)
    assert len(error.message) == 500
