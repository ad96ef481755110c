"""Devices: named by strangers, listed, paired anew, and revoked at once for every process."""

import asyncio
import unicodedata
from contextlib import aclosing

import pytest

from backends.backend import Change
from backends.local.hub.hub import LocalHub
from backends.local.hub.pairing.tokens import is_paired
from contract.errors import InvalidRequest
from contract.hub.devices import MOST_DEVICES
from contract.hub.errors import DeviceNotFound, DeviceRevoked, HubUnauthorized, TooManyDevices
from tests.hub.pairing.desk import Desk, rows


async def test_they_are_listed_with_nothing_secret_the_last_paired_first(desk, clock):
    await desk.paired()
    clock.advance(seconds=60)
    tokens = await desk.paired(device="phone", name="Phone")
    await desk.device(tokens)
    devices = await desk.devices()
    assert devices == (await desk.status()).devices
    assert devices == [
        {
            "deviceId": "phone",
            "name": "Phone",
            "state": "paired",
            "pairedAt": "2026-11-21T12:01:00.000Z",
            "lastUsedAt": "2026-11-21T12:01:00.000Z",
            "expiresAt": "2027-01-20T12:01:00.000Z",
            "revokedAt": None,
        },
        {
            "deviceId": "agent-1",
            "name": "automation",
            "state": "paired",
            "pairedAt": "2026-11-21T12:00:00.000Z",
            "lastUsedAt": None,
            "expiresAt": "2027-01-20T12:00:00.000Z",
            "revokedAt": None,
        },
    ]


async def test_names_of_strangers_are_cleaned_and_bounded(desk):
    hostile = "\u202eevil\u200b\x1b[31m\r\nSet-Cookie: x\x00\ufeff\U000e0041 \u0301\t" + "e\u0301" * 30
    name = (await desk.pair(name=hostile)).device["name"]
    assert not [letter for letter in name if unicodedata.category(letter) in {"Cc", "Cf", "Cs"}]
    assert name == " ".join(name.split())
    assert name.startswith("evil[31m Set-Cookie: x")
    assert len((await desk.pair(name="\u0958" * 100)).device["name"]) <= 100  # which is two characters when composed
    with pytest.raises(InvalidRequest, match="at most 100 characters"):
        await desk.pair(name="x" * 101)


async def test_a_name_of_which_nothing_can_be_seen_is_refused_and_costs_no_attempt(desk):
    code = (await desk.arm()).pairingCode
    for name in ("\u200b", " \t", "\u202e\u202c", ""):
        with pytest.raises(InvalidRequest, match="deviceName"):
            await desk.pair(code, name=name)
    assert (await desk.status()).attemptsLeft == 5


async def test_an_id_of_another_form_is_refused_and_the_form_is_said(desk):
    for device in ("", "x" * 101, "../x", "a b", "a/b", ".", "-a", "é", "a\n", "a%2e", "<b>"):
        with pytest.raises(InvalidRequest, match="such as agent-1") as caught:
            await desk.pair("BBBB-BBBB", device=device)
        assert caught.value.field == "deviceId"
    await desk.pair(device="4b5f0a6c-3a9e-4f6d-9a52-0c1f2f6d7e88")


async def test_a_device_that_pairs_again_takes_the_place_of_what_had_its_id(desk):
    before = await desk.pair(name="Old phone")
    device = await desk.device(before)
    after = await desk.pair(name="New phone")
    for attempt in (desk.device(before), desk.refresh(before)):
        with pytest.raises(HubUnauthorized):
            await attempt
    assert not await is_paired(desk.hub.hub, device)
    assert await is_paired(desk.hub.hub, await desk.device(after))
    assert [device["name"] for device in await desk.devices()] == ["New phone"]


async def test_a_revoked_device_is_out_at_once_and_can_be_paired_again(desk, clock):
    tokens = await desk.paired()
    device = await desk.device(tokens)
    revoked = await desk.revoke()
    assert (revoked["state"], revoked["revokedAt"]) == ("revoked", "2026-11-21T12:00:00.000Z")
    for attempt in (desk.device(tokens), desk.refresh(tokens)):
        with pytest.raises(DeviceRevoked):
            await attempt
    assert not await is_paired(desk.hub.hub, device)
    clock.advance(seconds=60)
    assert await desk.revoke() == revoked
    await desk.device(await desk.paired())
    assert [each["state"] for each in await desk.devices()] == ["paired"]


async def test_a_device_that_there_is_not_can_not_be_revoked(desk):
    with pytest.raises(DeviceNotFound):
        await desk.revoke("nobody")


async def test_another_process_finds_a_device_revoked_with_its_very_next_request(desk, data_dir, clock):
    async with aclosing(LocalHub(data_dir, clock=clock)) as other:
        elsewhere = Desk(other)
        for _ in range(5):
            tokens = await desk.paired()
            for _ in range(3):
                await elsewhere.device(tokens)
            await desk.revoke()
            with pytest.raises(DeviceRevoked):
                await elsewhere.device(tokens)


async def test_what_becomes_of_devices_is_told_to_whoever_follows_the_hub(desk, data_dir, clock):
    async with aclosing(LocalHub(data_dir, clock=clock)) as other, other.changes() as changes:
        tokens = await desk.paired()
        await desk.refresh(tokens)
        await desk.revoke()
        await desk.paired(device="phone")
        told = []
        async with asyncio.timeout(10):
            async for change in changes:
                told.append(change)
                if change.id == "phone":
                    break
    assert set(told) == {Change("devices", "agent-1"), Change("devices", "phone")}


async def test_replay_is_told_as_a_revocation(desk, hub):
    tokens = await desk.paired()
    await desk.refresh(await desk.refresh(tokens))
    [(before,)] = rows(hub, "SELECT count(*) FROM changes WHERE kind = 'devices'")
    await desk.outcome(desk.refresh(tokens))
    assert rows(hub, "SELECT count(*) FROM changes WHERE kind = 'devices'") == [(before + 1,)]


async def test_devices_are_bounded_and_those_that_are_over_make_room(desk, hub, clock):
    await desk.pair(device="last")
    _fill(hub, MOST_DEVICES - 1)
    with pytest.raises(TooManyDevices, match="As many devices"):
        await desk.arm()
    _fill(hub, MOST_DEVICES - 2)
    code = (await desk.arm()).pairingCode
    _fill(hub, MOST_DEVICES - 1)
    with pytest.raises(TooManyDevices):
        await desk.pair(code, device="one-more")
    await desk.pair(code, device="last")  # which is one of them
    await desk.revoke("d0")
    await desk.pair(device="one-more")
    assert len(await desk.devices()) == MOST_DEVICES + 1


async def test_devices_that_are_over_are_kept_to_be_seen_but_not_for_ever(desk, hub, clock):
    await desk.devices()
    _fill(hub, MOST_DEVICES)
    clock.advance(days=100)
    for number in range(3):
        await desk.paired(device=f"new-{number}")
        await desk.revoke(f"new-{number}")
    await desk.paired()
    devices = await desk.devices()
    assert len(devices) == 1 + 100
    assert {"new-0", "new-1", "new-2"} <= {device["deviceId"] for device in devices}


def _fill(hub, number):
    """So many devices beside those that were really paired."""
    rows(hub, "DELETE FROM devices WHERE device_id GLOB 'd[0-9]*'")
    rows(
        hub,
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) "
        "INSERT INTO devices (device_id, name, family, paired_at, expires_at) "
        "SELECT 'd' || i, 'filler', CAST('family' || i AS BLOB), ?, ? FROM n",
        number,
        hub.hub.clock(),
        hub.hub.clock() + 86_400_000,
    )
