"""Hosts are told what changes, by whichever process, in both eras."""

import json
import time
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp import MCPError
from mcp_types import ResourceListChangedNotification, ResourceUpdatedNotification

from tests.hub.library import put, track_id
from tests.hub.playback.players import songs
from tests.hub.playback.test_following import another
from tests.mcp.conftest import in_process
from tests.mcp.hub_clients import connected
from tests.mcp.test_wire import INITIALIZE, INITIALIZED, META, program

pytestmark = pytest.mark.filterwarnings("ignore:resources/:mcp.shared.exceptions.MCPDeprecationWarning")

STATS, SESSION = "hub://library/stats", "hub://playback/session"
LISTS = "the list"


class Told:
    """What a host was told, in order: the URIs that changed, and LISTS."""

    def __init__(self):
        self.all = []
        self._news = anyio.Event()

    async def __call__(self, message):
        if isinstance(message, ResourceUpdatedNotification):
            self.add(str(message.params.uri))
        elif isinstance(message, ResourceListChangedNotification):
            self.add(LISTS)

    def add(self, what):
        self.all.append(what)
        self._news.set()
        self._news = anyio.Event()

    async def until(self, *wanted):
        """Wait until all of these have been told."""
        with anyio.fail_after(10):
            while not set(wanted) <= set(self.all):
                await self._news.wait()


@pytest.fixture
def library(data_dir):
    return put(data_dir, songs(3))


@asynccontextmanager
async def told_of(data_dir, transport, era, *uris, lists=True):
    """What a host is told that wants to know of these resources, and of the list; with its client."""
    told = Told()
    async with connected(data_dir, transport, era, message_handler=told) as client:
        if era == "legacy":
            if lists:
                await client.list_resources(cache_mode="bypass")
            for uri in uris:
                await client.subscribe_resource(uri)
            yield told, client
            return
        async with client.listen(resources_list_changed=lists, resource_subscriptions=uris):
            yield told, client


async def test_a_change_by_another_process_is_told_to_those_who_want_to_know(library, data_dir, transport, era):
    with another(data_dir) as do:
        await anyio.to_thread.run_sync(do, "volume 1")
        async with told_of(data_dir, transport, era, SESSION) as (told, _):
            begun = time.monotonic()
            await anyio.to_thread.run_sync(do, "add Song 1")
            await told.until(SESSION)
            print(f"{1000 * (time.monotonic() - begun):.0f} ms")
            playlist = await anyio.to_thread.run_sync(do, "create Mine")
            await told.until(LISTS)
            told.all.clear()
            await anyio.to_thread.run_sync(do, f"delete {playlist}")
            await told.until(LISTS)
            assert set(told.all) == {LISTS}


async def test_each_is_told_of_what_it_asked_for_alone(library, data_dir, transport, era):
    with another(data_dir) as do:
        playlist = await anyio.to_thread.run_sync(do, "create Mine")
        uris = (f"hub://tracks/{track_id('Song 1')}", f"hub://playlists/{playlist}")
        async with told_of(data_dir, transport, era, *uris, lists=False) as (told, _):
            await anyio.to_thread.run_sync(do, "volume 3")
            await anyio.to_thread.run_sync(do, f"delete {playlist}")
            await told.until(uris[1])
            assert set(told.all) <= {uris[1], LISTS}
            await anyio.to_thread.run_sync(do, "library 1")
            await told.until(*uris)
            assert SESSION not in told.all
            assert LISTS not in told.all or era == "legacy", "where it can't be refused"


@in_process
async def test_a_scan_that_changes_the_library_a_thousand_times_gives_few_messages(library, data_dir, transport, era):
    with another(data_dir) as do:
        async with told_of(data_dir, transport, era, STATS, SESSION) as (told, _):
            begun = time.monotonic()
            await anyio.to_thread.run_sync(do, "library 1000")
            await anyio.to_thread.run_sync(do, "volume 77")
            rounds = 3 + 10 * (time.monotonic() - begun)
            await told.until(STATS, SESSION)
            before = len(told.all)
            assert 2 <= before <= 2 * rounds


@in_process
async def test_who_no_longer_wants_to_know_is_told_no_more(library, data_dir, transport, era):
    with another(data_dir) as do:
        if era == "legacy":
            async with told_of(data_dir, transport, era, SESSION, STATS) as (told, client):
                await client.unsubscribe_resource(SESSION)
                await anyio.to_thread.run_sync(do, "volume 5")
                await anyio.to_thread.run_sync(do, "library 1")
                await told.until(STATS)
                assert SESSION not in told.all
            return
        told = Told()
        async with connected(data_dir, transport, era, message_handler=told) as client:
            async with client.listen(resource_subscriptions=[SESSION]):
                pass
            async with client.listen(resource_subscriptions=[STATS]):
                await anyio.to_thread.run_sync(do, "volume 5")
                await anyio.to_thread.run_sync(do, "library 1")
                await told.until(STATS)
                assert SESSION not in told.all


ASK = {
    "legacy": {"jsonrpc": "2.0", "id": 2, "method": "resources/subscribe", "params": {"uri": SESSION}},
    "2026-07-28": {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "subscriptions/listen",
        "params": {"_meta": META, "notifications": {"resourcesListChanged": True, "resourceSubscriptions": [SESSION]}},
    },
}


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
async def test_on_the_wire_capabilities_say_so_and_the_program_ends_with_its_input(library, data_dir, era):
    with another(data_dir) as do:
        async with program(data_dir) as pipe:
            if era == "legacy":
                await pipe.send(INITIALIZE, INITIALIZED)
            else:
                await pipe.send({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": META}})
            capabilities = (await pipe.receive())["result"]["capabilities"]
            assert capabilities["resources"] == {"subscribe": True, "listChanged": True}
            await pipe.send(ASK[era])
            first = await pipe.receive()
            if era == "legacy":
                assert first == {"jsonrpc": "2.0", "id": 2, "result": {}}
            else:
                assert first["method"] == "notifications/subscriptions/acknowledged"
            await anyio.to_thread.run_sync(do, "volume 9")
            told = await pipe.receive()
            assert told["method"] == "notifications/resources/updated"
            assert told["params"]["uri"] == SESSION
            if era != "legacy":
                assert told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == 2
            await pipe.process.stdin.aclose()
            assert await pipe.process.wait() == 0
            out, errors = await pipe.rest()
            assert errors == ""
            assert [json.loads(line)["jsonrpc"] for line in out.splitlines()] == ["2.0"] * len(out.splitlines())


async def test_nothing_is_followed_until_somebody_wants_to_know(data_dir):
    async with program(data_dir) as pipe:
        await pipe.send(INITIALIZE, INITIALIZED, {"jsonrpc": "2.0", "id": 2, "method": "resources/templates/list"})
        await pipe.receive()
        await pipe.receive()
        assert not data_dir.exists()
        await pipe.send(ASK["legacy"])
        await pipe.receive()
        assert (data_dir / "hub.db").exists()


@pytest.mark.parametrize("era", ["legacy"], indirect=True)
@in_process
async def test_what_never_changes_can_not_be_subscribed_to(library, data_dir, transport, era):
    async with connected(data_dir, transport, era) as client:
        for uri in ("musicengine://openapi.json", "hub://nothing", "file:///etc/passwd"):
            with pytest.raises(MCPError) as caught:
                await client.subscribe_resource(uri)
            assert caught.value.error.code == -32602
            assert SESSION in caught.value.error.message
        await client.unsubscribe_resource("hub://nothing")


@in_process
async def test_subscriptions_are_bounded(library, data_dir, transport, era):
    uris = [f"hub://tracks/trk_{number:016x}" for number in range(1_001)]
    async with connected(data_dir, transport, era) as client:

        async def ask():
            if era == "legacy":
                for uri in uris:
                    await client.subscribe_resource(uri)
            else:
                await client.listen(resource_subscriptions=uris).__aenter__()

        with pytest.raises(MCPError) as caught:
            await ask()
        assert "1000 subscriptions" in caught.value.error.message
