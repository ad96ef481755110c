"""The history of searches: kept beside the answers, listed, cleared."""

import sqlite3
from contextlib import aclosing, closing

import anyio
import pytest

from backends.local.checksums import PreparedConnection
from backends.local.hub.hub import LocalHub
from backends.local.hub.user_schema import USER_LAYOUT
from contract.hub.search import CLEAR_SEARCHES, LIST_SEARCHES, LONGEST_SEARCH_HISTORY, SEARCH_LIBRARY
from tests.checked import call
from tests.hub.library import rows


@pytest.fixture
def type_in(hub, clock):
    """Search for each of these, a minute apart."""

    async def type_in(*queries, seconds=60):
        for query in queries:
            await call(hub, SEARCH_LIBRARY, q=query)
            clock.advance(seconds=seconds)

    return type_in


async def history(hub, **arguments):
    answer = await call(hub, LIST_SEARCHES, **arguments)
    return [(search["query"], search["times"]) for search in answer["searches"]]


async def test_searches_are_listed_the_last_first_each_once_with_how_often(hub, type_in):
    await type_in("queen", "abba", "Queen", "QUEEN ", "björk")
    assert await history(hub) == [("björk", 1), ("QUEEN", 3), ("abba", 1)]
    assert await history(hub, limit=1) == [("björk", 1)]
    assert (await call(hub, LIST_SEARCHES, limit=1))["total"] == 3


async def test_a_search_is_kept_cleaned(hub, type_in):
    await type_in("\u202equeen\u0000 \n bohemian")
    assert await history(hub) == [("queen bohemian", 1)]


async def test_typing_on_replaces_what_was_typed_before(hub, type_in):
    await type_in("b", "bo", "bohemi", "bohe", "bohemian", "bohemian rhapsody", seconds=1)
    assert await history(hub) == [("bohemian rhapsody", 1)]


async def test_a_search_that_was_made_earlier_is_not_lost_by_typing_on(hub, type_in):
    await type_in("queen")
    await type_in("queen", "queen bohemian", seconds=1)
    assert await history(hub) == [("queen bohemian", 1), ("queen", 1)]


async def test_a_longer_search_some_time_later_is_another_one(hub, type_in):
    await type_in("queen", "queen bohemian")
    assert await history(hub) == [("queen bohemian", 1), ("queen", 1)]


async def test_a_search_need_not_be_remembered(hub):
    await call(hub, SEARCH_LIBRARY, q="secret", remember=False)
    assert await history(hub) == []


async def test_one_search_or_all_can_be_forgotten(hub, type_in):
    await type_in("queen", "abba", "björk")
    assert await call(hub, CLEAR_SEARCHES, query="ABBA") == {"cleared": 1}
    assert await call(hub, CLEAR_SEARCHES, query="never typed") == {"cleared": 0}
    assert await history(hub) == [("björk", 1), ("queen", 1)]
    assert await call(hub, CLEAR_SEARCHES) == {"cleared": 2}
    assert await history(hub) == []


async def test_the_history_is_bounded(hub, data_dir, type_in, clock):
    await type_in("first")
    with closing(sqlite3.connect(data_dir / USER_LAYOUT.name, factory=PreparedConnection)) as connection:
        many = [(f"query {number}", f"query {number}", clock.now + number) for number in range(LONGEST_SEARCH_HISTORY)]
        connection.executemany("INSERT INTO searches (query, folded, searched_at) VALUES (?, ?, ?)", many)
        connection.commit()
    clock.advance(days=1)
    await type_in("last")
    kept = await history(hub, limit=LONGEST_SEARCH_HISTORY)
    assert len(kept) == LONGEST_SEARCH_HISTORY
    assert (kept[0], kept[-1]) == (("last", 1), ("query 1", 1))


async def test_the_history_outlives_a_restart_and_says_in_the_feed_that_it_changed(data_dir):
    async with aclosing(LocalHub(data_dir)) as hub:
        await call(hub, SEARCH_LIBRARY, q="queen")
    async with aclosing(LocalHub(data_dir)) as hub:
        assert await history(hub) == [("queen", 1)]
    assert rows(data_dir, USER_LAYOUT, "SELECT kind FROM changes") == [("searches",)]


async def test_a_search_is_answered_at_once_while_another_process_writes(hub, data_dir):
    await call(hub, SEARCH_LIBRARY, q="first")
    await history(hub)
    with closing(sqlite3.connect(data_dir / USER_LAYOUT.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with anyio.fail_after(2):
            for number in range(50):
                await call(hub, SEARCH_LIBRARY, q=f"while it is busy {number}")
        other.execute("ROLLBACK")
    assert ("first", 1) in await history(hub)
