"""A hub elsewhere: its operations, its changes, and the tokens of a device that was paired with it.

The hub is reached by its tunnel's listener, where nobody is taken for its own machine.
"""

import json
import stat
from contextlib import ExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from anyio import to_thread

from backends.backend import Change
from backends.local.hub.hub import LocalHub
from backends.local.storage import PAIRED_HUB_NAME
from backends.remote.device_tokens import DeviceCredential, pair
from backends.remote.hub import RemoteHub
from backends.remote.retry import RetryPolicy
from backends.remote.token_store import load_hub, store_hub
from contract.hub.devices import REVOKE_DEVICE, RevokeDevice
from contract.hub.errors import DeviceRevoked, HubUnauthorized, LocalOnly, PairingRefused, StaleRevision
from contract.hub.library import LIST_LIBRARY_TRACKS, ListLibraryTracks
from contract.hub.overview import FIND_LIBRARY_ISRCS, FindLibraryIsrcs
from contract.hub.pairing import ARM_PAIRING, ArmPairing, PairDevice
from contract.hub.playback import GET_PLAYBACK_SESSION, PUT_PLAYBACK_SESSION, GetPlaybackSession, PutPlaybackSession
from contract.hub.playlists import CREATE_PLAYLIST, CreatePlaylist
from contract.hub.scan import START_SCAN, StartScan
from tests.hub.library import SONGS, put
from tests.serving import served

TOKEN = "an-api-token-of-the-hub-with-44-characters-x"

SECONDS = 20

PRESENT = sum(not song.missing for song in SONGS)


@pytest.fixture
def service(data_dir):
    put(data_dir, SONGS)
    with served(data_dir, hub_token=TOKEN) as service:
        yield service


@pytest.fixture
async def here(data_dir):
    """The same hub, as another program on its machine has it."""
    async with aclosing(LocalHub(data_dir)) as hub:
        yield hub


@pytest.fixture
async def hub(service):
    async with aclosing(RemoteHub(service.far_url, TOKEN)) as hub:
        yield hub


@pytest.fixture
async def paired(service, here, tmp_path):
    """A data folder that is paired with the hub."""
    code = (await here.call(ARM_PAIRING, ArmPairing())).pairingCode
    folder = tmp_path / "elsewhere"
    await pair(folder, service.far_url, PairDevice(pairingCode=code, deviceId="laptop", deviceName="Laptop"))
    return folder


async def test_it_answers_what_the_hub_answers_on_its_own_machine(hub, here):
    for asked in (ListLibraryTracks(), ListLibraryTracks(sort="year", limit=3), ListLibraryTracks(missing="include")):
        assert await hub.call(LIST_LIBRARY_TRACKS, asked) == await here.call(LIST_LIBRARY_TRACKS, asked)
    asked = FindLibraryIsrcs(isrcs="GBUM71029604,QZMEM2600004")
    assert await hub.call(FIND_LIBRARY_ISRCS, asked) == await here.call(FIND_LIBRARY_ISRCS, asked)


async def test_a_null_that_was_said_is_sent_and_what_was_not_said_is_not(hub):
    session = await hub.call(GET_PLAYBACK_SESSION, GetPlaybackSession())
    asked = PutPlaybackSession(revision=session.revision, device={"id": "d", "name": "D"}, volume=20)
    session = await hub.call(PUT_PLAYBACK_SESSION, asked)
    session = await hub.call(PUT_PLAYBACK_SESSION, PutPlaybackSession(revision=session.revision, device=None))
    assert session.device is None
    assert session.volume == 20


async def test_a_revision_that_has_passed_brings_the_present_state_along(hub):
    session = await hub.call(GET_PLAYBACK_SESSION, GetPlaybackSession())
    await hub.call(PUT_PLAYBACK_SESSION, PutPlaybackSession(revision=session.revision, volume=30))
    with pytest.raises(StaleRevision) as refused:
        await hub.call(PUT_PLAYBACK_SESSION, PutPlaybackSession(revision=session.revision, volume=40))
    assert refused.value.current["volume"] == 30


async def test_folders_are_named_on_the_hubs_own_machine_alone(hub, tmp_path):
    with pytest.raises(LocalOnly):
        await hub.call(START_SCAN, StartScan(folders=[str(tmp_path)]))


async def test_a_wrong_token_is_refused_without_being_shown(service):
    async with aclosing(RemoteHub(service.far_url, "CANARY-0123456789-0123456789-0123456789")) as hub:
        with pytest.raises(HubUnauthorized) as refused:
            await hub.call(LIST_LIBRARY_TRACKS, ListLibraryTracks())
    assert "CANARY" not in refused.value.sentence


async def test_changes_of_another_program_are_told(hub, here):
    with anyio.fail_after(SECONDS):
        async with hub.changes() as changes:
            made = (await here.call(CREATE_PLAYLIST, CreatePlaylist(name="Mix"))).playlist["id"]
            assert await anext(changes) == Change("playlist", made)


async def test_changes_go_on_after_the_hub_was_started_anew_and_none_is_missed(data_dir, here):
    put(data_dir, SONGS)
    policy = RetryPolicy(uniform=lambda _, most: min(most, 0.05))
    with anyio.fail_after(SECONDS), ExitStack() as first, ExitStack() as second:
        far = (await to_thread.run_sync(first.enter_context, served(data_dir, hub_token=TOKEN))).far_url
        async with aclosing(RemoteHub(far, TOKEN, policy=policy)) as hub, hub.changes() as changes:
            one = (await here.call(CREATE_PLAYLIST, CreatePlaylist(name="One"))).playlist["id"]
            assert await anext(changes) == Change("playlist", one)
            await to_thread.run_sync(first.close)
            two = (await here.call(CREATE_PLAYLIST, CreatePlaylist(name="Two"))).playlist["id"]
            port = int(far.rpartition(":")[2])
            await to_thread.run_sync(second.enter_context, served(data_dir, hub_token=TOKEN, far_port=port))
            assert await anext(changes) == Change("playlist", two)


async def test_a_paired_machine_has_its_tokens_in_a_file_that_only_its_owner_reads(paired):
    file = paired / PAIRED_HUB_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["deviceId"] == "laptop"
    assert "mhub_" not in repr(load_hub(paired))


async def test_a_paired_machine_works_on_the_hub(service, paired):
    async with aclosing(RemoteHub(service.far_url, DeviceCredential(paired, service.far_url))) as hub:
        assert (await hub.call(LIST_LIBRARY_TRACKS, ListLibraryTracks())).total == PRESENT


async def test_a_token_is_renewed_before_it_expires_and_by_one_of_several_programs(service, paired):
    before = load_hub(paired)
    store_hub(paired, replace(before, expires_at=datetime.now(UTC) + timedelta(seconds=5)))
    credentials = [DeviceCredential(paired, service.far_url) for _ in range(4)]
    tokens: set[str] = set()

    async def ask(credential):
        tokens.add(await credential.token())

    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as tasks:
            for credential in credentials:
                tasks.start_soon(ask, credential)
    assert tokens == {load_hub(paired).access_token}
    assert tokens != {before.access_token}


async def test_a_token_that_the_hub_no_longer_takes_is_renewed_and_the_call_made_again(service, paired):
    """Another program has renewed it meanwhile, and this one still has the old one in memory."""
    mine, other = (DeviceCredential(paired, service.far_url) for _ in range(2))
    assert await other.renewed(await mine.token())
    assert await other.renewed(await other.token())
    async with aclosing(RemoteHub(service.far_url, mine)) as hub:
        assert (await hub.call(LIST_LIBRARY_TRACKS, ListLibraryTracks())).total == PRESENT
    assert await mine.token() == load_hub(paired).access_token


async def test_a_device_that_was_revoked_is_told_so(service, paired, here):
    await here.call(REVOKE_DEVICE, RevokeDevice(deviceId="laptop"))
    async with aclosing(RemoteHub(service.far_url, DeviceCredential(paired, service.far_url))) as hub:
        with pytest.raises(DeviceRevoked):
            await hub.call(LIST_LIBRARY_TRACKS, ListLibraryTracks())


async def test_a_wrong_code_pairs_nothing_and_leaves_nothing(service, tmp_path):
    with pytest.raises(PairingRefused):
        await pair(
            tmp_path / "x", service.far_url, PairDevice(pairingCode="BCDF-GHJK", deviceId="laptop", deviceName="L")
        )
    assert not (tmp_path / "x").exists()


async def test_the_tokens_of_one_hub_are_shown_to_no_other(service, paired):
    async with aclosing(RemoteHub(service.url, DeviceCredential(paired, service.url))) as hub:
        with pytest.raises(HubUnauthorized, match="another hub"):
            await hub.call(LIST_LIBRARY_TRACKS, ListLibraryTracks())
