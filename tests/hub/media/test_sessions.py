"""Media tokens: what they open, for how long, and what of them is kept."""

import pytest

from backends.local.hub.media.sessions import PREFIX, covers, grant_of, open_media_session
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.devices import REVOKE_DEVICE
from contract.hub.errors import DeviceRevoked, HubUnauthorized, TokenExpired
from contract.hub.media import COVER_SIZES, START_MEDIA_SESSION
from contract.hub.pairing import ARM_PAIRING, PAIR_DEVICE
from contract.hub.share_sessions import OPEN_ALBUM_SHARE
from contract.hub.shares import CREATE_SHARE, DELETE_SHARE
from tests.checked import call
from tests.hub.library import rows

_HOUR = 3600


async def paired(hub, name="phone"):
    """The number of a device's pairing."""
    code = (await call(hub, ARM_PAIRING, minutes=5))["pairingCode"]
    await call(hub, PAIR_DEVICE, pairingCode=code, deviceId=name, deviceName=name)
    [(pairing,)] = rows(hub.hub.user.folder, USER_LAYOUT, "SELECT id FROM devices WHERE device_id = ?", name)
    return pairing


async def test_a_session_says_how_its_token_is_used(hub):
    session = await call(hub, START_MEDIA_SESSION)
    token = session["mediaToken"]
    assert session == {
        "mediaToken": token,
        "expiresAt": "2026-11-21T13:00:00.000Z",
        "trackUrl": f"/api/media/tracks/{{id}}?token={token}",
        "coverUrl": f"/api/media/covers/{{id}}?size={{size}}&token={token}",
        "coverSizes": list(COVER_SIZES),
        "transcodesTo": session["transcodesTo"],
    }
    assert token.startswith(PREFIX)
    assert len(token) == len(PREFIX) + 43  # 256 bits


async def test_no_two_tokens_are_alike_and_none_is_kept(hub, data_dir):
    tokens = {(await call(hub, START_MEDIA_SESSION))["mediaToken"] for _ in range(10)}
    assert len(tokens) == 10
    kept = b"".join(path.read_bytes() for path in data_dir.glob("hub*"))
    assert not any(token.removeprefix(PREFIX).encode() in kept for token in tokens)


async def test_a_token_opens_the_whole_library_until_its_time_is_over(hub, clock, library):
    token, expires_at = await open_media_session(hub.hub, seconds=_HOUR)
    assert expires_at == clock() + 1000 * _HOUR
    clock.advance(seconds=_HOUR - 1)
    grant = await grant_of(hub.hub, token)
    assert await covers(hub.hub, grant, library.track("Jóga"))
    clock.advance(seconds=1)
    with pytest.raises(TokenExpired):
        await grant_of(hub.hub, token)


@pytest.mark.parametrize("guess", ["", "x", PREFIX, PREFIX + "A" * 43, "\ud800", "' OR 1=1 --", "x" * 100_000])
async def test_what_is_no_token_opens_nothing(hub, guess):
    await open_media_session(hub.hub, seconds=_HOUR)
    with pytest.raises(HubUnauthorized):
        await grant_of(hub.hub, guess)


async def test_a_token_dies_with_the_device_that_asked_for_it(hub):
    phone, tablet = await paired(hub, "phone"), await paired(hub, "tablet")
    of_phone, of_tablet = [(await open_media_session(hub.hub, pairing=p, seconds=_HOUR)).token for p in (phone, tablet)]
    assert (await grant_of(hub.hub, of_phone)).pairing == phone
    await call(hub, REVOKE_DEVICE, deviceId="phone")
    with pytest.raises(DeviceRevoked):
        await grant_of(hub.hub, of_phone)
    assert (await grant_of(hub.hub, of_tablet)).pairing == tablet


async def test_a_token_does_not_come_to_life_again_when_its_device_is_paired_anew(hub):
    token = (await open_media_session(hub.hub, pairing=await paired(hub), seconds=_HOUR)).token
    await call(hub, REVOKE_DEVICE, deviceId="phone")
    await paired(hub)
    with pytest.raises(DeviceRevoked):
        await grant_of(hub.hub, token)


async def test_a_token_of_a_share_reads_that_share_and_ends_with_it(hub, library):
    shared, other = library.album("Homogenic", "Björk"), library.album("High Voltage", "AC/DC")
    shares = [(await call(hub, CREATE_SHARE, id=id_))["share"] for id_ in (shared, other)]
    key = shares[0]["path"].partition("?key=")[2]
    opened = await call(hub, OPEN_ALBUM_SHARE, id=shared, **({"key": key} if key else {}))
    grant = await grant_of(hub.hub, opened["mediaToken"])
    ids = [shared, library.track("Jóga"), other, library.track("T.N.T."), library.artist("Björk"), "trk_" + "0" * 16]
    assert [await covers(hub.hub, grant, id_) for id_ in ids] == [True, True, False, False, False, False]
    await call(hub, DELETE_SHARE, id=shares[0]["id"])
    assert not await covers(hub.hub, grant, shared)
    with pytest.raises(HubUnauthorized):
        await grant_of(hub.hub, opened["mediaToken"])


async def test_one_who_asks_again_and_again_keeps_the_last_hundred_and_pushes_nobody_else_out(hub, clock):
    phone = await paired(hub)
    of_phone = (await open_media_session(hub.hub, pairing=phone, seconds=_HOUR)).token
    tokens = []
    for _ in range(102):
        clock.advance(ms=1)
        tokens.append((await open_media_session(hub.hub, seconds=_HOUR)).token)
    for token in (*tokens[2:], of_phone):
        await grant_of(hub.hub, token)
    for token in tokens[:2]:
        with pytest.raises(HubUnauthorized):
            await grant_of(hub.hub, token)


async def test_tokens_that_expired_long_ago_are_forgotten(hub, clock, data_dir):
    await open_media_session(hub.hub, seconds=_HOUR)
    clock.advance(days=2)
    await open_media_session(hub.hub, seconds=_HOUR)
    assert rows(data_dir, USER_LAYOUT, "SELECT count(*) FROM media_sessions") == [(1,)]
