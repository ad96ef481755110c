"""What a hub says of its databases: at first sight, after a look at everything, and while they are being replaced."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import aclosing, closing

import anyio
import pytest

from backends.local.examining import Stopped
from backends.local.hub.health import check_health, check_index_database
from backends.local.hub.hub import LocalHub
from backends.local.maintenance import exclusive
from contract.hub.errors import DatabaseUnavailable
from contract.hub.playlists import LIST_PLAYLISTS, UPDATE_PLAYLIST
from contract.hub.search import SEARCH_LIBRARY
from tests.checked import call


@pytest.fixture
async def opened(used, clock):
    """The hub of the used folder."""
    async with aclosing(LocalHub(used, clock=clock)) as hub:
        yield hub


def damage(path):
    """Change a byte of a playlist's description."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Of songs", b"Of sones"))


def kinds(health):
    return [(problem.database, problem.kind) for problem in health.problems]


@pytest.mark.parametrize("deep", [True, False])
async def test_a_hub_that_nobody_has_used_is_healthy_and_not_begun(hub, deep):
    health = await check_health(hub.hub, deep=deep)
    assert (health.status, health.problems, health.reason) == ("healthy", (), None)
    assert not hub.has_begun()


@pytest.mark.parametrize("deep", [True, False])
async def test_a_hub_whose_databases_are_whole_is_healthy(opened, clock, deep):
    health = await check_health(opened.hub, deep=deep)
    assert (health.status, health.problems, health.checked_at) == ("healthy", (), clock.now)


async def test_what_a_deep_look_has_found_is_told_by_quick_ones_afterwards(opened, user):
    damage(user)
    assert (await check_health(opened.hub, deep=False)).status == "healthy"
    deep = await check_health(opened.hub, deep=True)
    assert (deep.status, kinds(deep)) == ("faulted", [("hub.db", "rows")])
    assert deep.reason == "hub.db: Rows of the table playlists are not what was written: 1."
    assert await check_health(opened.hub, deep=False) == deep


async def test_damage_that_somebody_has_met_is_told_by_quick_looks(opened, user):
    damage(user)
    [playlist] = (await call(opened, LIST_PLAYLISTS))["playlists"]
    with pytest.raises(DatabaseUnavailable):
        await call(opened, UPDATE_PLAYLIST, id=playlist["id"], name="Another name")
    assert kinds(await check_health(opened.hub, deep=False)) == [("hub.db", "unreadable")]


async def test_both_databases_are_looked_at(opened, user, index):
    damage(user)
    with closing(sqlite3.connect(index, isolation_level=None)) as connection:
        connection.execute("DELETE FROM search_docsize")
    assert kinds(await check_health(opened.hub, deep=True)) == [("hub.db", "rows"), ("hub-index.db", "search")]


async def test_a_missing_hub_db_beside_an_index_is_a_fault_and_no_new_hub(opened, user):
    for path in user.parent.glob("hub.db*"):
        path.unlink()
    for deep in (True, False):
        assert kinds(await check_health(opened.hub, deep=deep)) == [("hub.db", "missing")]
    assert not user.exists()


async def test_an_index_that_is_not_there_is_no_fault(opened, index):
    index.unlink()
    assert (await check_health(opened.hub, deep=True)).status == "healthy"


async def test_what_was_found_is_not_said_of_what_takes_its_place(opened, user, once_used):
    damage(user)
    assert (await check_health(opened.hub, deep=True)).status == "faulted"
    await opened.aclose()
    user.rename(user.with_name("damaged"))
    shutil.copy(once_used / user.name, user)
    assert (await check_health(opened.hub, deep=False)).status == "healthy"


async def test_databases_that_somebody_holds_alone_are_being_rebuilt(opened, used):
    with exclusive(used, ["hub.db", "hub-index.db"], 5):
        for deep in (True, False):
            assert (await check_health(opened.hub, deep=deep)).status == "rebuilding"
    assert (await check_health(opened.hub, deep=True)).status == "healthy"


async def test_a_look_that_is_cancelled_ends_at_once_and_leaves_the_databases_usable(opened):
    looking = asyncio.create_task(check_health(opened.hub, deep=True))
    await asyncio.sleep(0)
    looking.cancel()
    with anyio.fail_after(5), pytest.raises(asyncio.CancelledError):
        await looking
    assert (await call(opened, SEARCH_LIBRARY, q="queen"))["tracks"]


def test_a_look_that_nobody_wants_any_more_ends_within_a_statement(index):
    with pytest.raises(Stopped):
        check_index_database(index, lambda: True)


async def test_a_deep_look_keeps_nobody_waiting(opened):
    """The event loop goes on while every row is looked at."""
    longest = 0.0
    looking = asyncio.create_task(check_health(opened.hub, deep=True))
    while not looking.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - before)
    assert (await looking).status == "healthy"
    assert longest < 0.25
