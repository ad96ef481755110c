"""Rate limits: exact in any window, apart by class, shared by processes, and bounded guessing."""

import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from backends.local.database import Database
from backends.local.limits import RateLimiter
from backends.local.storage import prepare_folder
from contract.errors import Unauthorized
from contract.musicengine.catalogue import LIST_TRACKS
from contract.musicengine.profiles import IMPORT_BROWSER_PROFILE
from contract.operation import RateLimit
from server.http.auth import FAILED_LOGINS, Gate
from tests.http.conftest import BODY, IMPORT, error_of
from tests.programs import serving
from tests.serving import new_key

THREE = RateLimit(3, 60)


class Clock:
    def __init__(self, at=1_000_000.0):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limiter(data_dir, clock):
    prepare_folder(data_dir)
    with closing(RateLimiter(data_dir, clock)) as limiter:
        yield limiter


def test_as_many_calls_as_the_limit_pass_and_the_next_says_how_long_to_wait(limiter, clock):
    remaining = []
    for _ in range(3):
        remaining.append(limiter.spend("a", THREE).remaining)
        clock.at += 10
    refused = limiter.spend("a", THREE)
    assert remaining == [2, 1, 0]
    assert (refused.allowed, refused.remaining, refused.retry_after) == (False, 0, 30)
    assert refused.reset == 1_000_060
    assert refused.headers["Retry-After"] == "30"


def test_a_call_is_free_again_exactly_when_the_oldest_leaves_the_window(limiter, clock):
    for _ in range(3):
        limiter.spend("a", THREE)
    clock.at += 59.999
    assert not limiter.spend("a", THREE).allowed
    clock.at += 0.001
    assert limiter.spend("a", THREE).allowed


def test_refused_calls_do_not_lengthen_the_wait(limiter, clock):
    for _ in range(3):
        limiter.spend("a", THREE)
    for _ in range(50):
        clock.at += 1
        limiter.spend("a", THREE)
    assert limiter.spend("a", THREE).retry_after == 10


def test_a_clock_that_was_set_back_locks_nobody_out(limiter, clock):
    for _ in range(3):
        limiter.spend("a", THREE)
    clock.at -= 3600
    assert limiter.spend("a", THREE).allowed


def test_a_limit_survives_a_restart(limiter, data_dir, clock):
    for _ in range(3):
        limiter.spend("a", THREE)
    limiter.close()
    with closing(RateLimiter(data_dir, clock)) as again:
        assert not again.spend("a", THREE).allowed


def test_those_who_have_not_called_for_long_are_forgotten(limiter, data_dir, clock):
    for stranger in range(1500):
        limiter.spend(f"stranger {stranger}", THREE)
    clock.at += 7200
    for _ in range(1000):
        limiter.spend("a", THREE)
    with closing(sqlite3.connect(data_dir / "limits.db")) as file:
        assert file.execute("SELECT count(*) FROM calls").fetchone() == (1,)


def test_reads_and_writes_and_keys_are_counted_apart(limiter):
    assert limiter.count(1, LIST_TRACKS).remaining == 299
    assert limiter.count(1, IMPORT_BROWSER_PROFILE).remaining == 59
    assert limiter.count(2, LIST_TRACKS).remaining == 299


def spoil(path):
    path.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize("spoil", [spoil, Path.mkdir, lambda path: path.parent.chmod(0o500)])
def test_a_file_that_cannot_be_opened_stops_nobody_and_limits_go_on(data_dir, clock, caplog, spoil):
    prepare_folder(data_dir)
    spoil(data_dir / "limits.db")
    with closing(RateLimiter(data_dir, clock)) as limiter:
        passed = [limiter.spend("a", THREE).allowed for _ in range(5)]
    data_dir.chmod(0o700)
    assert passed == [True] * 3 + [False] * 2


def test_a_file_that_fails_is_left_alone_for_a_while_and_then_used_again(limiter, data_dir, clock, caplog):
    limiter.spend("a", THREE)
    with closing(sqlite3.connect(data_dir / "limits.db", isolation_level=None)) as other:
        other.execute("DROP TABLE calls")
        passed = [limiter.spend("a", THREE).allowed for _ in range(5)]
        assert passed == [True] * 3 + [False] * 2
        assert caplog.text.count("limits.db can't be used") == 1
        clock.at += 10
        limiter.spend("b", THREE)
        assert other.execute("SELECT principal FROM calls").fetchall() == [("b",)]


def test_a_file_that_another_process_holds_is_not_waited_for_and_not_given_up(limiter, data_dir):
    limiter.spend("a", THREE)
    with closing(sqlite3.connect(data_dir / "limits.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert limiter.spend("a", THREE).allowed
        assert time.monotonic() - started < 1
        other.execute("ROLLBACK")
    assert limiter.spend("a", THREE).remaining == 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(gaps=st.lists(st.integers(0, 40_000), min_size=1, max_size=60))
def test_no_window_ever_holds_more_than_the_limit(tmp_path_factory, gaps):
    clock = Clock()
    passed = []
    with closing(RateLimiter(tmp_path_factory.mktemp("limits"), clock)) as limiter:
        for gap in gaps:
            clock.at += gap / 1000
            if limiter.spend("a", THREE).allowed:
                passed.append(clock.at)
            else:
                assert sum(clock.at - 60 < at for at in passed) == 3, "refused although a call was free"
    for last in passed:
        assert sum(last - 59.999 < at <= last for at in passed) <= 3


def test_of_400_requests_at_once_exactly_300_pass_two_worker_processes(service):
    with serving(service.folder, "--workers", "2") as (address, _), ThreadPoolExecutor(16) as threads:

        def ask(_):
            # A connection each, so that both workers accept some.
            with closing(HTTPConnection(urlsplit(address).netloc, timeout=30)) as connection:
                connection.request("GET", LIST_TRACKS.path, headers=service.authorization)
                return connection.getresponse()

        answers = list(threads.map(ask, range(400)))
    assert Counter(answer.status for answer in answers) == {200: 300, 429: 100}
    remaining = sorted(int(answer.headers["x-ratelimit-remaining"]) for answer in answers if answer.status == 200)
    assert remaining == list(range(300))
    refused = [answer for answer in answers if answer.status == 429]
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)


def test_the_61st_write_is_429_with_the_one_body_and_reads_go_on(service):
    statuses = [service.post(IMPORT, json=BODY).status_code for _ in range(61)]
    refused = service.post(IMPORT, json=BODY)
    assert statuses == [201] * 60 + [429]
    assert error_of(refused)["code"] == "rate_limited"
    assert refused.headers["retry-after"] in error_of(refused)["next_step"]
    assert service.get("/api/v1/tracks").status_code == 200


def test_requests_that_are_refused_for_what_they_ask_count_too(service):
    assert service.get("/api/v1/tracks?limit=0").headers["x-ratelimit-remaining"] == "299"
    assert service.get("/api/v1/tracks/ZZZZZ0000000").headers["x-ratelimit-remaining"] == "298"


async def test_guessing_is_bounded_for_an_address_whatever_it_says_of_itself(service):
    for guess in range(FAILED_LOGINS.requests):
        headers = {
            "X-Forwarded-For": f"10.0.0.{guess}",
            "Forwarded": f"for=10.0.1.{guess}",
            "X-Real-IP": f"1.1.1.{guess}",
        }
        answer = service.get("/api/v1/tracks", key=f"isrc_live_guess{guess}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["x-ratelimit-remaining"] == str(FAILED_LOGINS.requests - 1 - guess)
    answer = service.get("/api/v1/tracks", key="isrc_live_another")
    assert (answer.status_code, error_of(answer)["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= FAILED_LOGINS.seconds
    assert service.post("/mcp", key="isrc_live_another", json={}).status_code == 429


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
async def test_failures_are_counted_by_address_and_for_ipv6_by_network(data_dir, limiter, first, second, are_one):
    async with aclosing(Database(data_dir)) as database:
        gate = Gate(database, limiter)
        left = [await failures_left(gate, host) for host in (first, second)]
    assert left == [FAILED_LOGINS.requests - 1, FAILED_LOGINS.requests - (2 if are_one else 1)]


async def failures_left(gate, host):
    """How often a caller from there may still fail, after a request without a key."""
    with pytest.raises(Unauthorized) as refused:
        await gate.principal_of(Request({"type": "http", "headers": [], "client": (host, 50_000)}))
    return int(refused.value.headers["X-RateLimit-Remaining"])


async def test_a_good_key_is_let_in_whoever_else_fails_at_its_address(service):
    for guess in range(FAILED_LOGINS.requests + 5):
        service.get("/api/v1/tracks", key=f"isrc_live_guess{guess}")
    assert service.get("/api/v1/tracks").status_code == 200


async def test_good_requests_are_no_failures(service):
    for _ in range(FAILED_LOGINS.requests + 5):
        assert service.get("/api/v1/tracks").status_code == 200
    assert service.get("/api/v1/tracks", key="isrc_live_wrong").headers["x-ratelimit-remaining"] == "29"


async def test_tools_over_http_spend_the_same_calls_as_rest(service):
    key = await new_key(service.folder)
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    call["params"] = {"name": "catalogue_list_tracks", "arguments": {}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    assert service.post("/mcp", key=key, json=call, headers=headers).status_code == 200
    assert service.get("/api/v1/tracks", key=key).headers["x-ratelimit-remaining"] == "298"
