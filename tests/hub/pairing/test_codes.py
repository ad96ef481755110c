"""The pairing code: one at a time, good for minutes and for one device, and tried a few times at most."""

import asyncio
import hashlib
import re
import statistics
import time
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from backends.local.hub.pairing.codes import ATTEMPTS
from contract.errors import InvalidRequest
from contract.hub.errors import PairingRefused
from tests.hub.pairing.desk import WRONG, Desk, rows, wrong_codes


async def test_a_code_is_eight_consonants_that_nobody_could_have_known(desk):
    codes = {(await desk.arm()).pairingCode for _ in range(4)}
    assert len(codes) == 4
    assert all(re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code) for code in codes)


async def test_it_is_good_for_half_an_hour_unless_somebody_says_otherwise(desk, clock):
    assert (await desk.arm()).expiresIn == 1800
    armed = await desk.arm(minutes=1)
    assert armed.expiresIn == 60
    clock.advance(ms=59_999)
    assert await desk.outcome(desk.pair(armed.pairingCode)) is None


async def test_minutes_out_of_bounds_are_refused_and_arm_nothing(desk):
    for minutes in (0, 61, -1, 1.5, 10**30, None, "soon"):
        with pytest.raises(InvalidRequest, match="minutes must be a whole number from 1 to 60"):
            await desk.arm(minutes=minutes)
    assert not (await desk.status()).armed


async def test_it_is_taken_in_any_case_and_however_it_is_spaced(desk):
    for written in (
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f" {code[:4]} \u2013 {code[5:]}\n",
    ):
        code = (await desk.arm()).pairingCode
        assert (await desk.pair(written(code))).device["deviceId"] == "agent-1"


async def test_it_lets_one_device_in(desk):
    code = (await desk.arm()).pairingCode
    await desk.pair(code)
    with pytest.raises(PairingRefused):
        await desk.pair(code, device="another")
    assert [device["deviceId"] for device in await desk.devices()] == ["agent-1"]


async def test_of_many_that_show_it_at_the_same_moment_it_lets_one_in(desk, data_dir, clock):
    code = (await desk.arm()).pairingCode
    async with aclosing(LocalHub(data_dir, clock=clock)) as other:
        desks = [desk, Desk(other)] * 10
        outcomes = await asyncio.gather(
            *[each.outcome(each.pair(code, device=f"d{number}")) for number, each in enumerate(desks)]
        )
    assert outcomes.count(None) == 1
    assert set(outcomes) == {None, "pairing_refused"}
    assert len(await desk.devices()) == 1


async def test_arming_again_replaces_it(desk):
    first, second = [(await desk.arm()).pairingCode for _ in range(2)]
    with pytest.raises(PairingRefused):
        await desk.pair(first)
    await desk.pair(second)


async def test_it_can_be_taken_back(desk):
    code = (await desk.arm()).pairingCode
    assert await desk.disarm()
    with pytest.raises(PairingRefused):
        await desk.pair(code)
    assert not await desk.disarm()


async def test_it_expires_to_the_millisecond(desk, clock):
    code = (await desk.arm(minutes=2)).pairingCode
    clock.advance(seconds=120)
    with pytest.raises(PairingRefused):
        await desk.pair(code)
    assert not (await desk.status()).armed


async def test_a_clock_that_was_set_back_does_not_lengthen_its_life(desk, clock):
    code = (await desk.arm(minutes=1)).pairingCode
    clock.advance(days=-1)
    with pytest.raises(PairingRefused):
        await desk.pair(code)
    assert not (await desk.status()).armed
    clock.advance(days=1, seconds=-30)  # as clocks are corrected
    await desk.pair(code)


@pytest.mark.parametrize("wrong", [ATTEMPTS - 1, ATTEMPTS])
async def test_the_right_code_is_let_in_after_wrong_ones_until_the_attempts_are_spent(desk, wrong):
    code = (await desk.arm()).pairingCode
    guesses = wrong_codes(code)
    await asyncio.gather(*[desk.outcome(desk.pair(next(guesses))) for _ in range(wrong)])
    assert (await desk.status()).attemptsLeft == ATTEMPTS - wrong
    assert await desk.outcome(desk.pair(code)) == (None if wrong < ATTEMPTS else "pairing_refused")


async def test_of_two_hundred_guesses_at_once_by_two_servers_no_more_are_compared_than_there_are_attempts(
    desk, data_dir, clock, monkeypatch
):
    code = (await desk.arm()).pairingCode
    compared, scrypt = [], hashlib.scrypt
    monkeypatch.setattr("hashlib.scrypt", lambda *given, **more: compared.append(given) or scrypt(*given, **more))
    async with aclosing(LocalHub(data_dir, clock=clock)) as other:
        desks = [desk, Desk(other)] * 100
        outcomes = await asyncio.gather(
            *[each.outcome(each.pair(guess)) for each, guess in zip(desks, wrong_codes(code), strict=False)]
        )
    assert set(outcomes) == {"pairing_refused"}
    assert len(compared) == ATTEMPTS
    assert await desk.outcome(desk.pair(code)) == "pairing_refused"
    assert len(compared) == ATTEMPTS


async def test_what_can_not_be_a_code_costs_no_attempt(desk):
    code = (await desk.arm()).pairingCode
    texts = ("abc123", "", "0000-0000", "AEIO-UAEI", "BBBB-BBB", "BBBB-BBBBB", "ББББ-ББББ", "BBBB\x00BBBB")
    outcomes = await asyncio.gather(*[desk.outcome(desk.pair(text)) for text in texts])
    assert set(outcomes) == {"pairing_refused"}
    assert (await desk.status()).attemptsLeft == ATTEMPTS
    await desk.pair(code)


async def test_refusals_say_the_same_and_take_the_same_time_whatever_is_wrong(desk, clock):
    refusals = []

    async def refuse(code):
        begun = time.monotonic()
        with pytest.raises(PairingRefused) as caught:
            await desk.pair(code)
        refusals.append((caught.value.body(), time.monotonic() - begun))

    await refuse(WRONG)  # none is armed
    await desk.arm()
    await refuse("abc123")
    await refuse(WRONG)
    await asyncio.gather(*[refuse(WRONG) for _ in range(ATTEMPTS)])  # of which one finds no attempt left
    clock.advance(days=1)
    await refuse(WRONG)
    assert all(body == refusals[0][0] for body, _ in refusals)
    assert all(seconds >= 0.25 for _, seconds in refusals)
    assert statistics.median(seconds for _, seconds in refusals) < 0.5


async def test_the_database_holds_a_slow_hash_of_it_and_forgets_that_when_it_was_used(desk, hub, data_dir):
    code = (await desk.arm()).pairingCode
    letters = code.replace("-", "").encode()
    [(salt, hashed)] = rows(hub, "SELECT salt, hash FROM pairing_code")
    assert hashed == hashlib.scrypt(letters, salt=salt, n=2**14, r=8, p=1, dklen=32)
    assert len(salt) == 16
    for content in [file.read_bytes() for file in data_dir.iterdir() if file.is_file()]:
        assert letters not in content
        assert code.encode() not in content
        assert letters.lower() not in content
        assert hashlib.sha256(letters).digest() not in content
    await desk.pair(code)
    assert rows(hub, "SELECT * FROM pairing_code") == []


async def test_nobody_is_armed_at_first_and_the_status_says_how(desk):
    status = await desk.status()
    assert (status.armed, status.armedAt, status.expiresAt, status.attemptsLeft) == (False, None, None, None)
    assert "devices arm" in status.nextStep
    await desk.arm()
    status = await desk.status()
    assert (status.armed, status.attemptsLeft, status.nextStep) == (True, ATTEMPTS, None)
    assert (status.armedAt, status.expiresAt) == ("2026-11-21T12:00:00.000Z", "2026-11-21T12:30:00.000Z")
