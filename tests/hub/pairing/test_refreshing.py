"""Refresh tokens: good for one exchange, forgiving to whoever lost an answer, and fatal to whoever was robbed."""

import asyncio
import random
from contextlib import aclosing

import pytest

from backends.local.hub.hub import LocalHub
from contract.hub.errors import DeviceRevoked, HubUnauthorized, RefreshTokenReused, TokenExpired
from tests.hub.pairing.desk import Desk, altered, rows


async def test_a_refresh_gives_a_new_pair_and_lengthens_the_devices_life(desk, clock):
    tokens = await desk.pair()
    assert tokens.refreshTokenExpiresAt == "2027-01-20T12:00:00.000Z"
    clock.advance(days=10)
    fresh = await desk.refresh(tokens)
    assert (await desk.device(fresh)).id == "agent-1"
    assert not {fresh.accessToken, fresh.refreshToken} & {tokens.accessToken, tokens.refreshToken}
    assert fresh.refreshTokenExpiresAt == fresh.device["expiresAt"] == "2027-01-30T12:00:00.000Z"
    assert fresh.expiresIn == 3600


async def test_requests_under_way_with_the_old_access_token_still_come_through(desk, clock):
    tokens = await desk.paired()
    clock.advance(seconds=3000)
    await desk.refresh(tokens)
    await desk.device(tokens)
    clock.advance(seconds=600)
    with pytest.raises(TokenExpired):
        await desk.device(tokens)


async def test_a_device_that_refreshes_for_a_year_stays_paired_and_what_is_stored_of_it_does_not_grow(desk, hub, clock):
    tokens, numbers = await desk.paired(), set()
    for _ in range(40):
        clock.advance(days=10)
        tokens = await desk.refresh(tokens)
        await desk.device(tokens)
        numbers |= set(rows(hub, "SELECT count(*) FROM device_tokens"))
    assert numbers == {(2,)}
    assert (await desk.devices())[0]["state"] == "paired"


async def test_sixty_days_without_a_refresh_end_a_pairing_and_revoke_nothing(desk, clock):
    tokens = await desk.paired()
    clock.advance(days=60)
    with pytest.raises(TokenExpired) as caught:
        await desk.refresh(tokens)
    assert "devices arm" in caught.value.next_step
    assert (await desk.devices())[0]["state"] == "expired"


async def test_an_old_refresh_token_revokes_the_device_and_all_its_tokens(desk):
    first = await desk.paired()
    second = await desk.refresh(first)
    third = await desk.refresh(second)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(first)
    for tokens in (second, third):
        with pytest.raises(DeviceRevoked):
            await desk.device(tokens)
    for tokens in (first, second, third):
        with pytest.raises(DeviceRevoked):
            await desk.refresh(tokens)
    assert (await desk.devices())[0]["state"] == "revoked"


async def test_one_from_long_ago_of_which_nothing_is_stored_any_more_does_the_same(desk, clock):
    stolen = tokens = await desk.paired()
    for _ in range(20):
        clock.advance(days=30)
        tokens = await desk.refresh(tokens)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(stolen)
    with pytest.raises(DeviceRevoked):
        await desk.refresh(tokens)


async def test_whoever_lost_the_answer_asks_again_and_gets_another_pair(desk, clock):
    tokens = await desk.paired()
    lost = await desk.refresh(tokens)
    clock.advance(seconds=120)
    fresh = await desk.refresh(tokens)
    await desk.device(fresh)
    with pytest.raises(TokenExpired):
        await desk.device(lost)  # two pairs of one device would be one too many
    await desk.refresh(fresh)
    assert (await desk.devices())[0]["state"] == "paired"


async def test_answers_may_be_lost_again_and_again(desk, hub, clock):
    tokens = await desk.paired()
    for _ in range(3):
        for _ in range(50):
            clock.advance(seconds=2)
            tokens_after = await desk.refresh(tokens)
        tokens = tokens_after
        assert rows(hub, "SELECT count(*) FROM device_tokens") <= [(32 + 30,)]
    assert (await desk.device(tokens)).id == "agent-1"


async def test_two_minutes_later_the_same_question_is_a_replay(desk, clock):
    tokens = await desk.paired()
    fresh = await desk.refresh(tokens)
    clock.advance(seconds=120, ms=1)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(tokens)
    with pytest.raises(DeviceRevoked):
        await desk.device(fresh)


async def test_patience_does_not_begin_anew_with_each_question(desk, clock):
    tokens = await desk.paired()
    for _ in range(3):
        await desk.refresh(tokens)
        clock.advance(seconds=50)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(tokens)


async def test_once_the_new_tokens_are_in_use_the_old_one_is_a_replay(desk, clock):
    tokens = await desk.paired()
    fresh = await desk.refresh(tokens)
    await desk.device(fresh)
    clock.advance(seconds=10, ms=1)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(tokens)
    with pytest.raises(DeviceRevoked):
        await desk.refresh(fresh)


async def test_a_thief_who_asks_first_is_found_out_when_the_owner_asks(desk, clock):
    tokens = await desk.paired()
    clock.advance(seconds=3600)
    thief = await desk.refresh(tokens)
    await desk.device(thief)
    clock.advance(seconds=30)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(tokens)
    with pytest.raises(DeviceRevoked):
        await desk.device(thief)


async def test_a_thief_who_gets_a_pair_for_a_lost_answer_is_found_out_by_the_one_who_had_the_answer(desk, clock):
    tokens = await desk.paired()
    owner = await desk.refresh(tokens)
    thief = await desk.refresh(tokens)
    await desk.device(thief)
    clock.advance(seconds=30)
    with pytest.raises(TokenExpired):
        await desk.device(owner)
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(owner)


async def test_refreshes_at_the_same_moment_leave_one_pair_and_whichever_answer_is_kept_leads_on(desk, data_dir, clock):
    choice = random.Random(8)
    async with aclosing(LocalHub(data_dir, clock=clock)) as other:
        tokens, desks = await desk.paired(), [desk, Desk(other)] * 3
        for _ in range(5):
            clock.advance(seconds=3600)
            pairs = await asyncio.gather(*[each.refresh(tokens) for each in desks])
            outcomes = [await desk.outcome(desk.device(pair)) for pair in pairs]
            assert sorted(outcomes, key=str) == [None] + ["token_expired"] * 5
            clock.advance(seconds=choice.randint(0, 9))
            tokens = choice.choice(pairs)
            if outcomes[pairs.index(tokens)]:
                tokens = await desk.refresh(tokens)
            await desk.device(tokens)
    assert [device["state"] for device in await desk.devices()] == ["paired"]


async def test_a_second_tab_may_refresh_by_the_same_token_while_the_first_is_using_the_answer(desk, clock):
    tokens = await desk.paired()
    first = await desk.refresh(tokens)
    await desk.device(first)
    clock.advance(seconds=1)
    second = await desk.refresh(tokens)
    await desk.device(second)
    with pytest.raises(TokenExpired):
        await desk.device(first)


async def test_a_clock_that_was_set_back_locks_nobody_out(desk, clock):
    tokens = await desk.paired()
    clock.advance(days=400)
    clock.advance(days=-400)
    lost = await desk.refresh(tokens)
    clock.advance(days=-1)
    tokens = await desk.refresh(tokens)
    assert lost.accessToken != tokens.accessToken
    await desk.device(tokens)
    clock.advance(days=-1)
    tokens = await desk.refresh(tokens)
    await desk.device(tokens)


async def test_what_is_no_refresh_token_revokes_nobody(desk):
    tokens = await desk.paired()
    for token in (
        "",
        "mhub_refresh_",
        "x" * 500,
        tokens.accessToken,
        tokens.refreshToken[:-1],
        tokens.refreshToken + "A",
        tokens.refreshToken.swapcase(),
        "mhub_refresh_" + "A" * 65,
        "mhub_refresh_" + altered(tokens.refreshToken[13:35]) + tokens.refreshToken[35:],
    ):
        with pytest.raises(HubUnauthorized) as caught:
            await desk.refresh(token)
        assert caught.value.code == "hub_unauthorized"
    with pytest.raises(HubUnauthorized):
        await desk.refresh(tokens, device="agent-2")
    await desk.refresh(tokens)


async def test_a_guess_at_the_rest_of_a_refresh_token_revokes_its_device(desk):
    tokens = await desk.paired()
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(altered(tokens.refreshToken))
    with pytest.raises(DeviceRevoked):
        await desk.device(tokens)


async def test_one_devices_misfortune_is_no_others(desk):
    robbed, other = await desk.paired(), await desk.paired(device="other")
    await desk.refresh(await desk.refresh(robbed))
    with pytest.raises(RefreshTokenReused):
        await desk.refresh(robbed)
    await desk.device(other)
    await desk.refresh(other, device="other")
