"""Access tokens: an hour long, known by a hash alone, and looked up with each request."""

import re
import sqlite3
import time
from contextlib import closing

import pytest

from contract.hub.errors import DeviceRevoked, HubUnauthorized, TokenExpired
from tests.hub.pairing.desk import altered, rows

HOUR = 3600


async def test_tokens_say_what_they_are_and_hold_256_random_bits(desk):
    every = [await desk.pair(device=f"d{number}") for number in range(2)]
    assert len({token for tokens in every for token in (tokens.accessToken, tokens.refreshToken)}) == 4
    for tokens in every:
        assert re.fullmatch(r"mhub_access_[A-Za-z0-9_-]{43}", tokens.accessToken)
        assert re.fullmatch(r"mhub_refresh_[A-Za-z0-9_-]{65}", tokens.refreshToken)
        assert tokens.tokenType == "Bearer"


async def test_an_access_token_is_its_devices(desk):
    tokens = [await desk.paired(device=f"d{number}", name=f"Phone {number}") for number in range(2)]
    assert [((await desk.device(each)).id, (await desk.device(each)).name) for each in tokens] == [
        ("d0", "Phone 0"),
        ("d1", "Phone 1"),
    ]


async def test_it_lasts_an_hour_and_not_a_moment_longer(desk, clock):
    tokens = await desk.pair()
    assert (tokens.expiresIn, tokens.accessTokenExpiresAt) == (HOUR, "2026-11-21T13:00:00.000Z")
    clock.advance(seconds=HOUR - 1, ms=999)
    await desk.device(tokens)
    clock.advance(ms=1)
    with pytest.raises(TokenExpired):
        await desk.device(tokens)


async def test_a_clock_that_was_set_back_does_not_lengthen_its_life_and_locks_nobody_out(desk, clock):
    tokens = await desk.paired()
    clock.advance(days=-1)
    with pytest.raises(TokenExpired):
        await desk.device(tokens)
    fresh = await desk.refresh(tokens)
    assert (await desk.device(fresh)).id == "agent-1"


async def test_what_is_no_token_is_refused_and_not_repeated(desk):
    await desk.paired()
    for token in ("", "mhub_access_", "mhub_access_" + "A" * 43, "x" * 100_000, "é\udc80\0", "%", "' OR 1 --"):
        with pytest.raises(HubUnauthorized) as caught:
            await desk.device(token)
        assert caught.value.code == "hub_unauthorized"
        assert "AAAA" not in str(caught.value.body())


async def test_near_misses_and_refresh_tokens_are_no_access_tokens(desk):
    tokens = await desk.paired()
    for token in (altered(tokens.accessToken), tokens.accessToken.swapcase(), tokens.refreshToken):
        with pytest.raises(HubUnauthorized):
            await desk.device(token)


async def test_the_comparison_that_decides_is_constant_time(desk, monkeypatch):
    tokens = await desk.paired()
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda *pair: bool(compared.append(pair)))
    with pytest.raises(HubUnauthorized):
        await desk.device(tokens)
    assert len(compared) == 1


async def test_no_file_of_the_data_folder_holds_a_token(desk, data_dir):
    tokens = await desk.pair()
    fresh = await desk.refresh(tokens)
    await desk.device(fresh)
    secrets = [
        token.encode()[start : start + 16]
        for each in (tokens, fresh)
        for token in (each.accessToken.removeprefix("mhub_access_"), each.refreshToken.removeprefix("mhub_refresh_"))
        for start in (0, len(token) - 16)
    ]
    contents = [file.read_bytes() for file in data_dir.iterdir() if file.is_file()]
    assert len(contents) >= 3  # with the -wal
    assert b"automation" in b"".join(contents)
    assert not [secret for secret in secrets for content in contents if secret in content]


async def test_a_device_is_known_by_one_look_that_is_kept_until_something_is_committed(desk, hub, clock):
    tokens = await desk.paired()
    await desk.device(tokens)  # which notes the use
    await desk.device(tokens)
    begun = time.perf_counter()
    for _ in range(200):
        await desk.device(tokens)
    assert time.perf_counter() - begun < 0.1
    plan = rows(
        hub,
        "EXPLAIN QUERY PLAN SELECT * FROM device_tokens t JOIN devices d ON d.id = t.device WHERE t.access = ?",
        b"",
    )
    assert all("SEARCH" in row[3] for row in plan)


async def test_the_last_use_is_written_at_most_once_a_minute(desk, hub, clock):
    tokens, seen = await desk.paired(), []
    assert (await desk.devices())[0]["lastUsedAt"] is None
    for seconds in (0, 1, 58, 1, 59, 1):
        clock.advance(seconds=seconds)
        await desk.device(tokens)
        seen.append((await desk.devices())[0]["lastUsedAt"][14:19])
    assert seen == ["00:00", "00:00", "00:00", "01:00", "01:00", "02:00"]


async def test_a_device_is_let_in_while_another_process_writes_and_without_waiting_for_it(desk, hub, data_dir):
    tokens = await desk.paired()
    with closing(sqlite3.connect(hub.hub.user.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert (await desk.device(tokens)).id == "agent-1"
        assert time.monotonic() - begun < 1
    assert (await desk.devices())[0]["lastUsedAt"] is None
    await desk.device(tokens)
    assert (await desk.devices())[0]["lastUsedAt"] is not None


async def test_a_revoked_devices_token_says_so_even_when_it_has_expired(desk, clock):
    tokens = await desk.paired()
    await desk.revoke()
    with pytest.raises(DeviceRevoked):
        await desk.device(tokens)
    clock.advance(days=1)
    with pytest.raises(DeviceRevoked):
        await desk.device(tokens)
