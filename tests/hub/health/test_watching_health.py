"""Who watches over the databases, and what it tells."""

import asyncio
import threading
from contextlib import aclosing, asynccontextmanager

import anyio
import pytest

from backends.local.hub.health import watch_health
from backends.local.hub.hub import LocalHub
from backends.local.maintenance import exclusive
from contract.hub.errors import DatabaseUnavailable
from contract.hub.playlists import LIST_PLAYLISTS, UPDATE_PLAYLIST
from tests.checked import call

_NEVER = 3600.0


@pytest.fixture
async def opened(used, clock):
    async with aclosing(LocalHub(used, clock=clock)) as hub:
        yield hub


@asynccontextmanager
async def watching(hub, **more):
    """What is told of the hub during the block, as a function that waits for the next."""
    told = asyncio.Queue()
    task = asyncio.create_task(watch_health(hub.hub, told.put_nowait, **more))

    async def following():
        with anyio.fail_after(20):
            return await told.get()

    try:
        yield following
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert told.empty()


def damage(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Of songs", b"Of sones"))


def hold_alone(folder, end):
    """As a rebuild does."""
    with exclusive(folder, ["hub.db", "hub-index.db"], 20):
        end.wait(20)


async def test_a_healthy_hub_is_told_of_once(opened):
    async with watching(opened, first_after=0, every=0.01) as following:
        assert (await following()).status == "healthy"
        await asyncio.sleep(0.2)


async def test_damage_is_told_once_everything_was_looked_at(opened, user):
    damage(user)
    async with watching(opened, first_after=0, every=_NEVER) as following:
        assert [(await following()).status, (await following()).status] == ["healthy", "faulted"]


async def test_damage_that_comes_later_is_told(opened, user):
    async with watching(opened, first_after=0, every=0.05) as following:
        assert (await following()).status == "healthy"
        damage(user)
        assert (await following()).problems[0].kind == "rows"


async def test_damage_that_somebody_meets_is_told_before_the_next_look_is_due(opened, user):
    async with watching(opened, first_after=_NEVER, every=_NEVER) as following:
        assert (await following()).status == "healthy"
        damage(user)
        [playlist] = (await call(opened, LIST_PLAYLISTS))["playlists"]
        with pytest.raises(DatabaseUnavailable):
            await call(opened, UPDATE_PLAYLIST, id=playlist["id"], name="Another name")
        assert (await following()).problems[0].kind == "rows"


async def test_a_rebuild_is_told_and_its_end(opened, used):
    async with watching(opened, first_after=_NEVER, every=_NEVER) as following:
        assert (await following()).status == "healthy"
        end = threading.Event()
        rebuilding = asyncio.create_task(asyncio.to_thread(hold_alone, used, end))
        assert (await following()).status == "rebuilding"
        end.set()
        await rebuilding
        assert (await following()).status == "healthy"
